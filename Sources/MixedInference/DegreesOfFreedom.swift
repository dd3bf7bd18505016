// How the degrees of freedom of tests of fixed effects are obtained.

public import LinearMixedModels

/// A method of degrees of freedom for tests of fixed effects.
public enum DegreesOfFreedomMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the uncertainty of the coefficient's own variance: as in lmerTest.
    case satterthwaite
    /// From the uncertainty of all variances, with a covariance that has it added: as in pbkrtest. It needs REML.
    case kenwardRoger = "kenward-roger"
    /// Rows less coefficients: exact for linear models, too many for mixed ones.
    case residual
    /// None: the normal distribution.
    case asymptotic
}

/// Why a method of degrees of freedom does not apply to a fit.
public enum DegreesOfFreedomError: InferenceFailure, Hashable {
    /// Kenward and Roger's method is defined for restricted likelihood.
    case needsRestrictedLikelihood
    /// The equations of the model cannot be factored at its optimum.
    case noInformation
    /// The fit has not been factored.
    case fit(FitError)

    public var sentence: String {
        switch self {
        case .needsRestrictedLikelihood:
            "Kenward-Roger degrees of freedom need a model fitted by REML, and this one was fitted by maximum likelihood"
        case .noInformation:
            "the data say too little about the variances of this model for Kenward-Roger degrees of freedom"
        case .fit(let error): error.sentence
        }
    }

    public var hint: String? {
        switch self {
        case .needsRestrictedLikelihood: "fit it without --ml, or use --df satterthwaite"
        case .noInformation: "use --df satterthwaite"
        case .fit: nil
        }
    }
}
