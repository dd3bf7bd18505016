// How much of the variance a linear model explains, from its cross-products.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedNumerics

/// R² and the overall F-test of a linear model, as R's `summary.lm` has them.
///
///     R² = 1 − RSS/TSS,   adjusted R² = 1 − (1 − R²)(n − i)/(n − p),   F = (TSS − RSS)/(p − i) / σ²
///
/// *i* is 1 when the formula has an intercept, and *TSS* is then taken around the weighted mean. A response with an
/// offset counts without it.
struct LeastSquaresSummary {
    let rSquared: Double
    let adjustedRSquared: Double
    /// Without a value when the model has the intercept alone.
    let fStatistic: Double
    let numeratorDegreesOfFreedom: Int
    let denominatorDegreesOfFreedom: Int

    init(_ fit: LinearMixedModelFit) {
        let products = fit.products
        let intercepts = fit.design.hasIntercept ? 1 : 0
        let residual = fit.penalizedResidualSumOfSquares
        let total = Self.totalSumOfSquares(products, centered: fit.design.hasIntercept)
        let freedom = fit.residualDegreesOfFreedom
        denominatorDegreesOfFreedom = freedom
        numeratorDegreesOfFreedom = fit.coefficients.count - intercepts
        rSquared = numeratorDegreesOfFreedom > 0 ? max(0, 1 - residual / total) : 0
        adjustedRSquared = 1 - (1 - rSquared) * Double(fit.rowCount - intercepts) / Double(freedom)
        let variance = fit.residualStandardDeviation * fit.residualStandardDeviation
        fStatistic =
            numeratorDegreesOfFreedom > 0
            ? (total - residual) / Double(numeratorDegreesOfFreedom) / variance : .nan
    }

    var pValue: Double {
        guard fStatistic.isFinite else { return .nan }
        return FDistribution(
            numerator: Double(numeratorDegreesOfFreedom), denominator: Double(denominatorDegreesOfFreedom)
        ).upperTail(fStatistic)
    }

    /// *Σ w (y − ȳ)²*, or *Σ w y²*, from the cross-products of the mapped columns.
    ///
    /// With *X a = 1* and *X̃ = X B* the constant is *X̃ B⁻¹a*, which gives *Σ w* and *Σ w ỹ*.
    private static func totalSumOfSquares(_ products: CrossProducts, centered: Bool) -> Double {
        let transform = products.transform
        let count = products.fixedColumnCount
        let squares = products.fixed[count, count]
        let scale = transform.responseScale
        guard let combination = transform.constantCombination, let constant = transform.basis.solving(combination)
        else { return squares * scale * scale }
        var weight = 0.0
        var sum = 0.0
        for column in 0..<count {
            sum += products.fixed[column, count] * constant[column]
            for row in 0..<count { weight += products.fixed[row, column] * constant[row] * constant[column] }
        }
        if centered { return (squares - sum * sum / weight) * scale * scale }
        let shift = transform.responseShift
        return squares * scale * scale + 2 * shift * scale * sum + shift * shift * weight
    }
}
