// Notes, missing rows and what is remembered of the rows.

import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct DesignNoteTests {
    private func design(_ formula: String, _ table: DataTable = ReferenceTable.table) throws -> ModelDesign {
        try ModelDesign.build(ModelFormula(parsing: formula), data: table).design
    }

    private func table(_ columns: [(String, ColumnValues)]) throws -> DataTable {
        try DataTable(columns: columns.map { Column($0.0, $0.1) })
    }

    @Test func missingRowsAreCountedByColumn() throws {
        let data = try table([
            ("y", .double([1, .nan, 3, 4, 5, 6, 7, 9])), ("x", .integer([1, .min, 3, 4, .min, 6, 7, 8])),
            ("g", text(["a", "b", "a", "b", "a", nil, "b", "c"])), ("b", .boolean([1, 0, 1, 0, 1, 0, -1, 1])),
            ("unused", .double([Double](repeating: .nan, count: 8))),
        ])
        let (design, frame) = try ModelDesign.build(ModelFormula(parsing: "y ~ x + b + (1 | g)"), data: data)
        #expect(frame.keptRows == [0, 2, 3, 7])
        #expect(frame.rowCount == 4)
        #expect(frame.totalRowCount == 8)
        #expect(frame.tableRow(of: 3) == 7)
        let dropped = [
            DroppedRows(column: "y", count: 1), DroppedRows(column: "x", count: 2), DroppedRows(column: "b", count: 1),
            DroppedRows(column: "g", count: 1),
        ]
        #expect(frame.dropped == dropped)
        #expect(design.data.droppedRowCount == 4)
        #expect(design.notes.first == .droppedRows(count: 4, total: 8, columns: dropped))
        #expect(frame.response == [1, 3, 4, 9])
        #expect(frame.fixedColumn(1) == [1, 3, 4, 8])
        #expect(frame.fixedColumn(2) == [1, 1, 0, 1])
        #expect(frame.codes(factor: 0) == [0, 0, 1, 2])
        let complete = try ModelDesign.build(ModelFormula(parsing: "y ~ x"), data: ReferenceTable.table).frame
        #expect(complete.keptRows == nil)
        #expect(complete.dropped.isEmpty)
    }

    @Test func levelsThatDropOutAreGone() throws {
        let data = try table([
            ("y", .double([1, .nan, 3, 4, 5])), ("f", text(["z", "b", "a", "z", "a"])),
            ("g", text(["r", "q", "p", "r", "p"], levels: ["q", "unused", "r", "p"], kind: .factor)),
        ])
        let design = try design("y ~ f + g", data)
        #expect(design.fixedColumnNames == ["(Intercept)", "fz", "gp"])
        #expect(design.variables.map(\.levels) == [["a", "z"], ["r", "p"]])
    }

    @Test func weightsAndOffsetsTakePart() throws {
        let data = try table([
            ("y", .double([1, 2, 3, 4, 6])), ("x", .double([1, 2, 3, 4, 5])), ("w", .double([1, .nan, 2, 2, 3])),
            ("e", .double([.nan, 1, 2, 3, 4])), ("p", .integer([10, 20, 30, 40, 50])),
        ])
        let options = DesignOptions(
            weights: try TableExpression(parsing: "w"), offset: try TableExpression(parsing: "e"))
        let formula = try ModelFormula(parsing: "y ~ x + offset(p)")
        let (design, frame) = try ModelDesign.build(formula, data: data, options: options)
        #expect(frame.keptRows == [2, 3, 4])
        #expect(frame.weights == [2, 2, 3])
        #expect(frame.offset == [32, 43, 54])
        #expect(frame.dropped == [DroppedRows(column: "e", count: 1), DroppedRows(column: "w", count: 1)])
        #expect(design.data.totalWeight == 7)
        #expect(design.hasWeights && design.hasOffset)
        let again = try design.frame(for: data)
        #expect(again.keptRows == frame.keptRows)
        #expect(again.weights == frame.weights)
        #expect(again.offset == frame.offset)
        #expect(again.response == frame.response)
    }

    @Test func groupingFactorsThatAreQuestionable() throws {
        let rows = 40
        let data = try table([
            ("y", .double((0..<rows).map { Double($0 % 9) })), ("x", .double((0..<rows).map { Double($0 % 4) })),
            ("few", .integer((0..<rows).map { $0 % 4 })), ("five", .integer((0..<rows).map { $0 % 5 })),
            ("weight", .double((0..<rows).map { 1.5 + Double($0 % 10) })),
            ("sparse", .integer((0..<rows).map { min($0, 35) })),
        ])
        #expect(try design("y ~ x + (1 | few)", data).notes == [.fewLevels(group: "few", count: 4)])
        #expect(try design("y ~ x + (1 | five)", data).notes == [])
        #expect(
            try design("y ~ x + (1 | weight)", data).notes == [.continuousGrouping(group: "weight", levels: 10)])
        #expect(
            try design("y ~ x + (1 | sparse)", data).notes
                == [.sparseGrouping(group: "sparse", levels: 36, rows: 40)])
    }

    @Test func slopesThatCannotVary() throws {
        let rows = 10_000
        let data = try table([
            ("y", .double((0..<rows).map { Double($0 % 9) })), ("g", .integer((0..<rows).map { $0 % 10 })),
            ("one", .double((0..<rows).map { _ in 3 })), ("size", .integer((0..<rows).map { $0 % 10 * 3 })),
            ("late", .double((0..<rows).map { $0 == rows - 1 ? 1 : 0 })),
            ("sex", text((0..<rows).map { $0 % 2 == 0 ? "m" : "f" })),
        ])
        #expect(
            try design("y ~ 1 + (one + size + late + sex | g)", data).notes
                == [
                    .constantSlope(column: "one", group: "g"), .slopeConstantWithinGroups(column: "size", group: "g"),
                    .slopeConstantWithinGroups(column: "sexm", group: "g"),
                ])
        #expect(try design("y ~ 1 + (0 + sex | g)", data).notes == [])
        #expect(
            try design("y ~ 1 + (1 | g) + (0 + size | g)", data).notes
                == [.slopeConstantWithinGroups(column: "size", group: "g")])
    }

    @Test func everyNoteIsASentence() {
        let notes: [DesignNote] = [
            .droppedRows(count: 2, total: 9, columns: [DroppedRows(column: "x", count: 2)]),
            .fewLevels(group: "g", count: 3), .continuousGrouping(group: "g", levels: 9),
            .sparseGrouping(group: "g", levels: 9, rows: 10), .constantSlope(column: "x", group: "g"),
            .slopeConstantWithinGroups(column: "x", group: "g"), .raisedDegreesOfFreedom(variable: "x", used: 3),
            .beyondBoundaryKnots(variable: "x", rows: 1),
        ]
        for note in notes {
            #expect(note.sentence.hasSuffix("."))
            #expect(note.sentence.contains("x") || note.sentence.contains("'g'"))
        }
        #expect(notes[0].sentence == "2 of 9 rows left out because a value is missing (x: 2).")
    }

    @Test func rowsAreSummarized() throws {
        let data = try table([
            ("y", .double([2, 4, 6, .nan])), ("x", .integer([1, 2, 6, 100])), ("f", text(["b", "a", "b", "c"])),
            ("b", .boolean([1, 1, 1, 0])),
        ])
        let summary = try design("y ~ x + f + b", data).data
        #expect(summary.rowCount == 3)
        #expect(summary.totalRowCount == 4)
        #expect(summary.response.mean == 4)
        #expect(summary.response.standardDeviation == 2)
        guard case .numeric(let x) = summary.columns["x"] else {
            Issue.record("x is not summarized")
            return
        }
        #expect(x.mean == 3 && x.minimum == 1 && x.maximum == 6 && x.count == 3)
        #expect((x.standardDeviation - 7.0.squareRoot()).magnitude < 1e-15)
        #expect(summary.columns["f"] == .categorical(LevelSummary(levels: ["a", "b"], codes: [1, 0, 1])))
        #expect(summary.variables["b"] == .categorical(LevelSummary(levels: ["FALSE", "TRUE"], codes: [1, 1, 1])))
    }

    @Test func columnsBehindExpressionsAreSummarized() throws {
        let design = try design("y ~ poly(x, 2) * f")
        guard case .numeric(let x) = design.data.columns["x"] else {
            Issue.record("x is not summarized")
            return
        }
        #expect(x.count == 36)
        #expect(design.data.variables["poly(x, 2)"] == nil)
        #expect(design.data.variables["f"] == design.data.columns["f"])
    }

    @Test func constantSummariesHaveNoSpread() {
        let summary = NumericSummary([Double](repeating: 0.1, count: 1000))
        #expect(summary.standardDeviation == 0)
        #expect(summary.isConstant)
        let far = NumericSummary((0..<1000).map { 1e9 + Double($0 % 2) })
        #expect((far.standardDeviation - (250.0 / 999 * 1).squareRoot()).magnitude < 1e-9)
    }

    @Test func fingerprintsTellRowsApart() throws {
        let values = [1.5, -2, 0, 7, 7]
        #expect(Fingerprint(values) == Fingerprint([7, 7, 1.5, -0.0, -2]))
        #expect(Fingerprint(values) != Fingerprint([1.5, -2, 0, 7]))
        #expect(Fingerprint(values) != Fingerprint([1.5, -2, 0, 7, 8]))
        #expect(Fingerprint(values) != Fingerprint([1.5, -2, 0.0000001, 7, 7]))
        #expect(Fingerprint([1.5, -2]).joined(with: Fingerprint([0, 7, 7])) == Fingerprint(values))
        let all = try design("y ~ x").data.fingerprint
        #expect(try design("y ~ f + (1 | subject)").data.fingerprint == all)
        #expect(try design("y ~ x", ReferenceTable.rows(Array(0..<35))).data.fingerprint != all)
    }
}
