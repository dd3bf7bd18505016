// The rows of a model: its response, weights and offset, and the columns of its design on demand.

/// The data that a design is evaluated on, restricted to the rows in which nothing is missing.
///
/// Design columns are never stored. They are products of numbers and factor levels, filled for a block of rows at a time.
public struct ModelFrame: Sendable {
    /// How many rows the model uses.
    public let rowCount: Int
    /// How many rows the table has.
    public let totalRowCount: Int
    /// Why rows are left out; a row that misses two columns counts for both.
    public let dropped: [DroppedRows]
    /// The rows of the table that are used, ascending and counted from zero; `nil` when all are.
    public let keptRows: [Int]?
    /// The response for each row used; empty in a frame that was evaluated without it.
    public let response: [Double]
    /// The weight of each row used, or `nil` when the model has none.
    public let weights: [Double]?
    /// The sum of the offsets for each row used, or `nil` when the model has none.
    public let offset: [Double]?

    let fixedColumns: [FrameColumn]
    var groupings: [Grouping]

    /// What a frame has of one grouping factor.
    struct Grouping: Sendable {
        var codes: [Int32]
        var columns: [FrameColumn]
    }

    /// How many columns the fixed effects have.
    public var fixedColumnCount: Int { fixedColumns.count }

    /// How many grouping factors there are.
    public var groupingFactorCount: Int { groupings.count }

    /// How many columns the random effects of a grouping factor have.
    public func randomColumnCount(factor: Int) -> Int { groupings[factor].columns.count }

    /// The row of the table, counted from zero, that a row of the frame comes from.
    public func tableRow(of row: Int) -> Int { keptRows?[row] ?? row }

    /// Writes the fixed-effects columns of `rows`, column by column.
    ///
    /// - **Shape:** `rows.count` × `fixedColumnCount`, column-major; column j begins at `destination + j * leadingDimension`.
    /// - **Complexity:** O(rows × columns); allocates nothing.
    package func fillFixed(
        rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int
    ) {
        for column in fixedColumns.indices {
            fixedColumns[column].fill(rows, into: destination + column * leadingDimension)
        }
    }

    /// Writes the columns of one grouping factor for `rows`, column by column.
    ///
    /// - **Shape:** `rows.count` × the factor's columns, column-major, as `fillFixed`.
    /// - **Complexity:** O(rows × columns); allocates nothing.
    package func fillRandom(
        factor: Int, rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int
    ) {
        let count = groupings[factor].columns.count
        for column in 0..<count {
            groupings[factor].columns[column].fill(rows, into: destination + column * leadingDimension)
        }
    }

    /// For each row used the index of its level of a grouping factor; -1 for a level that the design does not know.
    package func codes(factor: Int) -> [Int32] { groupings[factor].codes }
}

extension ModelFrame {
    /// One fixed-effects column over all rows used.
    public func fixedColumn(_ column: Int) -> [Double] { Self.values(of: fixedColumns[column], count: rowCount) }

    /// One column of a grouping factor over all rows used.
    public func randomColumn(factor: Int, _ column: Int) -> [Double] {
        Self.values(of: groupings[factor].columns[column], count: rowCount)
    }

    private static func values(of column: FrameColumn, count: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress, count > 0 { column.fill(0..<count, into: base) }
            filled = count
        }
    }
}
