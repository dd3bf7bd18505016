// From an optimum of the profiled deviance to everything that a fit knows, back in the units of the data.

package import MixedDesign
package import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// Fits a model to cross-products.
    ///
    /// - Parameters:
    ///   - start: Relative factors to begin from, in the units of the cross-products; found by moments when `nil`.
    ///   - solver: How the equations are to be solved.
    ///   - memory: A fit that needs more is refused before it is begun.
    /// - Throws: `FitError`.
    package init(
        design: ModelDesign, products: CrossProducts, method: EstimationMethod, start: [Matrix]? = nil,
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, threads: Int
    ) throws(FitError) {
        let coefficients = products.fixedColumnBasis().mapped.count
        guard products.rowCount > coefficients else {
            throw .noResidualDegreesOfFreedom(rows: products.rowCount, coefficients: coefficients)
        }
        let path = solver.path(borderEffects: CrossedLayout.borderEffectCount(of: products))
        try memory.check(products, terms: Self.layout(design), path: path, threads: threads)
        var start = start
        var record: IterativeSearch?
        if path != .exact {
            // The search lets go of its memory before anything is factored.
            let search = try IterativeFit(
                design: design, products: products, method: method, start: start, threads: threads)
            if path == .iterative {
                guard let search else { throw .notSolvedIteratively }
                self = try search.fit()
                return
            }
            record = search?.record(criterionError: nil)
            if let found = search?.minimum.relativeFactors { start = found }
        }
        try self.init(
            exactly: design, products: products, method: method, start: start, search: record, threads: threads)
    }

    /// Fits a model from exact factorisations.
    private init(
        exactly design: ModelDesign, products: CrossProducts, method: EstimationMethod, start: [Matrix]?,
        search: IterativeSearch?, threads: Int
    ) throws(FitError) {
        let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: threads)
        let settings = MinimizationSettings(beginsWithScoring: start == nil, beginsNearOptimum: search != nil)
        guard let minimum = deviance.minimize(startingFrom: start, settings: settings) else {
            throw .noResidualVariance
        }
        let optimum = StoredOptimum(
            minimum, design: design, products: products, evaluations: deviance.evaluationCount,
            computation: search.map { .iterativeThenExact($0) } ?? .exact)
        try self.init(
            design: design, method: method, deviance: deviance, optimum: optimum, expansion: minimum.expansion)
    }

    /// Restores a fit from its cross-products and its stored optimum, without searching again.
    package init(
        design: ModelDesign, products: CrossProducts, method: EstimationMethod, optimum: StoredOptimum,
        residuals: ResidualSummary?, threads: Int
    ) throws(FitError) {
        let fit: LinearMixedModelFit
        let isIterative = optimum.computation?.isIterative == true
        try MemoryLimit.available.check(
            products, terms: Self.layout(design), path: isIterative ? .iterative : .exact, threads: threads)
        if isIterative {
            let equations = IterativeEquations(
                products, terms: Self.layout(design), method: method, threads: threads)
            fit = try LinearMixedModelFit(design: design, equations: equations, optimum: optimum, settings: .init())
        } else {
            let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: threads)
            fit = try LinearMixedModelFit(
                design: design, method: method, deviance: deviance, optimum: optimum, expansion: nil)
        }
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
        guard let expansion = expansion ?? deviance.expansion(at: optimum.expansionPoint, curvature: .exact),
            deviance.currentValue(at: optimum.expansionPoint) != nil
        else { throw .noResidualVariance }
        // The derivatives belong to the expansion point; on the boundary the estimates themselves do not.
        let sensitivity = deviance.coefficientSensitivity()
        guard let value = deviance.currentValue(at: optimum.relativeFactors) else { throw .noResidualVariance }
        deviance.factorization.solveResponse()
        let isLinearModel = optimum.relativeFactors.isEmpty
        let parts = SolvedParts(
            mappedCoefficients: deviance.mappedCoefficients,
            unitCovariance: deviance.unitCoefficientCovariance(),
            randomEffects: deviance.randomEffects(design, scale: deviance.products.transform.responseScale),
            residualSumOfSquares: value.residualSumOfSquares,
            criterion: isLinearModel
                ? deviance.likelihoodDeviance(residualSumOfSquares: value.residualSumOfSquares) : value.deviance,
            expansion: expansion, sensitivity: sensitivity)
        self.init(design: design, problem: deviance, optimum: optimum, parts: parts)
    }

    /// A fit from the solution of its equations by conjugate gradients.
    ///
    /// The solves begin anew, so that a restored fit has the same digits.
    init(
        design: ModelDesign, equations: IterativeEquations, optimum: StoredOptimum, settings: IterativeSettings
    ) throws(FitError) {
        guard let estimates = optimum.estimates, estimates.traces.count == equations.directions.count,
            estimates.traces.allSatisfy(\.isFinite), equations.layout.borderEffectCount > 0
        else { throw .notSolvedIteratively }
        equations.beginAnew()
        let count = estimates.traces.count
        let traces = TraceEstimate(values: estimates.traces, covariance: Matrix(rows: count, columns: count))
        guard let expanded = equations.solve(at: optimum.expansionPoint, tolerance: settings.finalTolerance),
            let expansion = equations.expansion(expanded, traces: traces, tolerance: settings.informationTolerance)
        else { throw .notSolvedIteratively }
        let sensitivity = equations.coefficientSensitivity(expanded)
        var state = expanded
        if optimum.relativeFactors != optimum.expansionPoint {
            guard let other = equations.solve(at: optimum.relativeFactors, tolerance: settings.finalTolerance) else {
                throw .notSolvedIteratively
            }
            state = other
        }
        let parts = SolvedParts(
            mappedCoefficients: state.coefficients, unitCovariance: equations.mappedBack(state.unitCovariance),
            randomEffects: equations.randomEffects(state, design: design),
            residualSumOfSquares: state.residualSumOfSquares, criterion: estimates.deviance, expansion: expansion,
            sensitivity: sensitivity)
        self.init(design: design, problem: equations, optimum: optimum, parts: parts)
    }

    /// What solving the equations at an optimum has found.
    private struct SolvedParts {
        var mappedCoefficients: [Double]
        /// *(X'V⁻¹X)⁻¹*.
        var unitCovariance: Matrix
        var randomEffects: [GroupEffects]
        var residualSumOfSquares: Double
        var criterion: Double
        var expansion: DevianceExpansion
        /// The derivatives of `unitCovariance` in the directions of the covariance matrices.
        var sensitivity: [Matrix]
    }

    private init(design: ModelDesign, problem: some EstimationProblem, optimum: StoredOptimum, parts: SolvedParts) {
        let products = problem.products
        let scale = products.transform.responseScale
        let isLinearModel = optimum.relativeFactors.isEmpty
        let residualRows =
            isLinearModel ? products.rowCount - problem.fixedColumns.count : problem.residualRows
        let residualSumOfSquares = parts.residualSumOfSquares * scale * scale
        let sigma = (residualSumOfSquares / Double(residualRows)).squareRoot()
        let fixed = problem.coefficients(fromMapped: parts.mappedCoefficients)
        let covariance = (sigma * sigma) * parts.unitCovariance
        let names = design.fixedColumnNames
        let kept = Set(problem.estimatedColumns)
        let originalFactors = problem.originalRelativeFactors(optimum.relativeFactors)

        self.design = design
        method = problem.method
        self.products = products
        coefficientNames = problem.estimatedColumns.map { names[$0] }
        coefficients = problem.estimatedColumns.map { fixed[$0] }
        coefficientCovariance = covariance
        aliasedNames = names.indices.filter { !kept.contains($0) }.map { names[$0] }
        theta = originalFactors.flatMap { Self.lowerTriangle(PivotedLQ($0, pivoting: false).lower) }
        residualStandardDeviation = sigma
        varianceComponents = zip(design.randomTerms, originalFactors).map { term, relative in
            VarianceComponents(
                group: design.groupingFactors[term.factorIndex].name, columnNames: term.columnNames,
                covariance: (sigma * sigma) * (relative * relative.transposed))
        }
        randomEffects = parts.randomEffects
        criterion = parts.criterion
        penalizedResidualSumOfSquares = residualSumOfSquares
        status = optimum.status
        certificate = optimum.certificate
        evaluations = optimum.evaluations
        computation = optimum.computation ?? .exact
        covarianceUncertainty = problem.covarianceUncertainty(
            parts.expansion, at: optimum.expansionPoint, sensitivity: parts.sensitivity, covariance: covariance,
            sigma: sigma, responseScale: scale)
        explainedVariance = ExplainedVariance(
            fixed: problem.fixedVariance(ofMapped: parts.mappedCoefficients) * scale * scale,
            random: problem.meanRandomVariance(optimum.relativeFactors) * sigma * sigma, residual: sigma * sigma)
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
