// The coefficients, their covariance and their degrees of freedom by one method: what every test and interval of fixed
// effects is made of.

public import LinearMixedModels
public import MixedLinearAlgebra

/// What one method of degrees of freedom makes of a fit, computed once and asked for any combination of coefficients.
public struct FixedEffectsInference: CoefficientInference {
    public let method: DegreesOfFreedomMethod
    /// R's names of the coefficients that were estimated.
    public let coefficientNames: [String]
    /// The coefficients *β̂*.
    public let coefficients: [Double]
    /// The covariance matrix of *β̂* that tests use: adjusted for small samples where the method does so.
    public let covariance: Matrix
    public let residualStandardDeviation: Double
    /// How degrees of freedom are found.
    let approximation: Approximation

    /// What the degrees of freedom are made of.
    enum Approximation: Sendable {
        /// The same for every combination; infinite for the normal distribution.
        case constant(Double)
        case satterthwaite(CovarianceUncertainty)
        case kenwardRoger(SmallSampleAdjustment)
    }

    /// The degrees of freedom of the t-test of a linear combination; infinite for a test by the normal distribution.
    ///
    ///     df = 2 (c'Vc)² / (g'Ag),   g_k = c' (∂V/∂θ_k) c
    ///
    /// for Satterthwaite's approximation, with *A* the covariance of the variance parameters by their observed information;
    /// Kuznetsova et al. (2017), Journal of Statistical Software 82(13), equation 6. For a single combination Kenward and
    /// Roger's come to the same with the expected information, and *V* before its adjustment.
    /// - **Shape:** `combination` has one weight for each coefficient that was estimated.
    /// - Complexity: O(*p²*) for each variance parameter; it does not depend on the number of rows.
    public func degreesOfFreedom(of combination: [Double]) -> Double {
        switch approximation {
        case .constant(let value): return value
        case .satterthwaite(let uncertainty):
            return Self.degreesOfFreedom(
                combination, covariance: covariance, derivatives: uncertainty.covarianceDerivatives,
                parameterCovariance: uncertainty.parameterCovariance)
        case .kenwardRoger(let adjustment):
            return Self.degreesOfFreedom(
                combination, covariance: adjustment.covariance, derivatives: adjustment.covarianceDerivatives,
                parameterCovariance: adjustment.parameterCovariance)
        }
    }

    private static func degreesOfFreedom(
        _ combination: [Double], covariance: Matrix, derivatives: [Matrix], parameterCovariance: Matrix
    ) -> Double {
        let variance = quadraticForm(covariance, combination)
        let gradient = derivatives.map { quadraticForm($0, combination) }
        let denominator = quadraticForm(parameterCovariance, gradient)
        guard variance > 0, denominator > 0 else { return .infinity }
        return 2 * variance * variance / denominator
    }
}

extension LinearMixedModelFit {
    /// Prepares tests and intervals of the fixed effects by one method of degrees of freedom.
    ///
    /// A linear model has exact degrees of freedom by any method but the asymptotic.
    /// - Throws: `DegreesOfFreedomError` when the method does not apply to the fit.
    public func inference(_ method: DegreesOfFreedomMethod) throws(DegreesOfFreedomError) -> FixedEffectsInference {
        switch method {
        case .satterthwaite: return inference()
        case .kenwardRoger where !hasRandomEffects: return inference(method, .constant(exactDegreesOfFreedom))
        case .kenwardRoger:
            guard self.method == .restrictedLikelihood else { throw .needsRestrictedLikelihood }
            do throws(FitError) { try requireFactorization(for: .smallSampleAdjustment) } catch { throw .fit(error) }
            guard let adjustment = smallSampleAdjustment() else { throw .noInformation }
            return inference(method, .kenwardRoger(adjustment), covariance: adjustment.adjustedCovariance)
        case .residual: return inference(method, .constant(exactDegreesOfFreedom))
        case .asymptotic: return inference(method, .constant(.infinity))
        }
    }

    /// Prepares tests and intervals of the fixed effects with Satterthwaite's degrees of freedom, as lmerTest's.
    public func inference() -> FixedEffectsInference {
        inference(
            .satterthwaite,
            hasRandomEffects ? .satterthwaite(covarianceUncertainty) : .constant(exactDegreesOfFreedom))
    }

    /// A t-test with Satterthwaite's degrees of freedom and a confidence interval for every coefficient.
    ///
    /// `inference(_:)` has the same by other methods.
    /// - Parameter level: The level of the intervals, between 0 and 1.
    public func coefficientTests(level: Double = 0.95) -> [CoefficientTest] {
        inference().coefficientTests(level: level)
    }

    private var exactDegreesOfFreedom: Double { Double(rowCount - coefficients.count) }

    private func inference(
        _ method: DegreesOfFreedomMethod, _ approximation: FixedEffectsInference.Approximation,
        covariance: Matrix? = nil
    ) -> FixedEffectsInference {
        FixedEffectsInference(
            method: method, coefficientNames: coefficientNames, coefficients: coefficients,
            covariance: covariance ?? coefficientCovariance, residualStandardDeviation: residualStandardDeviation,
            approximation: approximation)
    }
}
