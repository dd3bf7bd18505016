// Choosing rows and columns, and deriving new columns.

public import MixedSyntax

extension DataTable {
    /// The rows where the condition is true; where it is missing, a row is left out, as in dplyr's `filter`.
    ///
    /// - Throws: as `evaluate`, and for a condition that is neither true nor false.
    public func filtered(where condition: TableExpression, source: String) throws(Diagnostic) -> DataTable {
        guard case .boolean(let truths) = try evaluate(condition, source: source) else {
            throw Diagnostic(
                "'\(condition)' is no condition: it does not give TRUE or FALSE", source: source,
                range: condition.range,
                hint: "compare it with a value, as in \(condition) == ...")
        }
        return selecting(rows: truths.indices.filter { truths[$0] == 1 })
    }

    /// The table with the values of an expression as a column: replaced where it is, or added at the end.
    public func mutating(_ name: String, _ expression: TableExpression, source: String) throws(Diagnostic)
        -> DataTable
    {
        let values = try evaluate(expression, source: source)
        return with(Column(name, values))
    }

    /// The table of the given rows, counted from 0, in that order.
    public func selecting(rows: [Int]) -> DataTable {
        DataTable(
            checked: columns.map { Column($0.name, $0.values.selecting(rows: rows)) }, rowCount: rows.count,
            origin: origin, omittedColumns: omittedColumns)
    }

    /// The table with the column in place of the one of that name, or added at the end.
    ///
    /// - Throws: `TableError.unequalColumns` when its length is not that of the table.
    public func replacing(_ column: Column) throws(TableError) -> DataTable {
        guard column.values.count == rowCount || columns.isEmpty else {
            throw .unequalColumns(name: column.name, count: column.values.count, expected: rowCount)
        }
        return with(column)
    }

    private func with(_ column: Column) -> DataTable {
        var changed = columns
        if let position = changed.firstIndex(where: { $0.name == column.name }) {
            changed[position] = column
        } else {
            changed.append(column)
        }
        return DataTable(
            checked: changed, rowCount: column.values.count, origin: origin,
            omittedColumns: omittedColumns.filter { $0 != column.name })
    }

    /// The column of that name.
    ///
    /// - Throws: `TableError.unknownColumn` with the nearest name.
    public func column(named name: String) throws(TableError) -> Column {
        if let column = self[name] { return column }
        throw .unknownColumn(
            name: name, nearest: NameSuggestion.nearest(to: name, among: columnNames + omittedColumns), origin: origin)
    }

    /// The table with a column made a factor, and the values that were not among the levels, with their counts.
    ///
    /// - Parameters:
    ///   - levels: the levels in order, the first being the reference; `nil` for the values that occur, sorted.
    ///   - ordered: whether the order of the levels means something.
    /// - Throws: `TableError.unknownColumn`, and `TableError.duplicateLevel` for a level that is given twice.
    public func convertingToFactor(_ name: String, levels: [String]? = nil, ordered: Bool = false) throws(TableError)
        -> (table: DataTable, unlisted: [(value: String, count: Int)])
    {
        var factor = try column(named: name).values.asCategorical()
        let kind: CategoricalValues.Kind = ordered ? .ordered : .factor
        var unlisted: [(value: String, count: Int)] = []
        if let levels {
            var listed: Set<String> = []
            for level in levels where !listed.insert(level).inserted {
                throw .duplicateLevel(column: name, level: level)
            }
            for (level, count) in zip(factor.levels, factor.levelCounts) where count > 0 && !listed.contains(level) {
                unlisted.append((level, count))
            }
            factor = factor.withLevels(levels, kind: kind)
        } else {
            factor.kind = kind
        }
        return (with(Column(name, .categorical(factor))), unlisted)
    }
}
