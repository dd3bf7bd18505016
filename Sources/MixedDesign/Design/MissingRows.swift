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
        var isDropped: [Bool] = []
        var order: [String] = []
        var rowsByColumn: [String: Set<Int>] = [:]
        var missingOfColumn: [String: Set<Int>] = [:]
        func count(_ row: Int, _ column: String) {
            if rowsByColumn[column] == nil { order.append(column) }
            rowsByColumn[column, default: []].insert(row)
        }
        for variable in variables {
            let missing = variable.values.missingRows
            guard !missing.isEmpty else { continue }
            if isDropped.isEmpty { isDropped = [Bool](repeating: false, count: table.rowCount) }
            let names = variable.stored.expression.variableNames
            for name in names where missingOfColumn[name] == nil {
                missingOfColumn[name] = Set(table[name]?.values.missingRows ?? [])
            }
            for row in missing {
                isDropped[row] = true
                let blamed = names.filter { missingOfColumn[$0]?.contains(row) ?? false }
                for name in blamed { count(row, name) }
                if blamed.isEmpty { count(row, variable.name) }
            }
        }
        kept = isDropped.isEmpty ? nil : isDropped.indices.filter { !isDropped[$0] }
        dropped = order.map { DroppedRows(column: $0, count: rowsByColumn[$0]?.count ?? 0) }
    }
}
