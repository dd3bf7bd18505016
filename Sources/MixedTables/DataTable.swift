// A table of named columns of equal length.

/// A table held in memory, column by column.
public struct DataTable: Hashable, Sendable {
    /// The columns in order.
    public private(set) var columns: [Column]
    /// How many rows every column has.
    public let rowCount: Int
    /// What the table was read from, for messages; `nil` for a table made in memory.
    public var origin: String?
    /// The columns of the file that were not read, so that messages can name them.
    public private(set) var omittedColumns: [String] = []

    /// A table of the given columns.
    ///
    /// - Throws: `TableError.unequalColumns` or `TableError.duplicateColumn`.
    public init(columns: [Column], origin: String? = nil) throws(TableError) {
        let rowCount = columns.first?.values.count ?? 0
        var seen: Set<String> = []
        for column in columns {
            guard column.values.count == rowCount else {
                throw .unequalColumns(name: column.name, count: column.values.count, expected: rowCount)
            }
            guard seen.insert(column.name).inserted else { throw .duplicateColumn(name: column.name) }
        }
        self.columns = columns
        self.rowCount = rowCount
        self.origin = origin
    }

    /// A table of columns that are known to have different names and the same length.
    init(checked columns: [Column], rowCount: Int, origin: String?, omittedColumns: [String]) {
        self.columns = columns
        self.rowCount = rowCount
        self.origin = origin
        self.omittedColumns = omittedColumns
    }

    /// The column of that name, or `nil`.
    public subscript(name: String) -> Column? {
        columns.first { $0.name == name }
    }

    /// The names of the columns in order.
    public var columnNames: [String] { columns.map(\.name) }
}
