// How the degrees of freedom of a coefficient's t-test are obtained.

public import LinearMixedModels

/// A method of degrees of freedom for tests of fixed effects.
public enum DegreesOfFreedomMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the uncertainty of the coefficient's own variance: as in lmerTest.
    case satterthwaite
    /// Rows less coefficients: exact for linear models, too many for mixed ones.
    case residual
    /// None: the normal distribution.
    case asymptotic
}

extension LinearMixedModelFit {
    /// The degrees of freedom of one linear combination of the coefficients.
    ///
    ///     df = 2 (c'Vc)² / (g'Ag),   g_k = c' (∂V/∂θ_k) c
    ///
    /// with *A* the covariance of the variance parameters; Kuznetsova et al. (2017), Journal of Statistical Software
    /// 82(13), equation 6 (Satterthwaite's approximation).
    /// - **Shape:** `combination` has one weight for each coefficient that was estimated.
    /// - Complexity: O(*p²*) for each variance parameter; it does not depend on the number of rows.
    public func degreesOfFreedom(
        of combination: [Double], method: DegreesOfFreedomMethod = .satterthwaite
    ) -> Double {
        switch method {
        case .asymptotic: return .infinity
        case .residual: return Double(rowCount - coefficients.count)
        case .satterthwaite: break
        }
        let variance = quadraticForm(coefficientCovariance, combination)
        let gradient = covarianceUncertainty.covarianceDerivatives.map { quadraticForm($0, combination) }
        let denominator = quadraticForm(covarianceUncertainty.parameterCovariance, gradient)
        guard variance > 0, denominator > 0 else { return .infinity }
        return 2 * variance * variance / denominator
    }
}
