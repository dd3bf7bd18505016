// A column of a table: numbers, truth values or dictionary-coded text, with missing values.

/// The values of a column.
public enum ColumnValues: Hashable, Sendable {
    /// Numbers; a missing value is NaN.
    case double([Double])
    /// Whole numbers; a missing value is `ColumnValues.missingInteger`.
    case integer([Int])
    /// Truth values: 0, 1, or `ColumnValues.missingBoolean`.
    case boolean([Int8])
    /// Text or factor levels, stored as codes into a dictionary.
    case categorical(CategoricalValues)

    public static let missingInteger = Int.min
    public static let missingBoolean: Int8 = -1

    /// How many values there are.
    public var count: Int {
        switch self {
        case .double(let values): values.count
        case .integer(let values): values.count
        case .boolean(let values): values.count
        case .categorical(let values): values.codes.count
        }
    }
}

/// Dictionary-coded text.
public struct CategoricalValues: Hashable, Sendable {
    /// What the order of the levels means.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// Text as read: the levels stand in order of first appearance and mean nothing by it.
        case text
        /// A factor: the first level is the reference.
        case factor
        /// An ordered factor.
        case ordered
    }

    /// For each row the index of its level, or `missing`.
    public var codes: [Int32]
    /// The distinct values.
    public var levels: [String]
    public var kind: Kind

    public static let missing: Int32 = -1

    public init(codes: [Int32], levels: [String], kind: Kind) {
        self.codes = codes
        self.levels = levels
        self.kind = kind
    }
}

/// A named column.
public struct Column: Hashable, Sendable {
    public var name: String
    public var values: ColumnValues

    public init(_ name: String, _ values: ColumnValues) {
        self.name = name
        self.values = values
    }
}
