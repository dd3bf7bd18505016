// The groups that a column of the data makes of the rows of a fit.

public import LinearMixedModels
public import MixedDesign
public import MixedTables

/// The rows of a fit and the group that each of them belongs to.
public struct RowGroups: Sendable {
    /// The column or grouping factor.
    public let name: String
    /// The groups that occur, in R's order.
    public let levels: [String]
    /// For each row of the frame the index of its group.
    public let codes: [Int32]
    /// The rows.
    public let frame: ModelFrame

    /// Groups the rows of a fit by a grouping factor of its model or by a column of its data.
    ///
    /// - Parameter table: The data that the model was fitted to, after the same steps.
    /// - Throws: `GroupingError` for a column that is not there or has missing values, and for data that are not those of the
    ///   fit; `DesignError` for data that the model cannot be evaluated on.
    public init(_ name: String, of fit: LinearMixedModelFit, data table: DataTable) throws {
        let frame = try fit.frame(of: table)
        self.name = name
        self.frame = frame
        if let factor = fit.design.groupingFactors.firstIndex(where: { $0.name == name }) {
            levels = fit.design.groupingFactors[factor].levels
            codes = frame.codes(factor: factor)
        } else {
            guard let column = table[name] else { throw GroupingError.missingColumn(name) }
            var values = column.values.asCategorical()
            if let kept = frame.keptRows { values.codes = kept.map { values.codes[$0] } }
            let used = values.droppingUnusedLevels()
            levels = used.levels
            codes = used.codes
        }
        if let row = codes.firstIndex(where: { $0 < 0 }) {
            throw GroupingError.missingGroup(column: name, row: frame.tableRow(of: row) + 1)
        }
        guard levels.count > 1 else { throw GroupingError.singleGroup(name) }
    }

    /// How many rows each group has.
    var rowCounts: [Int] {
        var counts = [Int](repeating: 0, count: levels.count)
        for code in codes { counts[Int(code)] += 1 }
        return counts
    }

    /// The rows of each group, in their order.
    var rows: [[Int]] {
        var rows = rowCounts.map { count in
            var rows: [Int] = []
            rows.reserveCapacity(count)
            return rows
        }
        for (row, code) in codes.enumerated() { rows[Int(code)].append(row) }
        return rows
    }
}

extension LinearMixedModelFit {
    /// The rows that the model was fitted to, from their data.
    ///
    /// - Throws: `GroupingError.otherRows` where they are not the same, `DesignError` where the model cannot be evaluated.
    public func frame(of table: DataTable) throws -> ModelFrame {
        let frame = try design.frame(for: table)
        guard frame.rowCount == rowCount, Fingerprint(frame.response) == design.data.fingerprint else {
            throw GroupingError.otherRows(expected: rowCount, found: frame.rowCount)
        }
        return frame
    }
}
