// The variances of population predictions and the degrees of freedom of their intervals.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedNumerics

/// What the variance of a prediction for the average, or for a new, group is made of.
///
///     v(θ, σ) = x V x' [ + z Σ z' + σ²/w ],      df = 2 v² / (g'Ag),   g = ∂v/∂(θ, σ)
///
/// Satterthwaite's approximation as for contrasts of coefficients (Kuznetsova et al. 2017, Journal of Statistical
/// Software 82(13), equation 6), for a prediction interval with the variances of a new group and of the residual in *v*.
struct PopulationVariance: Sendable {
    /// One random term: its columns among those of all factors, and the lower triangle of its relative factor.
    private struct Term {
        let factor: Int
        let start: Int
        let lower: Matrix
    }

    private let inference: FixedEffectsInference
    private let covariance: [Double]
    /// *∂V/∂(θ, σ)*, each as its full matrix.
    private let derivatives: [[Double]]
    private let parameterCovariance: Matrix
    private let terms: [Term]
    private let sigma: Double
    private let fixedCount: Int
    private let interval: PredictionInterval
    private let probability: Double
    /// The quantile where it is the same for every row.
    private let constantQuantile: Double?
    private let isSatterthwaite: Bool

    init(
        _ fit: LinearMixedModelFit, inference: FixedEffectsInference, interval: PredictionInterval, confidence: Double
    ) {
        self.inference = inference
        self.interval = interval
        covariance = inference.covariance.storage
        fixedCount = inference.coefficientNames.count
        derivatives = fit.covarianceUncertainty.covarianceDerivatives.map(\.storage)
        parameterCovariance = fit.covarianceUncertainty.parameterCovariance
        sigma = fit.residualStandardDeviation
        probability = 0.5 + confidence / 2
        var terms: [Term] = []
        var theta = fit.theta[...]
        var starts: [Int] = []
        for factor in fit.design.groupingFactors { starts.append((starts.last ?? 0) + factor.columnCount) }
        for term in fit.design.randomTerms {
            let size = term.columnCount
            var lower = Matrix(rows: size, columns: size)
            for column in 0..<size {
                for row in column..<size { lower[row, column] = theta.popFirst() ?? 0 }
            }
            let factorStart = term.factorIndex == 0 ? 0 : starts[term.factorIndex - 1]
            terms.append(Term(factor: term.factorIndex, start: factorStart + term.columnOffset, lower: lower))
        }
        self.terms = terms
        let method = inference.method
        let isConstant = !fit.hasRandomEffects || method == .residual || method == .asymptotic
        constantQuantile =
            isConstant
            ? StudentTDistribution(
                degreesOfFreedom: inference.degreesOfFreedom(of: [Double](repeating: 0, count: fixedCount))
            ).quantile(probability) : nil
        isSatterthwaite = method == .satterthwaite || interval == .prediction
    }

    /// The standard error of the mean and the margin of the interval.
    ///
    /// - Parameters:
    ///   - x: The row of estimated columns.
    ///   - z: The columns of all grouping factors, for prediction intervals.
    ///   - inverseWeight: *1/w*.
    func errorAndMargin(
        _ x: UnsafePointer<Double>, _ z: UnsafePointer<Double>, inverseWeight: Double
    ) -> (error: Double, margin: Double) {
        let mean = max(form(covariance, x), 0)
        let error = mean.squareRoot()
        if interval == .none { return (error, .nan) }
        var gradient = [Double](repeating: 0, count: constantQuantile == nil ? derivatives.count : 0)
        var variance = mean
        if interval == .prediction {
            let random = addTerms(z, to: &gradient) { _ in true }
            let added = random + sigma * sigma * inverseWeight
            variance += added
            if !gradient.isEmpty { gradient[gradient.count - 1] += 2 * added / sigma }
        }
        let quantile = constantQuantile ?? self.quantile(x, variance: variance, gradient: &gradient)
        return (error, quantile * variance.squareRoot())
    }

