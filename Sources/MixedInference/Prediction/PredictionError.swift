// What can be wrong with a question for predictions.

public import LinearMixedModels
public import MixedDesign
internal import MixedSyntax

/// Why there are no predictions.
public enum PredictionError: InferenceFailure {
    /// The design cannot be evaluated on the table: a column that is not there, a level that the model does not know.
    case design(DesignError)
    /// The level of intervals does not lie between 0 and 1.
    case confidence(Double)
    /// A weight is needed by which the residual variance can be divided; rows count from 1.
    case weightNotPositive(row: Int, value: Double)
    /// The equations cannot be factored.
    case fit(FitError)

    public var sentence: String {
        switch self {
        case .design(let error): error.diagnostic.message
        case .confidence(let level): "the level of an interval lies between 0 and 1, and this is \(level)"
        case .weightNotPositive(let row, let value):
            "the weight in row \(row) is \(value), and the residual variance is divided by it: a weight must be positive"
        case .fit(let error): error.description
        }
    }

    public var hint: String? {
        switch self {
        case .design(let error): error.diagnostic.hint
        case .confidence: "use 0.95, or another level such as 0.9"
        case .weightNotPositive: "correct the weight, or ask for confidence intervals, which need no weights"
        case .fit: nil
        }
    }
}
