// How well the covariance of the coefficients is itself known: what degrees of freedom are made of.

public import MixedLinearAlgebra

/// The asymptotic covariance of the variance parameters, and the derivatives of the coefficients' covariance by them.
///
/// The parameters are lme4's θ, in its order, followed by σ. Their covariance is *2 H⁺* with the Hessian *H* of the
/// deviance, or restricted deviance, in (θ, σ); eigenvalues of *H* at or below 10⁻⁸ are left out. Kuznetsova et al.
/// (2017), Journal of Statistical Software 82(13), section 2.
public struct CovarianceUncertainty: Sendable {
    /// *2 H⁺*, one row and column for each of (θ, σ).
    public let parameterCovariance: Matrix
    /// The derivatives of the coefficients' covariance matrix, one for each of (θ, σ).
    ///
    /// - **Shape:** *p* × *p*, aliased coefficients left out.
    public let covarianceDerivatives: [Matrix]
}
