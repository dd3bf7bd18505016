// The F-test of Kenward and Roger: its denominator degrees of freedom and the scale of its statistic.

internal import LinearMixedModels
internal import MixedLinearAlgebra

extension FixedEffectsInference {
    /// The F-test of a hypothesis with the adjusted covariance *Φ_A*, a scaled statistic and matching degrees of freedom.
    ///
    ///     F = λ (Lβ̂)'(LΦ_AL')⁻¹(Lβ̂)/ℓ,   λ = m(1 − A₂/ℓ)/(m − 2),   m = 4 + (ℓ + 2)/(ℓρ − 1)
    ///
    /// with *Θ = L'(LΦL')⁻¹L*, *A₁ = Σ W_ij tr(ΘΦP_iΦ) tr(ΘΦP_jΦ)*, *A₂ = Σ W_ij tr(ΘΦP_iΦΘΦP_jΦ)*, and the ratio *ρ* that
    /// makes the first two moments of *F* those of an F distribution, exactly so for balanced designs. Kenward and Roger
    /// (1997), Biometrics 53, 983–997; the guards against 0/0 are those of pbkrtest.
    func test(_ hypothesis: LinearHypothesis, _ adjustment: SmallSampleAdjustment) -> HypothesisTest {
        let directions = IndependentDirections(hypothesis.matrix, covariance: adjustment.covariance)
        let rank = directions.rows.count
        guard rank > 0 else { return .empty(hypothesis.label) }
        // Rows with LΦL' = I.
        let rows = zip(directions.rows, directions.variances).map { row, variance in
            row.map { $0 / variance.squareRoot() }
        }
        let hypothesisMatrix = Matrix(
            rows: adjustment.covariance.rowCount, columns: rank, columnMajor: rows.flatMap { $0 }
        ).transposed
        let moments = Self.moments(hypothesisMatrix, adjustment)
        let (freedom, scale) = Self.approximatingDistribution(moments, rank: Double(rank))
        let values = hypothesisMatrix * coefficients
        let middle = hypothesisMatrix * adjustment.adjustedCovariance * hypothesisMatrix.transposed
        let solution = middle.solving(values) ?? values.map { _ in .nan }
        let statistic = zip(values, solution).reduce(0) { $0 + $1.0 * $1.1 } / Double(rank)
        return HypothesisTest(
            hypothesis.label, statistic: statistic, scale: scale, rank: rank, degreesOfFreedom: freedom,
            residualDeviation: residualStandardDeviation)
    }

    /// *A₁* and *A₂*, for rows with *LΦL' = I*.
    private static func moments(
        _ rows: Matrix, _ adjustment: SmallSampleAdjustment
    ) -> (first: Double, second: Double) {
        let images = adjustment.covarianceDerivatives.map { rows * $0 * rows.transposed }
        let traces = images.map { $0.diagonal.reduce(0, +) }
        var first = 0.0
        var second = 0.0
        for (index, image) in images.enumerated() {
            for (other, otherImage) in images.enumerated() {
                let weight = adjustment.parameterCovariance[index, other]
                first += weight * traces[index] * traces[other]
                second += weight * image.inner(otherImage)
            }
        }
        return (first, second)
    }

    /// The denominator degrees of freedom *m* and the scale *λ* of the statistic.
    static func approximatingDistribution(
        _ moments: (first: Double, second: Double), rank: Double
    ) -> (degreesOfFreedom: Double, scale: Double) {
        let (first, second) = moments
        let b = (first + 6 * second) / (2 * rank)
        let g = ((rank + 1) * first - (rank + 4) * second) / ((rank + 2) * second)
        let divisor = 3 * rank + 2 * (1 - g)
        let c1 = g / divisor
        let c2 = (rank - g) / divisor
        let c3 = (rank + 2 - g) / divisor
        let numerator = 1 + c1 * b
        let v0 = abs(numerator) < 1e-10 ? 0 : numerator
        let v1 = 1 - c2 * b
        let v2 = 1 - c3 * b
        let mean = 1 - second / rank
        let ratio = abs(mean) < 1e-14 && abs(v1) < 1e-14 ? 1 : mean / v1
        let rho = ratio * ratio * v0 / v2 / rank
        let freedom = 4 + (rank + 2) / (rank * rho - 1)
        let scale = abs(freedom - 2) < 0.01 ? 1 : freedom * mean / (freedom - 2)
        return (freedom, scale)
    }
}
