// An embedded lattice rule: fixed quasi-random points for integrals over cubes of many dimensions.

/// Averages over the points *i z / N* mod 1, shifted at random by fixed seeds and folded by the tent map.
///
/// The generating vector *z* was built component by component, each the best of a hundred odd numbers for all N = 2^10 ... 2^18
/// at once by the error in the Korobov space of smoothness one with weights 0.9 / j (Cools, Kuo & Nuyens 2006, "Constructing
/// embedded lattice rules for multivariate integration", SIAM Journal on Scientific Computing 28, 2162).
struct LatticeRule {
    /// The most coordinates that a point has; more would take more memory and time than an answer is worth.
    static let largestDimension = 2000
    private static let shiftCount = 8
    static let smallestLevel = 10
    static let largestLevel = 16
    private static let seed: UInt64 = 0x6C61_7474_6963_6531

    let dimension: Int

    /// The mean of `function` over the unit cube with about three standard errors of it.
    ///
    /// The number of points doubles from 2^10 for each of eight shifts, until the error is below `tolerance`.
    func mean(
        tolerance: Double, largestLevel: Int = Self.largestLevel, _ function: (UnsafeMutablePointer<Double>) -> Double
    ) -> (value: Double, error: Double) {
        var shifts = RandomStream(seed: Self.seed)
        let offsets = (0..<Self.shiftCount * dimension).map { _ in shifts.nextUniform() }
        // Late coordinates matter little: past the vector that was built they take odd numbers drawn once. The random shifts keep
        // the mean unbiased and its error honest whatever the numbers are.
        let drawn = (0..<max(0, dimension - Self.generator.count)).map { _ in
            Int(truncatingIfNeeded: shifts.next() >> 46) | 1
        }
        let generator = Array(Self.generator.prefix(dimension)) + drawn
        var sums = [Double](repeating: 0, count: Self.shiftCount)
        var result = (value: 0.0, error: Double.infinity)
        for level in Self.smallestLevel...max(largestLevel, Self.smallestLevel) {
            let count = 1 << level
            // Every second point of a level is one of the level before.
            let isFirst = level == Self.smallestLevel
            for shift in 0..<Self.shiftCount {
                sums[shift] += offsets[shift * dimension..<(shift + 1) * dimension].withUnsafeBufferPointer { offset in
                    Self.sum(
                        from: isFirst ? 0 : 1, by: isFirst ? 1 : 2, count: count, generator: generator, offset: offset,
                        function)
                }
            }
            let means = sums.map { $0 / Double(count) }
            let mean = means.reduce(0, +) / Double(Self.shiftCount)
            let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let variance = squares / Double(Self.shiftCount * (Self.shiftCount - 1))
            result = (mean, 3 * variance.squareRoot())
            if result.error <= tolerance { break }
        }
        return result
    }

    /// The sum of `function` over every second point, or all points, of one shifted lattice.
    private static func sum(
        from first: Int, by stride: Int, count: Int, generator: [Int], offset: UnsafeBufferPointer<Double>,
        _ function: (UnsafeMutablePointer<Double>) -> Double
    ) -> Double {
        let width = 1 / Double(count)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: generator.count) { point in
            generator.withUnsafeBufferPointer { generator in
                guard let base = point.baseAddress else { return 0 }
                var sum = 0.0
                var index = first
                while index < count {
                    for coordinate in 0..<generator.count {
                        let residue = (index &* generator[coordinate]) & (count - 1)
                        let x = Double(residue) * width + offset[coordinate]
                        let folded = (2 * (x >= 1 ? x - 1 : x) - 1).magnitude
                        base[coordinate] = min(max(folded, 1e-15), 1 - 1e-15)
                    }
                    sum += function(base)
                    index += stride
                }
                return sum
            }
        }
    }

    private static let generator: [Int] = [
        1, 187_845, 254_813, 172_959, 22_119, 110_543, 60_907, 52_365, 156_761, 80_343, 146_059, 118_241, 62_109, 3_497,
        223_419, 104_935, 197_225, 77_351, 26_559, 107_191, 157_771, 34_167, 66_687, 152_701, 84_657, 63_577, 87_537,
        109_009, 260_471, 237_653, 181_019, 244_483, 180_371, 220_083, 195_245, 48_335, 100_653, 32_065, 51_451, 88_873,
        161_943, 196_417, 179_899, 245_507, 204_249, 102_055, 59_015, 228_227, 10_175, 74_179, 41_705, 50_759, 255_381,
        48_667, 74_039, 16_909, 214_717, 45_493, 52_207, 19_955,
    ]
}
