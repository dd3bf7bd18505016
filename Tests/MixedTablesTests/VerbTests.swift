// Choosing rows, deriving columns, making factors.

import MixedSyntax
import Testing

@testable import MixedTables

@Suite struct VerbTests {
    func filter(_ table: DataTable, _ text: String) throws -> DataTable {
        try table.filtered(where: TableExpression(parsing: text), source: text)
    }

    @Test func unknownConditionsLeaveRowsOut() throws {
        let table = try Golden.table()
        #expect(shown(try filter(table, "x > 0"), "x") == ["1.5", "1e+05", "3"])
        #expect(shown(try filter(table, "b"), "i") == ["1", "NA"])
        #expect(shown(try filter(table, "g != \"b\""), "g") == ["a", "C", "a"])
        #expect(shown(try filter(table, "is.na(g) | g %in% c(\"C\")"), "i") == ["-3", "NA"])
        #expect(try filter(table, "TRUE").rowCount == 6)
        let none = try filter(table, "x > 1e9")
        #expect(none.rowCount == 0 && none.columns.allSatisfy { $0.values.count == 0 })
        #expect(try none.result("x + mean(x)") == "")
        #expect(try none.evaluate("1 + 1").count == 0)
    }

    @Test func conditionsMustBeTrueOrFalse() throws {
        let error = #expect(throws: Diagnostic.self) { try filter(Golden.table(), "x + 1") }
        #expect(error?.message == "'x + 1' is no condition: it does not give TRUE or FALSE")
        #expect(error?.range == SourceRange(0, 5))
    }

    @Test func derivedColumnsReplaceOrFollow() throws {
        var table = try Golden.table()
        table = try table.mutating("z", TableExpression(parsing: "x * 2"), source: "x * 2")
        table = try table.mutating("x", TableExpression(parsing: "z + 1"), source: "z + 1")
        table = try table.mutating("one", TableExpression(parsing: "1L"), source: "1L")
        #expect(table.columnNames == ["x", "i", "b", "g", "f", "h", "n", "o", "z", "one"])
        #expect(shown(table, "x") == ["4", "-3", "NA", "1", "200001", "7"])
        #expect(shown(table, "one") == ["1", "1", "1", "1", "1", "1"])
    }

    @Test func columnsOfOtherLengthsAreRefused() throws {
        let table = try Golden.table()
        #expect(throws: TableError.unequalColumns(name: "x", count: 1, expected: 6)) {
            try table.replacing(Column("x", .integer([1])))
        }
        #expect(try table.replacing(Column("x", .integer(Array(0..<6)))).result("x") == "0 1 2 3 4 5")
    }

    @Test func rowsMayRepeatAndChangeOrder() throws {
        #expect(try Golden.table().selecting(rows: [5, 0, 0]).result("paste0(i, g)") == "0a 1b 1b")
    }

    @Test func valuesThatAreNotListedAreCounted() throws {
        let (table, unlisted) = try Golden.table().convertingToFactor("g", levels: ["C", "a", "new"])
        #expect(shown(table, "g") == ["NA", "a", "NA", "C", "NA", "a"])
        #expect(unlisted.map(\.value) == ["b"] && unlisted.map(\.count) == [2])
        guard case .categorical(let values)? = table["g"]?.values else { return #expect(Bool(false)) }
        #expect(values.levels == ["C", "a", "new"] && values.kind == .factor)
    }

    @Test func anyColumnMakesAFactor() throws {
        let (table, unlisted) = try Golden.table().convertingToFactor("i", ordered: true)
        #expect(unlisted.isEmpty)
        guard case .categorical(let values)? = table["i"]?.values else { return #expect(Bool(false)) }
        #expect(values.levels == ["-3", "0", "1", "2", "5"] && values.kind == .ordered)
        #expect(throws: TableError.unknownColumn(name: "gg", nearest: "g", origin: nil)) {
            try Golden.table().convertingToFactor("gg")
        }
        #expect(throws: TableError.duplicateLevel(column: "g", level: "a")) {
            try Golden.table().convertingToFactor("g", levels: ["a", "b", "a"])
        }
    }
}
