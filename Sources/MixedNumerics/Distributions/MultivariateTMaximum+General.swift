// Correlation matrices without special structure: lattice rules over directions.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The largest of statistics *T = A ξ / S* with independent normal ξ, *R = A A'*.
///
/// In polar coordinates *ξ = ρ S u* the radius has a closed tail, *ρ²/r ~ F(r, ν)*, and only the direction *u* is left to integrate over:
///
///     P(max T_i > c) = E_u G(c / max_i a_i'u),   G(ρ) = P(F(r, ν) > ρ²/r)                             (1)
///     P(max T_i > c) = m P(T_1 > c) E[ max_i G(c / a_i'u) / Σ_i G(c / a_i'u) ]                        (2)
///
/// In (1) the direction is uniform (Genz & Bretz 2009, section 4.1.2). In (2) it is that of ξ given that one statistic, picked at random,
/// exceeds *c* (after Adler, Blanchet & Liu 2012, Annals of Applied Probability 22, 1167, with the radius integrated): the mean
/// lies between 1/m and 1, so that the relative error does not grow in the tail. A short run of both decides which is used.
struct GeneralMaximum: Sendable {
    private let rank: Int
    let statisticCount: Int
    private let isTwoSided: Bool
    private let degreesOfFreedom: Double
    /// The rows *a_i* of *A* one after the other.
    private let elements: [Double]
    /// Of *S* given one statistic's value.
    private let conditionalScale: ScaleQuantiles

    init(_ factor: PivotedCorrelationFactor, degreesOfFreedom: Double, sides: MultivariateTMaximum.Sides) {
        rank = factor.rank
        statisticCount = factor.rows.count
        isTwoSided = sides == .two
        self.degreesOfFreedom = degreesOfFreedom
        elements = factor.rows.flatMap { $0 }
        // Given a statistic's value x, (ν + x²) S² is chi-squared with ν + 1 degrees of freedom.
        conditionalScale = ScaleQuantiles(degreesOfFreedom: degreesOfFreedom + 1)
    }

    /// P(max > c) and about three standard errors of it.
    func upperTail(_ c: Double, tolerance: Double) -> (value: Double, error: Double) {
        guard rank + 3 <= LatticeRule.largestDimension else { return (.nan, .infinity) }
        guard c > 0 else { return lowerTailBelowZero(c, tolerance: tolerance) }
        let radius = RadiusTail(bound: c, rank: rank, degreesOfFreedom: degreesOfFreedom)
        let student = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
        let tail = student.upperTail(c)
        let scales = [radius.largest, Double(statisticCount) * (isTwoSided ? 2 : 1) * tail]
        guard scales.allSatisfy({ $0 > 0 }) else { return (0, 0) }
        let quantiles = TailQuantiles(student, tail: tail)
        func estimate(_ method: Int, _ tolerance: Double, _ level: Int) -> (value: Double, error: Double) {
            let mean =
                method == 0
                ? uniformDirections(radius, tolerance: tolerance / scales[0], largestLevel: level)
                : conditionalDirections(radius, quantiles, tolerance: tolerance / scales[1], largestLevel: level)
            return (scales[method] * mean.value, scales[method] * mean.error)
        }
        let pilots = [0, 1].map { estimate($0, tolerance, LatticeRule.smallestLevel) }
        let method = pilots[0].error <= pilots[1].error ? 0 : 1
        if pilots[method].error <= tolerance { return pilots[method] }
        return estimate(method, tolerance, largestLevel)
    }

    /// How many points are worth their time: half a million where a point is cheap, fewer where there are many statistics.
    private var largestLevel: Int {
        var level = LatticeRule.largestLevel
        var cost = statisticCount * rank
        while cost > 64, level > 12 {
            cost /= 2
            level -= 1
        }
        return level
    }

    /// The mean of (1), relative to G(c).
    private func uniformDirections(
        _ radius: RadiusTail, tolerance: Double, largestLevel: Int
    ) -> (value: Double, error: Double) {
        elements.withUnsafeBufferPointer { elements in
            LatticeRule(dimension: rank).mean(tolerance: tolerance, largestLevel: largestLevel) { point in
                let length = Self.replaceByNormals(point, count: rank)
                var largest = 0.0
                for row in 0..<statisticCount {
                    let projection = product(elements, row, point)
                    largest = max(largest, isTwoSided ? projection.magnitude : projection)
                }
                return radius.share(largest / length)
            }
        }
    }