    /// Adds *∂(zΣz')/∂θ* over some grouping factors to the gradient.
    ///
    /// - Returns: *zΣz'*.
    private func addTerms(
        _ z: UnsafePointer<Double>, to gradient: inout [Double], ofFactors isIncluded: (Int) -> Bool
    ) -> Double {
        var sum = 0.0
        var parameter = 0
        for term in terms {
            let size = term.lower.rowCount
            guard isIncluded(term.factor) else {
                parameter += size * (size + 1) / 2
                continue
            }
            let own = z + term.start
            for column in 0..<size {
                var projection = 0.0
                for row in column..<size { projection += own[row] * term.lower[row, column] }
                sum += projection * projection
                guard !gradient.isEmpty else { continue }
                for row in column..<size {
                    gradient[parameter] += 2 * sigma * sigma * own[row] * projection
                    parameter += 1
                }
            }
        }
        return sigma * sigma * sum
    }

    /// The quantile of an interval for a group with levels that the model has not seen.
    ///
    ///     df = 2 v² / (g'Ag),   g = (∂(z_uΣz_u')/∂θ, 2v/σ)
    ///
    /// The covariance of what is not seen, *z_uΣz_u'*, is as uncertain as the variances of the random effects are; that of
    /// what is seen counts as in `groupQuantile`. Where nothing is seen *v* is that of a new group, with its own gradient.
    /// - Parameter variance: *v*, the residual's share included for a prediction interval.
    func groupQuantile(
        _ x: UnsafePointer<Double>, _ z: UnsafePointer<Double>, variance: Double, isSeen: (Int) -> Bool
    ) -> Double {
        if let constantQuantile { return constantQuantile }
        var gradient = [Double](repeating: 0, count: derivatives.count)
        _ = addTerms(z, to: &gradient) { !isSeen($0) }
        if !terms.contains(where: { isSeen($0.factor) }) {
            for index in gradient.indices.dropLast() { gradient[index] += form(derivatives[index], x) }
        }
        gradient[gradient.count - 1] = 2 * variance / sigma
        return quantile(variance: variance, gradient: gradient)
    }

    /// The quantile of an interval for a group of which all levels have been seen, the same for all rows.
    ///
    ///     df = σ² / (2 Var σ̂)
    ///
    /// Given the relative variances θ, *(η̂ − η)/s.e.* has Student's t distribution with the degrees of freedom of σ̂², for the
    /// mean as for a new observation; these allow for θ being estimated with it. How *cHc'/σ²* changes with θ is left out: it
    /// would take the derivative of *H* for each combination of levels. Where a group's rows say most about its mean, *cHc'* is
    /// near *σ²/n* and hardly depends on θ; the variance of a new observation is mostly σ² anyhow. In simulations of one-way
    /// layouts of 5 to 30 groups with 2 to 10 rows, prediction intervals of 95% cover 94 to 95% (by the normal distribution 91 to
    /// 95%), and confidence intervals 87 to 95% (84 to 95%): with few groups these are still too narrow.
    var groupQuantile: Double {
        if let constantQuantile { return constantQuantile }
        var gradient = [Double](repeating: 0, count: derivatives.count)
        gradient[gradient.count - 1] = 2 * sigma
        return quantile(variance: sigma * sigma, gradient: gradient)
    }

    private func quantile(variance: Double, gradient: [Double]) -> Double {
        let denominator = quadraticForm(parameterCovariance, gradient)
        let freedom = variance > 0 && denominator > 0 ? 2 * variance * variance / denominator : .infinity
        return StudentTDistribution(degreesOfFreedom: freedom).quantile(probability)
    }

    private func quantile(_ x: UnsafePointer<Double>, variance: Double, gradient: inout [Double]) -> Double {
        guard isSatterthwaite else {
            let combination = Array(UnsafeBufferPointer(start: x, count: fixedCount))
            return StudentTDistribution(degreesOfFreedom: inference.degreesOfFreedom(of: combination))
                .quantile(probability)
        }
        for index in gradient.indices { gradient[index] += form(derivatives[index], x) }
        return quantile(variance: variance, gradient: gradient)
    }

    /// *x A x'*.
    private func form(_ matrix: [Double], _ x: UnsafePointer<Double>) -> Double {
        let size = fixedCount
        return matrix.withUnsafeBufferPointer { matrix in
            var sum = 0.0
            for column in 0..<size {
                let factor = x[column]
                if factor == 0 { continue }
                var inner = 0.0
                for row in 0..<size { inner += matrix[row + column * size] * x[row] }
                sum += inner * factor
            }
            return sum
        }
    }
}
