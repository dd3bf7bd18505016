// The estimates of a model from part of its cross-products, found from where the whole fit ended.

package import MixedDesign
package import MixedLinearAlgebra

/// What a refit without some rows estimates.
package struct ReducedFit: Sendable {
    /// R's names of the coefficients that can still be estimated.
    package let coefficientNames: [String]
    package let coefficients: [Double]
    package let covariance: Matrix
    /// The covariance matrix of each random term, in lme4's order.
    package let termCovariances: [Matrix]
    package let residualStandardDeviation: Double
    package let hasConverged: Bool
}

extension LinearMixedModelFit {
    /// Fits the same model to other cross-products of the same columns, starting from this fit's covariance parameters.
    ///
    /// - Returns: `nil` where too few rows are left or they leave no residual variance.
    package func refitted(to products: CrossProducts) -> ReducedFit? {
        let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: 1)
        guard products.rowCount > deviance.fixedColumns.count else { return nil }
        // On the boundary the search begins inside, so that a variance that is zero now may be positive then.
        let isInside = optimum.hasConverged && optimum.singularDirections.isEmpty
        var minimum = isInside ? deviance.descend(from: optimum.relativeFactors, settings: .init()) : nil
        if minimum?.hasConverged != true { minimum = deviance.minimize() ?? minimum }
        return minimum.flatMap { deviance.reducedFit($0, design: design, rowCount: products.rowCount) }
    }
}

extension ProfiledDeviance {
    /// The estimates at a minimum over part of the rows, in units of the data.
    ///
    /// - Parameter rowCount: How many rows that are.
    func reducedFit(_ minimum: DevianceMinimum, design: ModelDesign, rowCount: Int) -> ReducedFit? {
        guard let value = currentValue(at: minimum.relativeFactors) else { return nil }
        factorization.solveResponse()
        let scale = products.transform.responseScale
        let divisor = terms.isEmpty ? rowCount - fixedColumns.count : residualRows
        guard divisor > 0, value.residualSumOfSquares >= 0 else { return nil }
        let variance = value.residualSumOfSquares * scale * scale / Double(divisor)
        let coefficients = coefficients()
        let names = design.fixedColumnNames
        return ReducedFit(
            coefficientNames: estimatedColumns.map { names[$0] },
            coefficients: estimatedColumns.map { coefficients[$0] },
            covariance: variance * unitCoefficientCovariance(),
            termCovariances: originalRelativeFactors(minimum.relativeFactors).map {
                variance * ($0 * $0.transposed)
            },
            residualStandardDeviation: variance.squareRoot(), hasConverged: minimum.hasConverged)
    }
}
