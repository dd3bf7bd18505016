// Evaluating the expressions of a formula on a table, and the forms their values are needed in.

import MixedSyntax
import MixedTables

extension DataTable {
    /// The values of an expression, one for each row.
    func values(of stored: StoredExpression) throws(DesignError) -> ColumnValues {
        try checkNames(of: stored)
        if case .name(let name) = stored.expression.withoutParentheses.node, let column = self[name] {
            return column.values
        }
        throw DesignError(
            .expression, "I cannot evaluate \(stored.expression.description)", at: stored.expression.range,
            of: stored.source)
    }

    /// The values of an expression as numbers, missing ones as NaN; truth values count as 0 and 1.
    func numbers(of stored: StoredExpression) throws(DesignError) -> [Double] {
        let values = try values(of: stored)
        guard let numbers = values.numbers else { throw Self.notNumeric(stored, values) }
        return numbers
    }

    /// The error for text where a number is needed, with the first value that is there.
    static func notNumeric(_ stored: StoredExpression, _ values: ColumnValues) -> DesignError {
        let name = stored.expression.description
        let (row, value) = values.firstText ?? (0, "")
        return DesignError(
            .notNumeric(name: name, row: row + 1, value: value),
            "'\(name)' is text where a number is needed: row \(row + 1) has '\(value)'", at: stored.expression.range,
            of: stored.source)
    }

    /// Refuses names that are not columns, and says which column may be meant.
    func checkNames(of stored: StoredExpression) throws(DesignError) {
        var unknown: (name: String, range: SourceRange)?
        stored.expression.visitNames { name, range in
            if unknown == nil, self[name] == nil, !["T", "F", "pi"].contains(name) { unknown = (name, range) }
        }
        guard let unknown else { return }
        let names = columns.map(\.name)
        let suggestion = NameSuggestion.nearest(to: unknown.name, among: names)
        let place = origin.map { " in \($0)" } ?? ""
        throw DesignError(
            .unknownColumn(name: unknown.name, suggestion: suggestion),
            "there is no column '\(unknown.name)'\(place)", at: unknown.range, of: stored.source,
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

    /// The first value that is not missing, of text or of a factor, with its row.
    var firstText: (row: Int, value: String)? {
        guard case .categorical(let values) = self, let row = values.codes.firstIndex(where: { $0 >= 0 }) else {
            return nil
        }
        return (row, values.levels[Int(values.codes[row])])
    }

    /// The rows without a value, ascending.
    var missingRows: [Int] {
        switch self {
        case .double(let values): values.indices.filter { values[$0].isNaN }
        case .integer(let values): values.indices.filter { values[$0] == Self.missingInteger }
        case .boolean(let values): values.indices.filter { values[$0] == Self.missingBoolean }
        case .categorical(let values): values.codes.indices.filter { values.codes[$0] < 0 }
        }
    }

    /// The values of some rows; all of them for `nil`.
    func selecting(_ rows: [Int]?) -> ColumnValues {
        guard let rows else { return self }
        switch self {
        case .double(let values): return .double(rows.map { values[$0] })
        case .integer(let values): return .integer(rows.map { values[$0] })
        case .boolean(let values): return .boolean(rows.map { values[$0] })
        case .categorical(var values):
            let codes = values.codes
            values.codes = rows.map { codes[$0] }
            return .categorical(values)
        }
    }
}
