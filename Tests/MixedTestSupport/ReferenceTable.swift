// A table of a reference result: rows named by a term, columns named as R names them.

/// A table whose rows are terms and whose cells are numbers; R's `NA` is NaN.
public struct ReferenceTable: Sendable {
    /// The rows' names in order.
    public let terms: [String]
    /// The columns' names in order: `Estimate`, `Std. Error`, `df`, `t value`, `Pr(>|t|)`, ...
    public let columnNames: [String]
    private let cells: [[Double]]

    /// The values of a column in the order of `terms`; throws where there is no such column.
    public func column(_ name: String) throws -> [Double] {
        guard let index = columnNames.firstIndex(of: name) else {
            throw ReferenceError(message: "no column '\(name)' among \(columnNames)")
        }
        return cells.map { $0[index] }
    }

    /// The cell of a term and a column; throws where there is none.
    public func value(_ term: String, _ column: String) throws -> Double {
        guard let row = terms.firstIndex(of: term) else {
            throw ReferenceError(message: "no row '\(term)' among \(terms)")
        }
        return try self.column(column)[row]
    }

    public var isEmpty: Bool { terms.isEmpty }

    init(_ json: ReferenceJSON) throws {
        var terms: [String] = []
        var names: [String] = []
        var cells: [[Double]] = []
        for row in json.elements + (json["term"] == nil ? [] : [json]) {
            guard let term = row["term"]?.string else { throw ReferenceError(message: "a row without a term") }
            terms.append(term)
            let numbers = row.members.filter { $0.key != "term" }
            if names.isEmpty { names = numbers.map(\.key) }
            guard names == numbers.map(\.key) else { throw ReferenceError(message: "rows with different columns") }
            cells.append(
                try numbers.map { member in
                    guard let value = member.value.double else {
                        throw ReferenceError(message: "'\(member.key)' of '\(term)' is no number")
                    }
                    return value
                })
        }
        self.terms = terms
        self.columnNames = names
        self.cells = cells
    }
}
