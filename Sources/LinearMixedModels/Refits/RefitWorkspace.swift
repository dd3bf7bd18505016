// Fitting the same model to another response, over and over, with everything shared that does not depend on it.

package import MixedDesign
package import MixedLinearAlgebra

/// What a refit finds: parameters and how the search ended, no more.
package struct Refit: Sendable {
    /// The coefficients that were estimated, in units of the data.
    package let coefficients: [Double]
    /// λ of each term, in the units of the data's columns.
    package let relativeFactors: [Matrix]
    package let residualStandardDeviation: Double
    /// The restricted deviance or the deviance at the optimum.
    package let criterion: Double
    package let outcome: Outcome
    /// How many factorisations the search took.
    package let evaluations: Int

    /// How the search ended.
    package enum Outcome: UInt8, Sendable {
        /// A certified optimum inside the parameter space.
        case converged
        /// A certified optimum with some combination of random effects without variance.
        case singular
        /// No certified optimum.
        case notConverged
    }
}

/// What every refit of a model shares, and from which each thread makes its workspace.
package final class RefitModel {
    let deviance: ProfiledDeviance
    /// The relative factors that every refit starts from.
    let start: [Matrix]

    package convenience init(_ fit: LinearMixedModelFit) {
        self.init(
            ProfiledDeviance(
                fit.products, terms: LinearMixedModelFit.layout(fit.design), method: fit.method, threads: 1),
            optimum: fit.optimum.relativeFactors)
    }

    /// - Parameter optimum: Where the original response has its optimum.
    init(_ deviance: ProfiledDeviance, optimum: [Matrix]) {
        self.deviance = deviance
        start = deviance.raised(optimum)
    }

    /// The cross-products of the design with a response that was drawn, for whole fits to it.
    package func crossProducts(with response: ResponseProducts) -> CrossProducts {
        deviance.products.replacing(response, fixedColumns: deviance.fixedColumns)
    }

    /// Memory for refits on one thread.
    package func workspace() -> RefitWorkspace { RefitWorkspace(self) }
}

/// The memory of one thread for fitting a model to one response after another.
package final class RefitWorkspace {
    private let deviance: ProfiledDeviance
    private let start: [Matrix]
    /// The response of the next refit, to be filled in.
    package let response: ResponseProducts

    fileprivate init(_ model: RefitModel) {
        deviance = ProfiledDeviance(sharing: model.deviance)
        start = model.start
        response = ResponseProducts(deviance.products, fixedColumns: deviance.fixedColumns)
    }

    /// Takes over the response of cross-products of the same design.
    package func setResponse(of products: CrossProducts) {
        response.copy(from: products, fixedColumns: deviance.fixedColumns)
    }

    /// Fits the model to `response`.
    ///
    /// Newton's method begins at the optimum of the original response; where it ends without a certificate, the search
    /// begins again from the moments of the new response, as for any fit.
    /// - Complexity: Two to five expansions of the deviance.
    package func refit() -> Refit {
        deviance.plan.setResponse(response)
        deviance.responseHasChanged()
        let before = deviance.evaluationCount
        if let minimum = deviance.descend(from: start, settings: .refit), minimum.hasConverged {
            return deviance.refit(minimum, evaluations: deviance.evaluationCount - before)
        }
        let again = ProfiledDeviance(
            deviance.products.replacing(response, fixedColumns: deviance.fixedColumns), terms: deviance.terms,
            method: deviance.method, threads: 1)
        let spent = deviance.evaluationCount - before
        guard let minimum = again.minimize() else { return .failed(evaluations: spent + again.evaluationCount) }
        return again.refit(minimum, evaluations: spent + again.evaluationCount)
    }
}

extension Refit {
    fileprivate static func failed(evaluations: Int) -> Refit {
        Refit(
            coefficients: [], relativeFactors: [], residualStandardDeviation: .nan, criterion: .nan,
            outcome: .notConverged, evaluations: evaluations)
    }
}

extension ProfiledDeviance {
    /// The parameters at a minimum, in units of the data.
    fileprivate func refit(_ minimum: DevianceMinimum, evaluations: Int) -> Refit {
        guard let value = currentValue(at: minimum.relativeFactors) else { return .failed(evaluations: evaluations) }
        factorization.solveResponse()
        let scale = products.transform.responseScale
        let rows = terms.isEmpty ? products.rowCount - fixedColumns.count : residualRows
        let all = coefficients()
        return Refit(
            coefficients: estimatedColumns.map { all[$0] },
            relativeFactors: originalRelativeFactors(minimum.relativeFactors),
            residualStandardDeviation: scale * (value.residualSumOfSquares / Double(rows)).squareRoot(),
            criterion: terms.isEmpty
                ? likelihoodDeviance(residualSumOfSquares: value.residualSumOfSquares) : value.deviance,
            outcome: !minimum.hasConverged ? .notConverged : minimum.singularTerms.isEmpty ? .converged : .singular,
            evaluations: evaluations)
    }

    /// Relative factors with directions without variance raised to where an objective can be told from flat.
    ///
    /// Zero is a stationary point of every objective; a start there would leave it only by luck of rounding.
    func raised(_ relativeFactors: [Matrix]) -> [Matrix] {
        // A start does not shrink the mean of a level by more than nine tenths.
        let settings = MinimizationSettings(floorInformation: 0.1)
        let chart = CovarianceChart(around: relativeFactors, floors: floors(information: settings.floorInformation))
        let exact = CovarianceChart(around: relativeFactors, floors: floors())
        return zip(terms.indices, zip(chart.relativeFactors(), relativeFactors)).map { index, factors in
            exact.terms[index].hasFlooredPivots ? factors.0 : factors.1
        }
    }
}

extension RefitModel {
    /// A source of responses with the parameters of the fit.
    ///
    /// - Parameter isConditional: Whether every response keeps the random effects of the fit instead of new ones.
    /// - Returns: `nil` when the equations cannot be factored at the fit's own optimum.
    /// - Complexity: Two factorisations.
    package func simulator(_ fit: LinearMixedModelFit, isConditional: Bool) -> ResponseSimulator? {
        guard deviance.currentValue(at: fit.optimum.relativeFactors) != nil else { return nil }
        deviance.factorization.solveResponse()
        let coefficients = deviance.mappedCoefficients
        let scale = fit.products.transform.responseScale
        let effects = fit.randomEffects.indices.map { factor -> [Double] in
            let values = fit.randomEffects[factor].values
            let scales = fit.products.factors[factor].columnScales
            return (0..<values.rowCount).flatMap { level in
                (0..<values.columnCount).map { values[level, $0] * scales[$0] / scale }
            }
        }
        let workspace = BlockFactorization(deviance.plan, products: fit.products, threads: 1)
        return ResponseSimulator(
            root: DesignRoot(workspace), terms: deviance.terms, relativeFactors: fit.optimum.relativeFactors,
            coefficients: coefficients, sigma: fit.residualStandardDeviation / scale,
            effects: isConditional ? effects : nil, rowCount: fit.rowCount)
    }
}
