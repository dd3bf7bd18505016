// The exact null distribution of the likelihood ratio of one variance component.

internal import MixedLinearAlgebra
internal import MixedNumerics

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Draws of the likelihood ratio, from the eigenvalues alone.
struct LikelihoodRatioDistribution {
    /// *μ* relative to the largest, and how many of each there are.
    private let eigenvalues: [Double]
    private let counts: [Int]
    /// What the penalty *Σ log(1 + λξ)* runs over: *μ* for restricted likelihood, the diagonal of *Z'Z* otherwise.
    private let penaltyValues: [Double]
    private let penaltyCounts: [Double]
    /// *n - p*, or *n*.
    private let rows: Double
    /// *n - p - K*.
    private let residualDegreesOfFreedom: Int
    private let isRestricted: Bool

    /// λ relative to the reciprocal of the largest eigenvalue, on which a draw's maximum is looked for first.
    private static let grid = (0..<50).map { exp(-9 + 0.4 * Double($0)) }

    init(_ spectrum: ProjectedSpectrum, rowCount: Int, isRestricted: Bool) {
        let largest = spectrum.eigenvalues.first?.value ?? 1
        eigenvalues = spectrum.eigenvalues.map { $0.value / largest }
        counts = spectrum.eigenvalues.map(\.count)
        let penalty = isRestricted ? spectrum.eigenvalues : spectrum.diagonal
        penaltyValues = penalty.map { $0.value / largest }
        penaltyCounts = penalty.map { Double($0.count) }
        let restrictedRows = rowCount - spectrum.fixedRank
        rows = Double(isRestricted ? restrictedRows : rowCount)
        residualDegreesOfFreedom = max(0, restrictedRows - counts.reduce(0, +))
        self.isRestricted = isRestricted
    }

    /// P(ratio > statistic) where all eigenvalues are equal, else `nil`.
    ///
    /// With *K* equal eigenvalues and *m = n-p-K* the maximum over λ is at *1 + λμ = F*, where *F = (W₁/K)/(W₀/m)* exceeds 1:
    ///
    ///     ratio = (K + m) log((K F + m)/(K + m)) - K log F
    ///
    /// which grows with *F*.
    func closedTail(_ statistic: Double) -> Double? {
        guard isRestricted, eigenvalues.count == 1, residualDegreesOfFreedom >= 1, let multiplicity = counts.first
        else {
            return nil
        }
        let count = Double(multiplicity)
        let rest = Double(residualDegreesOfFreedom)
        let total = count + rest
        func ratio(_ f: Double) -> Double { total * log((count * f + rest) / total) - count * log(f) }
        var low = 1.0
        var high = 2.0
        while ratio(high) < statistic, high < 1e300 { high *= 2 }
        for _ in 0..<200 {
            let middle = 0.5 * (low + high)
            if middle <= low || middle >= high { break }
            if ratio(middle) < statistic { low = middle } else { high = middle }
        }
        return FDistribution(numerator: count, denominator: rest).upperTail(high)
    }

    /// How many of `draws` ratios exceed the statistic; draw *i* comes from stream *i*, whoever draws it.
    func countAbove(_ statistic: Double, draws: Int, seed: UInt64, threads: Int) -> Int {
        guard !eigenvalues.isEmpty else { return 0 }
        let table = GridTable(self)
        let parts = 16
        var counted = [Int](repeating: 0, count: parts)
        counted.withUnsafeMutableBufferPointer { target in
            nonisolated(unsafe) let target = target
            ParallelLoop.forEach(parts, threads: threads) { part in
                var squares = [Double](repeating: 0, count: eigenvalues.count)
                var above = 0
                for draw in draws * part / parts..<draws * (part + 1) / parts {
                    var stream = RandomStream(seed: seed, stream: UInt64(draw))
                    for index in squares.indices {
                        squares[index] = stream.nextChiSquared(degreesOfFreedom: counts[index])
                    }
                    let residual = stream.nextChiSquared(degreesOfFreedom: residualDegreesOfFreedom)
                    if exceeds(statistic, squares, residual, table) { above += 1 }
                }
                target[part] = above
            }
        }
        return counted.reduce(0, +)
    }

    /// Shrinkage and penalty at the points of the grid.
    private struct GridTable {
        /// 1 / (1 + λμ), point after point.
        var shrinkage: [Double] = []
        var penalty: [Double] = []

        init(_ distribution: LikelihoodRatioDistribution) {
            for lambda in LikelihoodRatioDistribution.grid {
                shrinkage += distribution.eigenvalues.map { 1 / (1 + lambda * $0) }
                penalty.append(distribution.penalty(lambda))
            }
        }
    }

    private func penalty(_ lambda: Double) -> Double {
        zip(penaltyValues, penaltyCounts).reduce(0) { $0 + $1.1 * log1p(lambda * $1.0) }
    }

    /// Whether the largest ratio over λ exceeds a positive bound.
    private func exceeds(_ bound: Double, _ squares: [Double], _ residual: Double, _ table: GridTable) -> Bool {
        let total = squares.reduce(residual, +)
        guard total > 0 else { return false }
        var best = -Double.infinity
        var bestIndex = 0
        for point in Self.grid.indices {
            var rest = residual
            let start = point * squares.count
            for index in squares.indices { rest += squares[index] * table.shrinkage[start + index] }
            let value = rows * log(total / rest) - table.penalty[point]
            if value > bound { return true }
            if value > best {
                best = value
                bestIndex = point
            }
        }
        // The ratio is flat at its top: between neighbours of the grid's best it rises by little.
        guard best > bound - Self.largestRise(best), bestIndex > 0 else { return false }
        return maximum(near: log(Self.grid[bestIndex]), squares, residual, total) > bound
    }

    /// How much higher a ratio can be between points of the grid than on them, with room to spare.
    private static func largestRise(_ value: Double) -> Double { 1 + 0.1 * value.magnitude }

    /// The ratio's maximum over λ within one step of the grid, by golden sections.
    private func maximum(near center: Double, _ squares: [Double], _ residual: Double, _ total: Double) -> Double {
        func value(_ logLambda: Double) -> Double {
            let lambda = exp(logLambda)
            var rest = residual
            for index in squares.indices { rest += squares[index] / (1 + lambda * eigenvalues[index]) }
            return rows * log(total / rest) - penalty(lambda)
        }
        let golden = 0.618_033_988_749_894_8
        var low = center - 0.4
        var high = center + 0.4
        var a = high - golden * (high - low)
        var b = low + golden * (high - low)
        var fa = value(a)
        var fb = value(b)
        for _ in 0..<18 {
            if fa > fb {
                (high, b, fb) = (b, a, fa)
                a = high - golden * (high - low)
                fa = value(a)
            } else {
                (low, a, fa) = (a, b, fb)
                b = low + golden * (high - low)
                fb = value(b)
            }
        }
        return max(fa, fb)
    }
}
