// What is remembered of the rows of a model: counts, means, ranges and levels.

/// The mean, spread and range of some numbers.
public struct NumericSummary: Hashable, Sendable, Codable {
    public let count: Int
    public let mean: Double
    /// With the divisor n - 1; zero for a single value.
    public let standardDeviation: Double
    public let minimum: Double
    public let maximum: Double

    /// Summarizes numbers none of which is missing.
    ///
    /// - **Complexity:** two passes.
    init(_ values: [Double]) {
        var sum = 0.0
        var minimum = Double.infinity
        var maximum = -Double.infinity
        for value in values {
            sum += value
            minimum = value < minimum ? value : minimum
            maximum = value > maximum ? value : maximum
        }
        let mean = values.isEmpty ? .nan : sum / Double(values.count)
        var squares = 0.0
        var remainder = 0.0
        for value in values {
            let deviation = value - mean
            squares += deviation * deviation
            remainder += deviation
        }
        let divisor = Double(max(values.count - 1, 1))
        let corrected = squares - remainder * remainder / Double(max(values.count, 1))
        self.count = values.count
        self.mean = mean + (values.isEmpty ? 0 : remainder / Double(values.count))
        self.standardDeviation = minimum == maximum ? 0 : (max(corrected, 0) / divisor).squareRoot()
        self.minimum = values.isEmpty ? .nan : minimum
        self.maximum = values.isEmpty ? .nan : maximum
    }

    /// Whether all values are the same.
    public var isConstant: Bool { !(minimum < maximum) }
}

/// The levels of a categorical variable and how often each occurs.
public struct LevelSummary: Hashable, Sendable, Codable {
    public let levels: [String]
    /// One entry for each level.
    public let counts: [Int]

    init(levels: [String], codes: [Int32]) {
        var counts = [Int](repeating: 0, count: levels.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        self.levels = levels
        self.counts = counts
    }
}

/// What is remembered of one variable.
public enum VariableSummary: Hashable, Sendable, Codable {
    case numeric(NumericSummary)
    case categorical(LevelSummary)
}

/// How many rows were left out because a value is missing.
public struct DroppedRows: Hashable, Sendable, Codable {
    /// The column whose value is missing, or the expression that has no value there.
    public let column: String
    public let count: Int

    public init(column: String, count: Int) {
        self.column = column
        self.count = count
    }
}

/// What is remembered of the rows that a model was built on, when the rows are gone.
public struct DataSummary: Hashable, Sendable, Codable {
    /// How many rows the table has.
    public let totalRowCount: Int
    /// How many of them the model uses.
    public let rowCount: Int
    /// Why rows are left out; a row that misses two columns counts for both.
    public let dropped: [DroppedRows]
    /// The response, as transformed by the formula.
    public let response: NumericSummary
    /// The variables of the fixed and random terms by name, as transformed by the formula, except spline and polynomial bases.
    public let variables: [String: VariableSummary]
    /// The columns of the table that the terms are made of, by name.
    public let columns: [String: VariableSummary]
    /// The sum of the weights, or `nil` when there are none.
    public let totalWeight: Double?
    /// Tells whether two models were built on the same rows.
    public let fingerprint: Fingerprint

    /// How many rows were left out.
    public var droppedRowCount: Int { totalRowCount - rowCount }
}
