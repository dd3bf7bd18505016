// Evaluating the expressions of a formula on a table, and the forms their values are needed in.

import MixedSyntax
import MixedTables

extension DataTable {
    /// The values of an expression, one for each row.
    func values(of stored: StoredExpression) throws(DesignError) -> ColumnValues {
        try checkNames(of: stored)
        do {
            return try evaluate(stored.expression, source: stored.source)
        } catch {
            throw DesignError(.expression, diagnostic: error)
        }
    }

    /// The values of an expression as numbers, missing ones as NaN; truth values count as 0 and 1.
    func numbers(of stored: StoredExpression) throws(DesignError) -> [Double] {
        let values = try values(of: stored)
        guard let numbers = values.numbers else { throw Self.notNumeric(stored, values) }
        return numbers
    }

    /// The error for text where a number is needed, with the first value that is none.
    static func notNumeric(_ stored: StoredExpression, _ values: ColumnValues, rows: UsedRows? = nil) -> DesignError {
        let name = stored.expression.description
        let (index, value) = values.firstText ?? (0, "")
        let row = rows?.number(of: index) ?? index + 1
        return DesignError(
            .notNumeric(name: name, row: row, value: value),
            "'\(name)' is text where a number is needed: row \(row) has '\(value)'", at: stored.expression.range,
            of: stored.source, hint: "correct the value, or declare it as missing")
    }

    /// Refuses names that are not columns, and says which column may be meant.
    func checkNames(of stored: StoredExpression) throws(DesignError) {
        var unknown: (name: String, range: SourceRange)?
        stored.expression.visitNames { name, range in
            if unknown == nil, self[name] == nil, !["T", "F", "pi"].contains(name) { unknown = (name, range) }
        }
        guard let unknown else { return }
        let names = columnNames + omittedColumns
        let suggestion = NameSuggestion.nearest(to: unknown.name, among: names)
        let place = origin.map { " in \($0)" } ?? ""
        throw DesignError(
            .unknownColumn(name: unknown.name, suggestion: suggestion),
            "There is no column '\(unknown.name)'\(place)", at: unknown.range, of: stored.source,
            hint: suggestion.map { "did you mean '\($0)'?" }
                ?? "the columns are \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? ", ..." : "")")
    }
}

extension ColumnValues {
    /// The values as numbers, missing ones as NaN; `nil` for text and factors.
    var numbers: [Double]? {
        switch self {
        case .double(let values): values
        case .integer(let values): values.map { $0 == Self.missingInteger ? .nan : Double($0) }
        case .boolean(let values): values.map { $0 == Self.missingBoolean ? .nan : Double($0) }
        case .categorical: nil
        }
    }

    /// The first value of text or a factor that is no number, with its row; of text that looks like numbers the first.
    var firstText: (row: Int, value: String)? {
        do throws(TableError) {
            _ = try doubles(named: "")
        } catch {
            if case .notNumeric(_, let row, let value) = error { return (row - 1, value) }
        }
        return nil
    }

    /// The rows without a value, ascending.
    var missingRows: [Int] {
        switch self {
        case .double(let values): Self.rows(of: values) { $0.isNaN }
        case .integer(let values): Self.rows(of: values) { $0 == Self.missingInteger }
        case .boolean(let values): Self.rows(of: values) { $0 == Self.missingBoolean }
        case .categorical(let values): Self.rows(of: values.codes) { $0 < 0 }
        }
    }

    /// The rows whose value is missing; most columns have none, which is found out without a branch for each value.
    @inline(__always)
    private static func rows<Value>(of values: [Value], where isMissing: (Value) -> Bool) -> [Int] {
        var count = 0
        for value in values where isMissing(value) { count &+= 1 }
        if count == 0 { return [] }
        var rows: [Int] = []
        rows.reserveCapacity(count)
        for (row, value) in values.enumerated() where isMissing(value) { rows.append(row) }
        return rows
    }

    /// The values of some rows; all of them for `nil`.
    func selecting(_ rows: [Int]?) -> ColumnValues { rows.map(selecting(rows:)) ?? self }
}
