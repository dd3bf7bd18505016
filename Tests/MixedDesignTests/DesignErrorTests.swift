// Every refusal, with its sentence and its place in the formula.

import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct DesignErrorTests {
    private func error(
        _ formula: String, _ table: DataTable = ReferenceTable.table, _ options: DesignOptions = DesignOptions()
    ) throws -> DesignError {
        let formula = try ModelFormula(parsing: formula)
        let error = #expect(throws: DesignError.self) { try ModelDesign.build(formula, data: table, options: options) }
        let found = try #require(error)
        #expect(!found.description.isEmpty)
        #expect(found.description.split(separator: "\n").count <= 4)
        return found
    }

    private func small(_ columns: [String: ColumnValues]) throws -> DataTable {
        try DataTable(columns: columns.sorted { $0.key < $1.key }.map { Column($0.key, $0.value) })
    }

    @Test func unknownColumn() throws {
        let error = try error("y ~ x + Subject + (1 | item)")
        #expect(error.kind == .unknownColumn(name: "Subject", suggestion: "subject"))
        #expect(error.range == SourceRange(8, 15))
        #expect(error.description.contains("did you mean 'subject'?"))
        let grouping = try self.error("y ~ (1 | itme)")
        #expect(grouping.kind == .unknownColumn(name: "itme", suggestion: "item"))
        let weights = try self.error(
            "y ~ x", ReferenceTable.table, DesignOptions(weights: TableExpression(parsing: "1 / nothing")))
        #expect(weights.kind == .unknownColumn(name: "nothing", suggestion: nil))
        #expect(weights.description.contains("1/nothing"))
    }

    @Test func noResponse() throws {
        #expect(try error("~ x").kind == .noResponse)
    }

    @Test func responseOfText() throws {
        let error = try error("subject ~ x")
        #expect(error.kind == .responseNotNumeric(name: "subject", row: 1, value: "s1"))
        #expect(error.description.contains("The response 'subject' is text, not numbers: row 1 has 's1'"))
        let late = try small(["y": text([nil, "3", "n/a", "4"]), "x": .double([1, 2, 3, 4])])
        #expect(try self.error("y ~ x", late).kind == .responseNotNumeric(name: "y", row: 3, value: "n/a"))
    }

    @Test func responseConstantOrMissing() throws {
        let constant = try small(["y": .double([2, 2, .nan, 2]), "x": .double([1, 2, 3, 4])])
        #expect(try error("y ~ x", constant).kind == .responseConstant(name: "y", value: 2))
        let afterDropping = try small(["y": .double([2, 2, 3, 2]), "x": .double([1, 2, .nan, 4])])
        #expect(try error("y ~ x", afterDropping).kind == .responseConstant(name: "y", value: 2))
        let missing = try small(["y": .double([.nan, .nan]), "x": .double([1, 2])])
        #expect(try error("y ~ x", missing).kind == .responseMissing(name: "y"))
        let missingText = try small(["y": text([nil, nil]), "x": .double([1, 2])])
        #expect(try error("y ~ x", missingText).kind == .responseMissing(name: "y"))
        let big = try small(["y": .integer([7, 7]), "x": .double([1, 2])])
        #expect(try error("y ~ x", big).description.contains("the same value, 7, in every row"))
    }

    @Test func noRows() throws {
        let none = try small(["y": .double([1, .nan, 3]), "x": .double([.nan, 2, .nan])])
        let error = try error("y ~ x", none)
        #expect(
            error.kind
                == .noRows(total: 3, dropped: [DroppedRows(column: "y", count: 1), DroppedRows(column: "x", count: 2)]))
        #expect(error.description.contains("'x' in 2, 'y' in 1"))
        let empty = try small(["y": .double([]), "x": .double([])])
        #expect(try self.error("y ~ x", empty).kind == .noRows(total: 0, dropped: []))
    }

    @Test(arguments: ["y ~ x", "y ~ z + (x | g)", "y ~ poly(x, 2)", "y ~ z + offset(x)"])
    func infiniteValues(formula: String) throws {
        let table = try small([
            "y": .double([1, .nan, 3, 2, 7, 7]), "x": .double([1, 2, 5, -.infinity, 4, .infinity]),
            "z": .double([1, 2, 3, 4, 5, 7]), "g": text(["a", "a", "b", "b", "a", "b"]),
        ])
        guard case .infiniteValue(_, row: 4) = try error(formula, table).kind else {
            Issue.record("not refused as infinite in row 4")
            return
        }
        let response = try small(["y": .double([1, 2, .infinity]), "x": .double([1, 2, 3])])
        #expect(try error("y ~ x", response).kind == .infiniteValue(name: "y", row: 3))
    }

    @Test(arguments: [(0.0, 2), (-1.5, 2)]) func weightsMustBePositive(weight: Double, row: Int) throws {
        let table = try small([
            "y": .double([.nan, 1, 3, 2]), "x": .double([1, 2, 5, 4]), "w": .double([1, weight, 2, 2]),
        ])
        let options = DesignOptions(weights: try TableExpression(parsing: "w"))
        #expect(try error("y ~ x", table, options).kind == .weightNotPositive(row: row, value: weight))
    }

    @Test func weightsMustBeFiniteNumbers() throws {
        let table = try small([
            "y": .double([5, 1, 3]), "x": .double([1, 2, 5]), "w": .double([1, .infinity, 2]),
            "t": text(["p", "q", "p"]),
        ])
        var options = DesignOptions(weights: try TableExpression(parsing: "w"))
        #expect(try error("y ~ x", table, options).kind == .infiniteValue(name: "w", row: 2))
        options.weights = try TableExpression(parsing: "t")
        #expect(try error("y ~ x", table, options).kind == .notNumeric(name: "t", row: 1, value: "p"))
        options = DesignOptions(offset: try TableExpression(parsing: "t"))
        #expect(try error("y ~ x", table, options).kind == .notNumeric(name: "t", row: 1, value: "p"))
    }

    @Test func contrastsNeedTwoLevels() throws {
        let table = try small([
            "y": .double([5, 1, 3, 2]), "f": text(["a", "a", nil, "a"]), "g": text(["p", "q", "p", "q"]),
            "h": text(["a", "b", "c", "a"]),
        ])
        let error = try error("y ~ f", table)
        #expect(error.kind == .contrasts(variable: "f", .tooFewLevels(count: 1)))
        #expect(error.range == SourceRange(4, 5))
        #expect(error.description.contains("only one level"))
        #expect(try self.error("y ~ 0 + f", table).kind == .contrasts(variable: "f", .tooFewLevels(count: 1)))
        let options = DesignOptions(contrasts: ["h": .treatment(reference: "z")])
        #expect(
            try self.error("y ~ h", table, options).kind
                == .contrasts(variable: "h", .unknownReference("z", levels: ["a", "b", "c"])))
        let dropped = DesignOptions(contrasts: ["h": .custom(rows: [[0, 0], [1, 0], [0, 1]], names: nil)])
        #expect(
            try self.error("y ~ g + h + f", table, dropped).kind
                == .contrasts(variable: "h", .wrongShape(rows: 3, columns: 2, levels: 2)))
    }

    @Test func contrastsOfTheWrongColumn() throws {
        #expect(
            try error("y ~ f", ReferenceTable.table, DesignOptions(contrasts: ["wrad": .sum])).kind
                == .contrastsOfUnknownVariable(name: "wrad", suggestion: "ward"))
        #expect(
            try error("y ~ x", ReferenceTable.table, DesignOptions(contrasts: ["x": .sum])).kind
                == .contrastsOfNumericVariable(name: "x"))
    }

    @Test func groupsThatSayNothing() throws {
        let table = try small([
            "y": .double([5, 1, 3, 2, 9, 8]), "one": text(["a", "a", "a", "a", "a", "a"]),
            "all": .integer([1, 2, 3, 4, 5, 6]), "pair": .integer([1, 1, 2, 2, 3, 3]),
            "half": .integer([1, 2, 1, 2, 1, 2]), "x": .double([1, 2, 3, 5, 8, 13]),
        ])
        let single = try error("y ~ x + (1 | one)", table)
        #expect(single.kind == .singleGroup(name: "one", level: "a"))
        #expect(single.range == SourceRange(8, 17))
        #expect(
            try error("y ~ (1 | all)", table).kind == .groupsAsManyAsRows(name: "all", levels: 6, rows: 6))
        #expect(
            try error("y ~ (1 | pair:half)", table).kind
                == .groupsAsManyAsRows(name: "pair:half", levels: 6, rows: 6))
        #expect(
            try error("y ~ (x | pair)", table).kind
                == .randomEffectsAsManyAsRows(term: "pair", count: 6, rows: 6))
        #expect(throws: Never.self) { try ModelDesign.build(ModelFormula(parsing: "y ~ (x || pair)"), data: table) }
    }

    @Test func tooManyColumns() throws {
        let rows = 20_000
        let table = try small([
            "y": .double((0..<rows).map { Double($0 % 7) }),
            "id": text((0..<rows).map { "person \($0 % 12_000)" }),
            "a": text((0..<rows).map { "\($0 % 150)" }), "b": text((0..<rows).map { "\($0 % 149)" }),
        ])
        guard case .tooManyColumns = try error("y ~ id", table).kind else {
            Issue.record("12,000 levels accepted")
            return
        }
        guard case .tooManyColumns = try error("y ~ a * b", table).kind else {
            Issue.record("22,350 columns accepted")
            return
        }
        guard case .tooManyColumns = try error("y ~ id", table, DesignOptions(contrasts: ["id": .helmert])).kind else {
            Issue.record("12,000 Helmert columns accepted")
            return
        }
    }

    @Test func unknownLevelInNewData() throws {
        let formula = try ModelFormula(parsing: "y ~ f + x + (1 | ward:item) + (1 | subject)")
        let (design, _) = try ModelDesign.build(formula, data: ReferenceTable.table)
        let new = try small([
            "f": text(["red", "pink"]), "x": .double([1, 2]), "ward": text(["A", "Z"]), "item": .integer([4, 1]),
            "subject": text(["s2", nil]),
        ])
        let error = #expect(throws: DesignError.self) { try design.frame(for: new, containing: .prediction) }
        #expect(error?.kind == .unknownLevel(variable: "f", level: "pink", row: 2))
        let known = try small([
            "f": text(["red", "blue", nil]), "x": .double([1, 2, 3]), "ward": text(["A", "Z", "B"]),
            "item": .integer([4, 1, 2]), "subject": text(["s2", nil, "s1"]),
        ])
        let frame = try design.frame(for: known, containing: .prediction)
        #expect(frame.keptRows == [0, 1])
        #expect(frame.dropped == [DroppedRows(column: "f", count: 1)])
        let names = design.groupingFactors.map(\.name)
        #expect(names == ["ward:item", "subject"])
        #expect(frame.codes(factor: 0) == [3, -1])
        #expect(frame.codes(factor: 1) == [1, -1])
        #expect(
            throws: DesignError.self, "the response is not there",
            performing: { try design.frame(for: known, containing: .all) })
        let population = try design.frame(
            for: DataTable(columns: [Column("f", text(["green"])), Column("x", .double([3]))]), containing: [])
        #expect((0..<4).map { population.fixedColumn($0)[0] } == [1, 1, 0, 3])
    }

    @Test func changedTypeInNewData() throws {
        let (design, _) = try ModelDesign.build(
            ModelFormula(parsing: "y ~ x + b"), data: ReferenceTable.table)
        let new = try small(["x": text(["3", "many"]), "b": .boolean([1, 0])])
        let error = #expect(throws: DesignError.self) { try design.frame(for: new, containing: .prediction) }
        #expect(error?.kind == .notNumeric(name: "x", row: 2, value: "many"))
        let words = try small(["x": .integer([3, 4]), "b": text(["TRUE", "FALSE"])])
        let frame = try design.frame(for: words, containing: .prediction)
        #expect(frame.fixedColumn(2) == [1, 0])
    }
}
