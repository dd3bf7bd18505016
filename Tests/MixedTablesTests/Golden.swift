// An expression with what R gives for it.

import MixedSyntax
import Testing

@testable import MixedTables

struct Golden: CustomTestStringConvertible {
    let expression: String
    let type: String
    let values: [String]
    let levels: [String]?

    init(_ expression: String, _ type: String, _ values: String, levels: String? = nil) {
        self.expression = expression
        self.type = type
        self.values = values.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        self.levels = levels.map { $0.split(separator: "|").map(String.init) }
    }

    var testDescription: String { expression }

    /// A column of every type, each with a missing value:
    ///
    ///     data.frame(x = c(1.5, -2, NA, 0, 1e5, 3), i = c(1L, 2L, -3L, NA, 5L, 0L), b = c(TRUE, FALSE, NA, TRUE, FALSE, NA),
    ///       g = c("b", "a", NA, "C", "b", "a"), f = factor(c("lo", "hi", "lo", NA, "mid", "hi"), c("lo", "mid", "hi")),
    ///       h = factor(c("u", "v", "v", "u", NA, "u")), n = c("1", "2", "10", NA, "2", "1")); o = factor(f, ordered = TRUE)
    static func table() throws -> DataTable {
        let degree = CategoricalValues(codes: [0, 2, 0, -1, 1, 2], levels: ["lo", "mid", "hi"], kind: .factor)
        var order = degree
        order.kind = .ordered
        return try DataTable(columns: [
            Column("x", .double([1.5, -2, .nan, 0, 1e5, 3])),
            Column("i", .integer([1, 2, -3, ColumnValues.missingInteger, 5, 0])),
            Column("b", .boolean([1, 0, -1, 1, 0, -1])),
            Column("g", .texts(["b", "a", nil, "C", "b", "a"])),
            Column("f", .categorical(degree)),
            Column(
                "h", .categorical(CategoricalValues(codes: [0, 1, 1, 0, -1, 0], levels: ["u", "v"], kind: .factor))),
            Column("n", .texts(["1", "2", "10", nil, "2", "1"])),
            Column("o", .categorical(order)),
        ])
    }

    func check() throws {
        // Single values are repeated for every row here, where R leaves them alone.
        let result = try Self.table().evaluate(expression)
        let expected = values.count == 1 ? Array(repeating: values[0], count: result.count) : values
        #expect(shown(result) == expected)
        #expect(MixedTablesTests.type(result) == type)
        if let levels, case .categorical(let factor) = result { #expect(factor.levels == levels) }
    }
}
