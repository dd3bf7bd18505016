// Which rows are left out, and which columns are to blame.

import MixedSyntax
import MixedTables

/// The rows in which some variable has no value.
struct MissingRows {
    /// The rows to keep, ascending; `nil` for all.
    let kept: [Int]?
    /// By column in order of the variables; a row that misses two columns counts for both.
    let dropped: [DroppedRows]

    /// Finds the rows without a value in any of `variables`.
    ///
    /// A missing value is counted for the columns that are missing in that row; where none is, as in the logarithm of a
    /// negative number, for the expression.
    init(_ variables: [EvaluatedVariable], table: DataTable) {
        var tally = Tally(rowCount: table.rowCount)
        var missingOfColumn: [String: [Bool]] = [:]
        for variable in variables {
            let missing = variable.values.missingRows
            guard !missing.isEmpty else { continue }
            let names = variable.stored.expression.variableNames
            for name in names where missingOfColumn[name] == nil {
                var isMissing = [Bool](repeating: false, count: table.rowCount)
                for row in table[name]?.values.missingRows ?? [] { isMissing[row] = true }
                missingOfColumn[name] = isMissing
            }
            var unexplained: [Int] = missing
            for name in names {
                guard let isMissing = missingOfColumn[name] else { continue }
                tally.add(missing.filter { isMissing[$0] }, for: name)
                unexplained = unexplained.filter { !isMissing[$0] }
            }
            tally.add(unexplained, for: variable.name)
        }
        kept = tally.kept
        dropped = tally.dropped
    }

    /// Rows marked column by column.
    private struct Tally {
        let rowCount: Int
        private var isDropped: [Bool] = []
        private var isMissing: [String: [Bool]] = [:]
        private var order: [String] = []

        init(rowCount: Int) { self.rowCount = rowCount }

        mutating func add(_ rows: [Int], for column: String) {
            guard !rows.isEmpty else { return }
            let none = [Bool](repeating: false, count: rowCount)
            if isDropped.isEmpty { isDropped = none }
            var marks = isMissing.removeValue(forKey: column) ?? none
            if !order.contains(column) { order.append(column) }
            for row in rows {
                marks[row] = true
                isDropped[row] = true
            }
            isMissing[column] = marks
        }

        var kept: [Int]? { isDropped.isEmpty ? nil : isDropped.indices.filter { !isDropped[$0] } }

        var dropped: [DroppedRows] {
            order.map { name in
                DroppedRows(column: name, count: isMissing[name]?.reduce(0) { $0 + ($1 ? 1 : 0) } ?? 0)
            }
        }
    }
}
