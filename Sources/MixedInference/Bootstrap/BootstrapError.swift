// Why a bootstrap cannot be done, or would mean nothing.

public import LinearMixedModels

/// What keeps a fit from being bootstrapped.
public enum BootstrapError: InferenceFailure, Hashable {
    /// Too few replicates to have a spread, or more than there is memory for.
    case replicateCount(Int, largest: Int)
    /// A number of threads that is not positive.
    case threadCount(Int)
    /// A level that is not between 0 and 1.
    case level(Double)
    /// The fit that is to be repeated has no certified optimum.
    case fitNotConverged
    /// Not one replicate could be fitted.
    case noReplicateConverged(replicates: Int)
    /// The fit has not been factored.
    case fit(FitError)

    public var sentence: String {
        switch self {
        case .replicateCount(let count, let largest):
            count < 2
                ? "A bootstrap needs at least 2 replicates, and \(count) \(count == 1 ? "was" : "were") asked for"
                : "A bootstrap of this model can have at most \(largest) replicates, and \(count) were asked for"
        case .threadCount(let count): "The number of threads must be at least 1, and it is \(count)"
        case .level(let level): "The level of a confidence interval lies between 0 and 1, and \(level) does not"
        case .fitNotConverged:
            "The fit itself did not converge, so that there is nothing to simulate from"
        case .noReplicateConverged(let replicates):
            "Not one of the \(replicates) replicates could be fitted"
        case .fit(let error): error.sentence
        }
    }

    public var hint: String? {
        switch self {
        case .replicateCount(let count, _):
            count < 2
                ? "1000 is usual for intervals, 200 for standard errors"
                : "10000 are enough for three digits of a limit"
        case .threadCount, .level, .fit: nil
        case .fitNotConverged: "simplify the model until it converges"
        case .noReplicateConverged: "the model has more parameters than data of this size can tell apart: simplify it"
        }
    }
}
