// F-tests of hypotheses with several rows, by every method of degrees of freedom.

internal import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

extension FixedEffectsInference {
    /// The F-test of a hypothesis *Lβ = 0*.
    ///
    ///     F = (Lβ̂)'(LVL')⁻¹(Lβ̂) / q,   q = rank of LVL'
    ///
    /// Satterthwaite's denominator degrees of freedom are those of lmerTest: with *LVL' = PDP'* each row *m* of *P'L* has
    /// its own degrees of freedom *ν_m*, and *E = Σ ν_m/(ν_m − 2)* gives *2E/(E − q)*; their mean where all are equal, and 2
    /// where one is not above 2. They depend on the rows of *L* and not only on the space that these span. Kuznetsova et al.
    /// (2017), Journal of Statistical Software 82(13), section 2.
    ///
    /// - **Scale:** the sum of squares is *F σ̂² q*, in squared units of the response.
    /// - **Complexity:** O(*q p²*) for each variance parameter; it does not depend on the number of rows of data.
    public func test(_ hypothesis: LinearHypothesis) -> HypothesisTest {
        switch approximation {
        case .kenwardRoger(let adjustment): return test(hypothesis, adjustment)
        case .constant(let value): return test(hypothesis) { _ in value }
        case .satterthwaite:
            return test(hypothesis) { Self.combinedDegreesOfFreedom($0.map(degreesOfFreedom(of:))) }
        }
    }

    private func test(
        _ hypothesis: LinearHypothesis, degreesOfFreedom: ([[Double]]) -> Double
    ) -> HypothesisTest {
        let directions = IndependentDirections(hypothesis.matrix, covariance: covariance)
        let rank = directions.rows.count
        guard rank > 0 else { return .empty(hypothesis.label) }
        let sum = zip(directions.rows, directions.variances).reduce(0) { sum, direction in
            let value = estimate(of: direction.0)
            return sum + value * value / direction.1
        }
        return HypothesisTest(
            hypothesis.label, statistic: sum / Double(rank), scale: 1, rank: rank,
            degreesOfFreedom: degreesOfFreedom(directions.rows), residualDeviation: residualStandardDeviation)
    }

    /// The denominator degrees of freedom of an F-test from those of its independent t-tests, by lmerTest's rule.
    static func combinedDegreesOfFreedom(_ single: [Double]) -> Double {
        guard let first = single.first else { return .nan }
        if single.count == 1 { return first }
        if zip(single, single.dropFirst()).allSatisfy({ abs($0 - $1) < 1e-8 }) {
            return single.reduce(0, +) / Double(single.count)
        }
        if single.contains(where: { $0 <= 2 }) { return 2 }
        // E − q, which is smaller by far than E where there are many degrees of freedom.
        let excess = single.reduce(0) { $0 + ($1.isFinite ? 2 / ($1 - 2) : 0) }
        return 2 * (Double(single.count) + excess) / excess
    }
}

extension HypothesisTest {
    /// The test of a hypothesis that leaves nothing to test.
    static func empty(_ label: String) -> HypothesisTest {
        HypothesisTest(
            label: label, sumOfSquares: .nan, numeratorDegreesOfFreedom: 0, denominatorDegreesOfFreedom: .nan,
            statistic: .nan, pValue: .nan)
    }

    /// The test by a statistic that is multiplied by a scale; the sum of squares is that of the statistic without it.
    init(
        _ label: String, statistic: Double, scale: Double, rank: Int, degreesOfFreedom: Double,
        residualDeviation: Double
    ) {
        let distribution = FDistribution(numerator: Double(rank), denominator: degreesOfFreedom)
        self.init(
            label: label, sumOfSquares: statistic * residualDeviation * residualDeviation * Double(rank),
            numeratorDegreesOfFreedom: rank, denominatorDegreesOfFreedom: degreesOfFreedom,
            statistic: scale * statistic, pValue: distribution.upperTail(scale * statistic))
    }
}

/// Combinations of the rows of *L* whose estimates are uncorrelated, and the variances of these.
struct IndependentDirections {
    /// The rows of *P'L* with a variance, largest variance first.
    let rows: [[Double]]
    let variances: [Double]

    /// Below this share of the largest variance a direction counts as none: lmerTest's tolerance.
    private static let smallestShare = 0x1p-26
    /// The same for rows that have been scaled to equal variances, where only rounding makes such a share.
    private static let smallestScaledShare = 1e-11

    /// The eigenvectors of *LVL'* give the directions.
    ///
    /// Where rows differ so much in scale that their own directions would fall below the tolerance, they are scaled to
    /// equal variances first: the space that they span is the same.
    init(_ matrix: Matrix, covariance: Matrix) {
        let plain = Self.decompose(matrix, covariance: covariance, share: Self.smallestShare)
        let scales = (0..<matrix.rowCount).map { row in
            let variance = quadraticForm(covariance, matrix.row(row))
            return variance > 0 ? 1 / variance.squareRoot() : 0
        }
        let scaled = Self.decompose(
            .diagonal(scales) * matrix, covariance: covariance, share: Self.smallestScaledShare)
        (rows, variances) = scaled.rows.count > plain.rows.count ? scaled : plain
    }

    private static func decompose(
        _ matrix: Matrix, covariance: Matrix, share: Double
    ) -> (rows: [[Double]], variances: [Double]) {
        guard matrix.rowCount > 0,
            let eigen = SymmetricEigendecomposition(matrix * covariance * matrix.transposed),
            let largest = eigen.values.last, largest > 0
        else { return ([], []) }
        let kept = eigen.values.indices.reversed().filter { eigen.values[$0] > share * largest }
        let transposed = matrix.transposed
        return (kept.map { transposed * eigen.vectors.column($0) }, kept.map { eigen.values[$0] })
    }
}
