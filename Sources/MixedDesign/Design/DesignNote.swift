// What is worth saying about a design although nothing is wrong with it.

/// Something a reader of the results should know about the design.
public enum DesignNote: Hashable, Sendable, Codable {
    /// Rows were left out because a value is missing.
    case droppedRows(count: Int, total: Int, columns: [DroppedRows])
    /// A variance between fewer than five levels is hardly known.
    case fewLevels(group: String, count: Int)
    /// The grouping factor has numbers that are not whole.
    case continuousGrouping(group: String, levels: Int)
    /// Nearly every row is a level of its own.
    case sparseGrouping(group: String, levels: Int, rows: Int)
    /// The random slope's column has the same value in every row.
    case constantSlope(column: String, group: String)
    /// The random slope's column has one value within each level, so that it cannot vary there.
    case slopeConstantWithinGroups(column: String, group: String)
    /// Fewer degrees of freedom were asked of a spline than it needs.
    case raisedDegreesOfFreedom(variable: String, used: Int)
    /// Values lie beyond the boundary knots, where a polynomial is continued.
    case beyondBoundaryKnots(variable: String, rows: Int)

    /// The note as one or two sentences.
    public var sentence: String {
        switch self {
        case .droppedRows(let count, let total, let columns):
            "\(count) of \(total) rows left out because a value is missing ("
                + columns.map { "\($0.column): \($0.count)" }.joined(separator: ", ") + ")."
        case .fewLevels(let group, let count):
            "'\(group)' has only \(count) levels: the variance between them is estimated from \(count) values and is uncertain; a fixed effect may serve better."
        case .continuousGrouping(let group, let levels):
            "The grouping factor '\(group)' has \(levels) distinct values that are not whole numbers: it looks like a measurement rather than a group."
        case .sparseGrouping(let group, let levels, let rows):
            "The grouping factor '\(group)' has \(levels) levels in \(rows) rows: most levels have a single row and say little about the variance between levels."
        case .constantSlope(let column, let group):
            "The random slope of '\(column)' by '\(group)': the column is constant, so its effect cannot vary; leave it out."
        case .slopeConstantWithinGroups(let column, let group):
            "The random slope of '\(column)' by '\(group)': within each level the column has a single value, so a slope cannot be told apart from the level's intercept."
        case .raisedDegreesOfFreedom(let variable, let used):
            "'\(variable)' needs more degrees of freedom than it was given; \(used) are used, as in R."
        case .beyondBoundaryKnots(let variable, let rows):
            "'\(variable)': \(rows) \(rows == 1 ? "value lies" : "values lie") beyond the boundary knots, where the end polynomial is continued."
        }
    }
}
