// What is remembered of the rows of a model: counts, means, ranges and levels.

/// The mean, spread and range of some numbers.
public struct NumericSummary: Hashable, Sendable, Codable {
    /// How many numbers there are.
    public let count: Int
    /// Their sum divided by their number.
    public let mean: Double
    /// With the divisor n - 1; zero for a single value.
    public let standardDeviation: Double
    /// The smallest number.
    public let minimum: Double
    /// The largest number.
    public let maximum: Double

    /// Summarizes numbers; missing ones do not count.
    ///
    /// - **Complexity:** two passes.
    init(_ values: [Double]) {
        var sum = SIMD4<Double>.zero
        var minimum = SIMD4<Double>(repeating: .infinity)
        var maximum = SIMD4<Double>(repeating: -.infinity)
        var present = SIMD4<Double>.zero
        Self.visit(values) { lanes in
            let isPresent = lanes .== lanes
            sum += lanes.replacing(with: 0, where: .!isPresent)
            present += SIMD4<Double>.zero.replacing(with: 1, where: isPresent)
            minimum = minimum.replacing(with: lanes, where: lanes .< minimum)
            maximum = maximum.replacing(with: lanes, where: lanes .> maximum)
        }
        let number = present.sum()
        let mean = sum.sum() / number
        var squares = SIMD4<Double>.zero
        var remainder = SIMD4<Double>.zero
        Self.visit(values) { lanes in
            let deviations = (lanes - mean).replacing(with: 0, where: lanes .!= lanes)
            squares += deviations * deviations
            remainder += deviations
        }
        let rest = remainder.sum()
        let corrected = squares.sum() - rest * rest / max(number, 1)
        let isEmpty = number == 0
        self.count = Int(number)
        self.minimum = isEmpty ? .nan : minimum.min()
        self.maximum = isEmpty ? .nan : maximum.max()
        self.mean = isEmpty ? .nan : (self.minimum == self.maximum ? self.minimum : mean + rest / number)
        self.standardDeviation =
            self.minimum < self.maximum ? (max(corrected, 0) / max(number - 1, 1)).squareRoot() : 0
    }

    /// Takes over what was computed before.
    init(count: Int, mean: Double, standardDeviation: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Passes the values on in fours; the last ones are filled up with missing values.
    private static func visit(_ values: [Double], _ body: (SIMD4<Double>) -> Void) {
        values.withUnsafeBytes { bytes in
            let whole = values.count / 4 * 4
            var row = 0
            while row < whole {
                body(bytes.loadUnaligned(fromByteOffset: row * 8, as: SIMD4<Double>.self))
                row += 4
            }
            var last = SIMD4<Double>(repeating: .nan)
            for lane in 0..<(values.count - whole) { last[lane] = values[whole + lane] }
            body(last)
        }
    }

    /// Whether all values are the same.
    public var isConstant: Bool { !(minimum < maximum) }
}

/// The levels of a categorical variable and how often each occurs.
public struct LevelSummary: Hashable, Sendable, Codable {
    /// The levels in their order.
    public let levels: [String]
    /// How many rows have each level: one entry for each level.
    public let counts: [Int]

    init(levels: [String], codes: [Int32]) {
        var counts = [Int](repeating: 0, count: levels.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        self.levels = levels
        self.counts = counts
    }

    /// Takes over counts.
    init(levels: [String], counts: [Int]) {
        self.levels = levels
        self.counts = counts
    }
}

/// What is remembered of one variable.
public enum VariableSummary: Hashable, Sendable, Codable {
    /// Of a variable of numbers.
    case numeric(NumericSummary)
    /// Of a variable with levels.
    case categorical(LevelSummary)
}

/// How many rows were left out because a value is missing.
public struct DroppedRows: Hashable, Sendable, Codable {
    /// The column whose value is missing, or the expression that has no value there.
    public let column: String
    /// How many rows miss it.
    public let count: Int

    /// So many rows that miss a column.
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
    /// The combinations of the fixed effects' categorical variables that occur.
    public let cells: CellCounts
    /// The sum of the weights, or `nil` when there are none.
    public let totalWeight: Double?
    /// Tells whether two models were built on the same rows.
    public let fingerprint: Fingerprint

    /// How many rows were left out.
    public var droppedRowCount: Int { totalRowCount - rowCount }
}
