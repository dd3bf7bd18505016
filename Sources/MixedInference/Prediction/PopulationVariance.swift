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
            terms.append(Term(start: factorStart + term.columnOffset, lower: lower))
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
            let random = addTerms(z, to: &gradient)
            let added = random + sigma * sigma * inverseWeight
            variance += added
            if !gradient.isEmpty { gradient[gradient.count - 1] += 2 * added / sigma }
        }
        let quantile = constantQuantile ?? self.quantile(x, variance: variance, gradient: &gradient)
        return (error, quantile * variance.squareRoot())
    }

    /// Adds *∂(zΣz')/∂θ* to the gradient.
    ///
    /// - Returns: *zΣz'*.
    private func addTerms(_ z: UnsafePointer<Double>, to gradient: inout [Double]) -> Double {
        var sum = 0.0
        var parameter = 0
        for term in terms {
            let size = term.lower.rowCount
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

    private func quantile(_ x: UnsafePointer<Double>, variance: Double, gradient: inout [Double]) -> Double {
        guard isSatterthwaite else {
            let combination = Array(UnsafeBufferPointer(start: x, count: fixedCount))
            return StudentTDistribution(degreesOfFreedom: inference.degreesOfFreedom(of: combination))
                .quantile(probability)
        }
        for index in gradient.indices { gradient[index] += form(derivatives[index], x) }
        let denominator = quadraticForm(parameterCovariance, gradient)
        let freedom = variance > 0 && denominator > 0 ? 2 * variance * variance / denominator : .infinity
        return StudentTDistribution(degreesOfFreedom: freedom).quantile(probability)
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
