// Why a model cannot be fitted to its data.

public import MixedDesign

/// What keeps a model from being fitted, although its design can be built.
public enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are as many coefficients as rows.
    case noResidualDegreesOfFreedom(rows: Int, coefficients: Int)
    /// The model reproduces the response without error.
    case noResidualVariance
    /// Conjugate gradients did not converge, or found equations that are not positive definite.
    case notSolvedIteratively
    /// The fit is an iterative one, and what is asked for needs the factorisation that it does without.
    case needsExactSolver(FactorizationNeed, borderEffects: Int)
    /// The search was stopped before there was anything to report.
    case interrupted
    /// The search was to begin at the parameters of a model with other random terms.
    case otherRandomTerms(StartMismatch)
    /// The fit would need more memory than it may have; nothing was begun.
    case notEnoughMemory(MemoryShortage)

    /// What is wrong, as a sentence without a full stop.
    public var sentence: String { description.prefix(1).uppercased() + description.dropFirst() }

    public var description: String {
        switch self {
        case .noResidualDegreesOfFreedom(let rows, let coefficients):
            "the model has \(coefficients) coefficients for \(rows) rows: nothing is left to estimate the residual variance from; leave out terms"
        case .notSolvedIteratively:
            "the equations of the crossed factors could not be solved iteratively: some effects can hardly be told apart, or there is no residual variance; leave out a grouping factor, or fit the model with --solver exact (in Swift: solver: .exact)"
        case .needsExactSolver(let need, let borderEffects):
            "\(need.rawValue) need a factorisation of \(borderEffects) equations, and this fit was computed iteratively, without one; fit the model with --solver exact (in Swift: solver: .exact)"
        case .interrupted:
            "the fit was interrupted before its first evaluation was complete: there is nothing to report yet"
        case .otherRandomTerms(let mismatch):
            mismatch.description
        case .notEnoughMemory(let shortage):
            shortage.description.prefix(1).lowercased() + shortage.description.dropFirst()
        case .noResidualVariance:
            "the model reproduces the response exactly: there is no residual variance to estimate; is the response computed from the predictors, or is there one row for each combination of groups?"
        }
    }
}

/// What cannot be had of a fit that was computed iteratively.
public enum FactorizationNeed: String, Hashable, Sendable {
    case conditionalVariances = "conditional variances of random effects"
    case smallSampleAdjustment = "Kenward and Roger's tests"
    case likelihoods = "likelihood-ratio tests and comparisons of models"
    case profiles = "profile likelihoods"
    case refits = "refits to simulated responses"
    case influence = "leverages and influence measures"
    case robustErrors = "cluster-robust standard errors"
}
