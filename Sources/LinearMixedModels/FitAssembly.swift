// From an optimum of the profiled deviance to everything that a fit knows, back in the units of the data.

package import MixedDesign
package import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// Fits a model to cross-products.
    ///
    /// - Parameter start: Relative factors to begin from, in the units of the cross-products; found by moments when `nil`.
    /// - Throws: `FitError`.
    package init(
        design: ModelDesign, products: CrossProducts, method: EstimationMethod, start: [Matrix]? = nil, threads: Int
    ) throws(FitError) {
        let deviance = ProfiledDeviance(
            products, terms: Self.layout(design), method: method, threads: threads)
        guard products.rowCount > deviance.fixedColumns.count else {
            throw .noResidualDegreesOfFreedom(rows: products.rowCount, coefficients: deviance.fixedColumns.count)
        }
        guard let minimum = deviance.minimize(startingFrom: start, settings: .init(beginsWithScoring: start == nil))
        else {
            throw .noResidualVariance
        }
        let optimum = StoredOptimum(minimum, design: design, products: products, evaluations: deviance.evaluationCount)
        try self.init(
            design: design, method: method, deviance: deviance, optimum: optimum, expansion: minimum.expansion)
    }

    /// Restores a fit from its cross-products and its stored optimum, without searching again.
    package init(
        design: ModelDesign, products: CrossProducts, method: EstimationMethod, optimum: StoredOptimum,
        residuals: ResidualSummary?, threads: Int
    ) throws(FitError) {
        let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: threads)
        let fit = try LinearMixedModelFit(
            design: design, method: method, deviance: deviance, optimum: optimum, expansion: nil)
        self = residuals.map { fit.with(residuals: $0) } ?? fit
    }

    static func layout(_ design: ModelDesign) -> [RandomTermLayout] {
        design.randomTerms.map {
            RandomTermLayout(factor: $0.factorIndex, columnOffset: $0.columnOffset, columnCount: $0.columnCount)
        }
    }

    private init(
        design: ModelDesign, method: EstimationMethod, deviance: ProfiledDeviance, optimum: StoredOptimum,
        expansion: DevianceExpansion?
    ) throws(FitError) {
        let products = deviance.products
        guard let expansion = expansion ?? deviance.expansion(at: optimum.expansionPoint, curvature: .exact),
            deviance.currentValue(at: optimum.expansionPoint) != nil
        else { throw .noResidualVariance }
        // The derivatives belong to the expansion point; on the boundary the estimates themselves do not.
        let sensitivity = deviance.coefficientSensitivity()
        guard let value = deviance.currentValue(at: optimum.relativeFactors) else { throw .noResidualVariance }
        deviance.factorization.solveResponse()

        let scale = products.transform.responseScale
        let isLinearModel = optimum.relativeFactors.isEmpty
        let residualRows =
            isLinearModel ? products.rowCount - deviance.fixedColumns.count : deviance.residualRows
        let residualSumOfSquares = value.residualSumOfSquares * scale * scale
        let sigma = (residualSumOfSquares / Double(residualRows)).squareRoot()
        let fixed = deviance.coefficients()
        let unitCovariance = deviance.unitCoefficientCovariance()
        let covariance = (sigma * sigma) * unitCovariance
        let names = design.fixedColumnNames
        let kept = Set(deviance.estimatedColumns)
        let originalFactors = deviance.originalRelativeFactors(optimum.relativeFactors)

        self.design = design
        self.method = method
        self.products = products
        coefficientNames = deviance.estimatedColumns.map { names[$0] }
        coefficients = deviance.estimatedColumns.map { fixed[$0] }
        coefficientCovariance = covariance
        aliasedNames = names.indices.filter { !kept.contains($0) }.map { names[$0] }
        theta = originalFactors.flatMap { Self.lowerTriangle(PivotedLQ($0, pivoting: false).lower) }
        residualStandardDeviation = sigma
        varianceComponents = zip(design.randomTerms, originalFactors).map { term, relative in
            VarianceComponents(
                group: design.groupingFactors[term.factorIndex].name, columnNames: term.columnNames,
                covariance: (sigma * sigma) * (relative * relative.transposed))
        }
        randomEffects = deviance.randomEffects(design, scale: scale)
        criterion = isLinearModel ? deviance.likelihoodDeviance(value) : value.deviance
        penalizedResidualSumOfSquares = residualSumOfSquares
        status = optimum.status
        certificate = optimum.certificate
        evaluations = optimum.evaluations
        covarianceUncertainty = deviance.covarianceUncertainty(
            expansion, at: optimum.expansionPoint, sensitivity: sensitivity, covariance: covariance, sigma: sigma,
            responseScale: scale)
        explainedVariance = ExplainedVariance(
            fixed: deviance.fixedVariance() * scale * scale,
            random: deviance.meanRandomVariance(optimum.relativeFactors) * sigma * sigma, residual: sigma * sigma)
        residuals = nil
        self.optimum = optimum
    }

    private static func lowerTriangle(_ matrix: Matrix) -> [Double] {
        (0..<matrix.columnCount).flatMap { column in (column..<matrix.rowCount).map { matrix[$0, column] } }
    }

    /// A copy with a summary of the residuals.
    func with(residuals: ResidualSummary) -> LinearMixedModelFit {
        var copy = self
        copy.residuals = residuals
        return copy
    }
}
