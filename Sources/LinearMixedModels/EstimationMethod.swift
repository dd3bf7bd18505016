// Which likelihood a model is fitted by.

/// The criterion that a linear mixed model's covariance parameters minimise.
public enum EstimationMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Restricted maximum likelihood: variances are not biased by the estimation of the fixed effects.
    case restrictedLikelihood = "REML"
    /// Maximum likelihood: criteria of models with different fixed effects can be compared.
    case likelihood = "ML"
}
