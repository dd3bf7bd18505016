// What Kenward and Roger's tests are made of: how the covariance of the coefficients depends on the variance parameters,
// how well these are known, and the covariance with the uncertainty added.

public import MixedLinearAlgebra

/// The small-sample adjustment of the coefficients' covariance.
///
/// The covariance of the responses is *Σ_i κ_i G_i* with one fixed matrix *G_i* for each variance parameter,
/// *P_i = −X'V⁻¹G_iV⁻¹X* and *Q_ij = X'V⁻¹G_iV⁻¹G_jV⁻¹X*. The parameters are the entries of each term's covariance, and the
/// residual variance, in some basis: adjusted covariance and tests are the same for every one.
///
/// Kenward and Roger (1997), Biometrics 53, 983–997.
/// - **Scale:** covariances in squared units of the response; parameters relative to σ².
public struct SmallSampleAdjustment: Sendable {
    /// *Φ = σ²(X'V⁻¹X)⁻¹*.
    public let covariance: Matrix
    /// *Φ_A = Φ + 2Φ{Σ_ij W_ij(Q_ij − P_iΦP_j)}Φ*.
    public let adjustedCovariance: Matrix
    /// The derivatives of *Φ* by the variance parameters, *−ΦP_iΦ*.
    ///
    /// - **Shape:** *p* × *p*, one for each parameter.
    public let covarianceDerivatives: [Matrix]
    /// *W*, the covariance of the variance parameters by their expected information: *2 I⁻¹*.
    public let parameterCovariance: Matrix
}

extension LinearMixedModelFit {
    /// Computes the small-sample adjustment at the estimates.
    ///
    /// - **Complexity:** One expansion with exact curvature, and a solve with *p* right-hand sides for each covariance
    ///   parameter; it does not depend on the number of rows.
    /// - Returns: `nil` for a model without random terms or not fitted by restricted likelihood, for which it is not
    ///   defined, and where the stored optimum is no longer one.
    package func smallSampleAdjustment(threads: Int = 2) -> SmallSampleAdjustment? {
        guard hasRandomEffects, method == .restrictedLikelihood, !computation.isIterative else { return nil }
        let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: threads)
        return deviance.smallSampleAdjustment(
            at: optimum.relativeFactors, covariance: coefficientCovariance, sigma: residualStandardDeviation)
    }
}
