// Calls that learn from all rows that have a value, grouping by expressions, and rows that an expression loses.

import Foundation
import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct TrainedCallTests {
    private func table(_ columns: [(String, ColumnValues)]) throws -> DataTable {
        try DataTable(columns: columns.map { Column($0.0, $0.1) })
    }

    @Test func meansComeFromAllRowsWithAValue() throws {
        // The mean is 5 with the row that y drops, and would be 4 without it.
        let data = try table([
            ("y", .double([1, 2, 4, .nan, 3])), ("x", .double([1, 2, 6, 9, 7])),
        ])
        let (design, frame) = try ModelDesign.build(
            ModelFormula(parsing: "y ~ I(center(x) * 2) + scale(x, scale = FALSE)"), data: data)
        #expect(frame.fixedColumn(1) == [-8, -6, 2, 4])
        #expect(frame.fixedColumn(2) == [-4, -3, 1, 2])
        let new = try table([("x", .double([4, 5, 14, .nan]))])
        let predicted = try design.frame(for: new, containing: .prediction)
        #expect(predicted.fixedColumn(1) == [-2, 0, 18])
        #expect(predicted.fixedColumn(2) == [-1, 0, 9])
        #expect(predicted.keptRows == [0, 1, 2])
        #expect(
            predicted.dropped == [
                DroppedRows(column: "I(center(x) * 2)", count: 1),
                DroppedRows(column: "scale(x, scale = FALSE)", count: 1),
            ])
    }

    @Test func rowsThatAnExpressionLosesAreCountedForIt() throws {
        // The mean is -2.5; the logarithm has no value in the last row, which y drops as well.
        let data = try table([
            ("y", .double([1, 2, 4, 3, 7, .nan])), ("x", .double([1, 2, 3, 4, 5, -30])),
            ("g", text(["a", "b", "a", "b", "a", "b"])),
        ])
        let formula = try ModelFormula(parsing: "y ~ log(scale(x, scale = FALSE) + 1.7) + (1 | g)")
        let (design, frame) = try ModelDesign.build(formula, data: data)
        #expect(frame.keptRows == [0, 1, 2, 3, 4])
        let name = "log(scale(x, scale = FALSE) + 1.7)"
        #expect(frame.dropped == [DroppedRows(column: "y", count: 1), DroppedRows(column: name, count: 1)])
        #expect(distance(frame.fixedColumn(1), [5.2, 6.2, 7.2, 8.2, 9.2].map { log($0) }) < 1e-14)
        #expect(design.data.rowCount == 5)
    }

    @Test func scalingsNest() throws {
        let data = try table([("y", .double([1, 2, 4, 3])), ("x", .double([1, 2, 6, 7]))])
        let (_, frame) = try ModelDesign.build(
            ModelFormula(parsing: "y ~ scale(log(x) + center(x)) + exp(-scale(x, center = 2, scale = 4))"), data: data)
        let once = frame.fixedColumn(1)
        #expect(once.reduce(0, +).magnitude < 1e-14)
        #expect((once.reduce(0) { $0 + $1 * $1 } - 3).magnitude < 1e-14)
        #expect(distance(frame.fixedColumn(2), [0.25, 0, -1, -1.25].map { exp($0) }) < 1e-14)
    }

    @Test func breaksAndLevelsAreKept() throws {
        let data = try table([
            ("y", .double([1, 2, 4, 3, 5, 9])), ("x", .double([0, 3, 5, 6, 8, 9])),
            ("k", .integer([10, 30, 20, 20, 30, 10])),
        ])
        let formula = try ModelFormula(
            parsing:
                "y ~ cut(x, 3, labels = c('low', 'mid', 'high')) + as.numeric(factor(k)) + factor(k, labels = c('a', 'b', 'c'))"
        )
        let (design, frame) = try ModelDesign.build(formula, data: data)
        #expect(design.variables[0].levels == ["low", "mid", "high"])
        #expect(frame.fixedColumn(3) == [1, 3, 2, 2, 3, 1])
        let new = try table([("x", .double([1, 8.5, 50])), ("k", .integer([30, 30, 30]))])
        let predicted = try design.frame(for: new, containing: .prediction)
        #expect(predicted.keptRows == [0, 1])
        #expect(predicted.fixedColumn(1) == [0, 0])
        #expect(predicted.fixedColumn(2) == [0, 1])
        #expect(predicted.fixedColumn(3) == [3, 3])
        #expect(predicted.fixedColumn(5) == [1, 1])
    }

    @Test func relevelledFactorsNeedNotHaveTheirReference() throws {
        let formula = try ModelFormula(parsing: "y ~ relevel(f, ref = 'red') + x")
        let (design, _) = try ModelDesign.build(formula, data: ReferenceTable.table)
        #expect(design.fixedColumnNames[1] == "relevel(f, ref = \"red\")blue")
        let new = try table([("f", text(["green", "blue"])), ("x", .double([1, 1]))])
        let frame = try design.frame(for: new, containing: .prediction)
        #expect(frame.fixedColumn(1) == [0, 1])
        #expect(frame.fixedColumn(2) == [1, 0])
    }

    @Test func groupsMayBeExpressions() throws {
        let formula = try ModelFormula(parsing: "y ~ (1 | factor(k)) + (1 | cut(x, 5):ward) + (x | I(z > 2))")
        let (design, frame) = try ModelDesign.build(formula, data: ReferenceTable.table)
        let names = design.groupingFactors.map(\.name)
        #expect(names.count == 3)
        #expect(names[0] == "cut(x, 5):ward")
        #expect(names[1] == "factor(k)")
        #expect(design.groupingFactors[1].levels == ["0", "1", "2", "3"])
        #expect(design.groupingFactors[2].levels == ["FALSE", "TRUE"])
        let rows = [3, 30, 9]
        let again = try design.frame(for: ReferenceTable.rows(rows))
        for factor in 0..<3 {
            let codes = frame.codes(factor: factor)
            #expect(again.codes(factor: factor) == rows.map { codes[$0] })
        }
    }

    @Test func valuesThatAnExpressionLosesAreCounted() throws {
        let data = try table([
            ("y", .double([1, 2, 4, 3, 5])), ("x", .double([-1, 3, .nan, 6, 8])), ("z", .double([1, 3, .nan, 6, 0])),
        ])
        let (_, frame) = try ModelDesign.build(ModelFormula(parsing: "y ~ log(x) + z"), data: data)
        #expect(
            frame.dropped == [
                DroppedRows(column: "x", count: 1), DroppedRows(column: "log(x)", count: 1),
                DroppedRows(column: "z", count: 1),
            ])
        #expect(frame.keptRows == [1, 3, 4])
        let infinite = try table([("y", .double([1, 2, 4])), ("x", .double([1, 0, 2]))])
        let error = #expect(throws: DesignError.self) {
            try ModelDesign.build(ModelFormula(parsing: "y ~ log(x)"), data: infinite)
        }
        #expect(error?.kind == .infiniteValue(name: "log(x)", row: 2))
    }

    @Test(arguments: [
        "y ~ lgo(x)", "y ~ log(f)", "y ~ x + (1 | ward + )", "y ~ f + I(f * 2)", "y ~ scale()", "y ~ scale(f)",
        "y ~ c(1, 2)", "y ~ scale(x, center = 'a')", "y ~ cut(x, 1)", "y ~ poly(nothing, 2)", "f + 1 ~ x",
    ])
    func whatCannotBeEvaluatedIsShown(text: String) throws {
        do {
            let formula = try ModelFormula(parsing: text)
            _ = try ModelDesign.build(formula, data: ReferenceTable.table)
            Issue.record("accepted")
        } catch let error as DesignError {
            #expect(error.description.contains("^"))
            #expect(error.description.contains(text))
        } catch let error as Diagnostic {
            #expect(error.description.contains("^"))
        }
    }

    @Test func longChainsAreRewrittenWithoutRecursion() throws {
        let sum = (0..<3000).map { _ in "x" }.joined(separator: " + ")
        let formula = try ModelFormula(parsing: "y ~ I(\(sum) + scale(x))")
        let (_, frame) = try ModelDesign.build(formula, data: ReferenceTable.table)
        #expect(frame.fixedColumnCount == 2)
    }
}
