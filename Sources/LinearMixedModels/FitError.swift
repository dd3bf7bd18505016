// Why a model cannot be fitted to its data.

/// What keeps a model from being fitted, although its design can be built.
public enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are as many coefficients as rows.
    case noResidualDegreesOfFreedom(rows: Int, coefficients: Int)
    /// The model reproduces the response without error.
    case noResidualVariance

    public var description: String {
        switch self {
        case .noResidualDegreesOfFreedom(let rows, let coefficients):
            "the model has \(coefficients) coefficients for \(rows) rows: nothing is left to estimate the residual variance from; leave out terms"
        case .noResidualVariance:
            "the model reproduces the response exactly: there is no residual variance to estimate; is the response computed from the predictors, or is there one row for each combination of groups?"
        }
    }
}
