// How much of the variance is between groups and how much the fixed effects explain.

/// Nakagawa and Schielzeth's R² and the intraclass correlation.
///
///     R²_marginal = v_f / (v_f + v_r + σ²),   R²_conditional = (v_f + v_r) / (v_f + v_r + σ²),   ICC = v_r / (v_r + σ²)
///
/// *v_f* is the variance of *Xβ̂* over the rows and *v_r* the mean over the rows of the random effects' variance *zΣz'*,
/// which extends the definition to random slopes (Johnson 2014, Methods in Ecology and Evolution 5, 944).
public struct ExplainedVariance: Hashable, Sendable {
    /// *v_f*, in squared units of the response.
    public let fixed: Double
    /// *v_r*, in squared units of the response.
    public let random: Double
    /// *σ²*.
    public let residual: Double

    public var marginalRSquared: Double { fixed / (fixed + random + residual) }
    public var conditionalRSquared: Double { (fixed + random) / (fixed + random + residual) }
    /// The share of the variance left by the fixed effects that lies between groups.
    public var intraclassCorrelation: Double { random / (random + residual) }
}
