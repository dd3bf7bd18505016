// New responses for the rows of a table, drawn from a fit.

/// Responses that were simulated for the rows of a table.
public struct SimulatedResponses: Hashable, Sendable {
    /// The rows of the table that have a response, ascending and counted from 0; rows in which a variable is missing have none.
    public let rows: [Int]
    /// One list for each replicate: a response for each of `rows`, NaN where the level of a grouping factor is missing.
    ///
    /// - **Scale:** units of the model's response, transformed as the formula has it.
    public let values: [[Double]]
    /// For each grouping factor that has any, by its name, the levels that the model has not seen; each had random effects
    /// drawn.
    public let newLevels: [String: [String]]
}

/// Why responses cannot be simulated.
public enum SimulationError: InferenceFailure, Hashable {
    /// No replicates, or more than there is memory for.
    case replicateCount(Int, largest: Int)
    /// The rows do not have what the model needs.
    case noRows

    public var sentence: String {
        switch self {
        case .replicateCount(let count, let largest):
            count < 1
                ? "At least 1 response must be asked for, and \(count) were"
                : "At most \(largest) responses can be held for a table of this size, and \(count) were asked for"
        case .noRows: "No row of the data has all variables that the model needs"
        }
    }

    public var hint: String? {
        switch self {
        case .replicateCount(let count, _): count < 1 ? nil : "use another seed for more of them"
        case .noRows: "look for columns in which values are missing"
        }
    }
}
