// From an optimum of the profiled deviance to everything that a fit knows, back in the units of the data.

package import MixedDesign
package import MixedLinearAlgebra
package import MixedProgress

extension LinearMixedModelFit {
    /// Fits a model to cross-products.
    ///
    /// - Parameters:
    ///   - start: Relative factors to begin from, in the units of the cross-products; found by moments when `nil`.
    ///   - solver: How the equations are to be solved.
    ///   - memory: A fit that needs more is refused before it is begun.
    ///   - monitor: Is told how far the search is, and can stop it.
    /// - Throws: `FitError`.
    package init(
        design: ModelDesign, products: CrossProducts, method: EstimationMethod, start: [Matrix]? = nil,
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, threads: Int,
        monitor: WorkMonitor = .none
    ) throws(FitError) {
        let coefficients = products.fixedColumnBasis().mapped.count
        guard products.rowCount > coefficients else {
            throw .noResidualDegreesOfFreedom(rows: products.rowCount, coefficients: coefficients)
        }
        let path = solver.path(borderEffects: CrossedLayout.borderEffectCount(of: products))
        try memory.check(products, terms: Self.layout(design), path: path, threads: threads)
        var start = start
        var record: IterativeSearch?
        var last: InterruptedFit?
        if path != .exact {
            // The search lets go of its memory before anything is factored.
            let search = try IterativeFit(
                design: design, products: products, method: method, start: start, threads: threads,
                monitor: monitor)
            if path == .iterative || search?.minimum.wasInterrupted == true {
                guard let search else { throw .notSolvedIteratively }
                self = try search.fit()
                return
            }
            record = search?.record(criterionError: nil)
            if let found = search?.minimum.relativeFactors { start = found }
            last = search?.lastPoint
        }
        let deviance = ProfiledDeviance(
            products, terms: Self.layout(design), method: method, threads: threads, monitor: monitor)
        let settings = MinimizationSettings(beginsWithScoring: start == nil, beginsNearOptimum: record != nil)
        let minimum = deviance.minimize(startingFrom: start, settings: settings)
        self = try Self.finished(
            design, deviance, minimum, computation: record.map { .iterativeThenExact($0) } ?? .exact, last: last)
    }

    /// The fit at the end of an exact search, or at the best point before it was stopped.
    ///
    /// - Parameters:
    ///   - minimum: `nil` where nothing has been found.
    ///   - last: What there is to report if nothing has been found before the stop.
    static func finished(
        _ design: ModelDesign, _ deviance: ProfiledDeviance, _ minimum: DevianceMinimum?,
        computation: FitComputation = .exact, last: InterruptedFit? = nil
    ) throws(FitError) -> LinearMixedModelFit {
        func stored(_ minimum: DevianceMinimum) -> StoredOptimum {
            StoredOptimum(
                minimum, design: design, products: deviance.products, evaluations: deviance.evaluationCount,
                computation: computation)
        }
        if let minimum, !deviance.factorization.isStopped {
            do throws(FitError) {
                let fit = try LinearMixedModelFit(
                    design: design, method: deviance.method, deviance: deviance, optimum: stored(minimum),
                    expansion: minimum.expansion)
                if !deviance.factorization.isStopped { return fit }
            } catch {
                if !deviance.factorization.isStopped { throw error }
            }
        }
        guard deviance.watch?.isStopped == true else { throw .noResidualVariance }
        let point = deviance.kept.map { InterruptedFit(optimum: stored($0.minimum), parts: $0.parts) } ?? last
        guard let point else { throw .interrupted }
        return LinearMixedModelFit(design: design, problem: deviance, optimum: point.optimum, parts: point.parts)
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
        let curvature: DevianceExpansion.Curvature = optimum.computation?.search == nil ? .exact : .estimatedTraces
        guard let expansion = expansion ?? deviance.expansion(at: optimum.expansionPoint, curvature: curvature) else {
            throw .noResidualVariance
        }
        // On the boundary derivatives belong to the expansion point, not to the estimates. Elsewhere a last step too short
        // to be seen lies between the two.
        var sensitivity: [Matrix]?
        if !optimum.singularDirections.isEmpty {
            guard deviance.currentValue(at: optimum.expansionPoint) != nil else { throw .noResidualVariance }
            sensitivity = deviance.coefficientSensitivity()
        }
        guard let value = deviance.currentValue(at: optimum.relativeFactors) else { throw .noResidualVariance }
        deviance.factorization.solveResponse()
        self.init(
            design: design, problem: deviance, optimum: optimum,
            parts: deviance.solvedParts(value, expansion, sensitivity ?? deviance.coefficientSensitivity()))
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
        self.init(
            design: design, problem: equations, optimum: optimum,
            parts: equations.solvedParts(state, criterion: estimates.deviance, expansion, sensitivity))
    }

    /// A fit of what solving its equations has found.
    init(design: ModelDesign, problem: some EstimationProblem, optimum: StoredOptimum, parts: SolvedParts) {
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
        randomEffects = zip(design.groupingFactors, parts.effectValues).map { group, values in
            GroupEffects(group: group.name, levels: group.levels, columnNames: group.columnNames, values: values)
        }
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