    /// The mean of (2).
    private func conditionalDirections(
        _ radius: RadiusTail, _ quantiles: TailQuantiles, tolerance: Double, largestLevel: Int
    ) -> (value: Double, error: Double) {
        let df = degreesOfFreedom
        let hasScale = df < ScaleQuantiles.limit
        return elements.withUnsafeBufferPointer { elements in
            LatticeRule(dimension: rank + 3).mean(tolerance: tolerance, largestLevel: largestLevel) { point in
                let picked = min(Int(point[0] * Double(statisticCount)), statisticCount - 1)
                let x = quantiles.value(point[1])
                let scale = hasScale ? conditionalScale.value(point[2]) * ((df + 1) / (df + x * x)).squareRoot() : 1
                let normals = point + 3
                _ = Self.replaceByNormals(normals, count: rank)
                // Along the picked statistic's vector, which has length 1, the draw is replaced by what was drawn for it.
                let shift = x * scale - product(elements, picked, normals)
                var square = 0.0
                for index in 0..<rank {
                    normals[index] += elements[picked * rank + index] * shift
                    square += normals[index] * normals[index]
                }
                let inverseLength = 1 / square.squareRoot()
                var largest = 0.0
                var sum = 0.0
                for row in 0..<statisticCount {
                    let projection = product(elements, row, normals) * inverseLength
                    let share = radius.share(isTwoSided ? projection.magnitude : projection)
                    sum += share
                    largest = max(largest, share)
                }
                return sum > 0 ? largest / sum : 0
            }
        }
    }

    /// P(max > c) for a `c` that is not positive: all projections of a direction must be negative for no statistic to exceed it.
    private func lowerTailBelowZero(_ c: Double, tolerance: Double) -> (value: Double, error: Double) {
        let radius = RadiusTail(bound: -c, rank: rank, degreesOfFreedom: degreesOfFreedom)
        let mean = elements.withUnsafeBufferPointer { elements in
            LatticeRule(dimension: rank).mean(tolerance: tolerance) { point in
                let length = Self.replaceByNormals(point, count: rank)
                var largest = -Double.infinity
                for row in 0..<statisticCount { largest = max(largest, product(elements, row, point)) }
                return largest < 0 ? radius.share(-largest / length) : 0
            }
        }
        return (1 - radius.largest * mean.value, radius.largest * mean.error)
    }

    /// *a_row'x*.
    @inline(__always)
    private func product(
        _ elements: UnsafeBufferPointer<Double>, _ row: Int, _ vector: UnsafeMutablePointer<Double>
    ) -> Double {
        var sum = 0.0
        let start = row * rank
        for index in 0..<rank { sum += elements[start + index] * vector[index] }
        return sum
    }

    /// Turns uniform numbers into normal ones; the length of the vector.
    @inline(__always)
    private static func replaceByNormals(_ values: UnsafeMutablePointer<Double>, count: Int) -> Double {
        var square = 0.0
        for index in 0..<count {
            let z = PortableNormalQuantile.value(values[index])
            values[index] = z
            square += z * z
        }
        return square.squareRoot()
    }
}

/// *G(c / a) / G(c)* for projections *a* between 0 and 1, from a table.
private struct RadiusTail {
    /// *G(c)*.
    let largest: Double
    /// Over *a* in as many steps as there are points.
    private let table: HermiteTable
    private let count: Double

    init(bound c: Double, rank: Int, degreesOfFreedom: Double) {
        let distribution = FDistribution(numerator: Double(rank), denominator: degreesOfFreedom)
        let size = Double(rank)
        let largest = distribution.upperTail(c * c / size)
        let points = Int(256 * min(16, max(2, c)))
        var values = [Double](repeating: 0, count: points + 1)
        var slopes = values
        for index in stride(from: points, through: 1, by: -1) where largest > 0 {
            let a = Double(index) / Double(points)
            let radius = c / a
            let value = distribution.upperTail(radius * radius / size) / largest
            guard value > 1e-20 else { break }
            values[index] = value
            slopes[index] =
                2 * radius * radius / (size * a) * distribution.density(radius * radius / size)
                / (largest * Double(points))
        }
        self.largest = largest
        table = HermiteTable(from: 0, step: 1, values: values, slopes: slopes)
        count = Double(points)
    }

    @inline(__always)
    func share(_ a: Double) -> Double {
        guard a > 0 else { return 0 }
        return max(0, table.value(min(a, 1) * count))
    }
}
