// Rows that are read part by part and never held, against the same rows held in memory.

import MixedSyntax
import MixedTestSupport
import Testing

@testable import LinearMixedModels
@testable import MixedDesign
@testable import MixedTables

/// A text with numbers, levels of several kinds and missing values.
private struct MessyText {
    var rows: [[String]] = []
    static let header = ["y", "x", "f", "g", "h", "k", "note", "w"]

    init(rows count: Int, seed: UInt64, missing: Double = 0.02) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<count {
            let x = Double.random(in: 0.5..<3, using: &generator)
            let f = Int.random(in: 0..<3, using: &generator)
            let g = Int.random(in: 0..<23, using: &generator)
            let h = Int.random(in: 0..<7, using: &generator)
            let k = Int.random(in: 0..<11, using: &generator) * 7 - 20
            let y =
                3 + 2 * x + Double(f) + Double((g * 7919) % 13) * 0.3 + x * Double((g * 31) % 5) * 0.2
                + Double((h * 17) % 5) * 0.4 + Double((k * k) % 7) * 0.2
                + Double.random(in: -1..<1, using: &generator)
            var row = [
                "\(y)", "\(x)", ["low", "mid", "high"][f], "g\(g)", "site \(h)", "\(k)",
                Bool.random(using: &generator) ? "\"two\nlines, one \"\"word\"\"\"" : "plain",
                "\(Double.random(in: 0.5..<2, using: &generator))",
            ]
            for column in 0..<6 where Double.random(in: 0..<1, using: &generator) < missing { row[column] = "NA" }
            rows.append(row)
        }
    }

    var bytes: [UInt8] {
        Array(([Self.header] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n").utf8)
    }

    func source() throws -> TextSource { try TextSource(bytes, named: "messy.csv") }

    func stream(pieceSize: Int = 900, threads: Int = 2) throws -> TableStream {
        try TableStream(try source(), options: ReadingOptions(threads: threads), pieceSize: pieceSize)
    }

    func table() throws -> DataTable { try DataTable(try source(), options: ReadingOptions()) }
}

@Suite struct StreamedFitTests {
    @Test(
        arguments: [
            "y ~ x + f + (1 + x | g)", "y ~ x * f + (1 | g:h) + (1 | h)", "y ~ log(x) + I(x^2) + (x || g)",
            "y ~ 0 + f + (1 | h) + (1 | g)", "y ~ x + (0 + x | h) + (1 | g) + (1 | h)", "y ~ x + k + (1 | k) + (1 | g)",
            "y ~ f + (1 | g/h)", "y ~ x + (f | g)", "y ~ relevel(f, ref = \"mid\") * x + (1 | k)",
        ], [ReadingOptions().threadCount, 1])
    func fitsAsFromMemory(_ text: String, threads: Int) throws {
        let data = MessyText(rows: 500, seed: 3)
        let formula = try ModelFormula(parsing: text)
        let streamed = try #require(try StreamedDesign(formula, data.stream(threads: threads)))
        let held = try ModelDesign.build(formula, data: data.table())
        try expectSameResiduals(LinearMixedModelFit(streamed), streamed, held.frame)
        #expect(streamed.design.groupingFactors == held.design.groupingFactors)
        #expect(streamed.design.fixedColumnNames == held.design.fixedColumnNames)
        #expect(streamed.design.variables == held.design.variables)
        #expect(streamed.design.notes == held.design.notes)
        #expect(streamed.design.data.cells == held.design.data.cells)
        #expect(streamed.design.data.fingerprint == held.design.data.fingerprint)
        #expect(Set(streamed.design.data.dropped) == Set(held.design.data.dropped))
        #expect(Set(streamed.design.data.columns.keys) == Set(held.design.data.columns.keys))
        #expect(streamed.products.inconsistency == nil)
        try expectSameFit(
            LinearMixedModelFit(streamed),
            LinearMixedModelFit(
                design: held.design, products: CrossProducts(FrameRows(held.design, held.frame)),
                method: .restrictedLikelihood, threads: 1))
    }

    private func expectSameResiduals(
        _ fit: LinearMixedModelFit, _ rows: StreamedDesign, _ frame: ModelFrame
    ) throws {
        let streamed = try #require(try fit.addingResiduals(of: rows).residuals)
        let held = try #require(fit.addingResiduals(of: frame).residuals)
        #expect(abs(streamed.rootMeanSquare - held.rootMeanSquare) < 1e-12)
        for (value, expected) in zip(streamed.scaledQuantiles, held.scaledQuantiles) {
            #expect(abs(value - expected) < 1e-12)
        }
    }

    private func expectSameFit(_ fit: LinearMixedModelFit, _ other: LinearMixedModelFit) {
        #expect(abs(fit.criterion - other.criterion) < 1e-8 * abs(other.criterion))
        for (value, expected) in zip(fit.coefficients, other.coefficients) {
            #expect(abs(value - expected) < 1e-8 * max(1, abs(expected)))
        }
        #expect(
            abs(fit.residualStandardDeviation - other.residualStandardDeviation)
                < 1e-8 * other.residualStandardDeviation)
        #expect(fit.theta.count == other.theta.count)
        for (value, expected) in zip(fit.theta, other.theta) { #expect(abs(value - expected) < 1e-6) }
    }

    /// Cross-products of weighted rows, or of slopes alone, do not tell how many rows two levels share: a second pass does.
    @Test(arguments: ["y ~ x + (1 | h) + (1 | g)", "y ~ x + (0 + x | h) + (1 | g)"], [nil, "w^2"])
    func cubesCountTheRowsOfPairs(_ text: String, weights: String?) throws {
        let data = MessyText(rows: 400, seed: 8)
        let formula = try ModelFormula(parsing: text)
        let options = DesignOptions(weights: try weights.map { try TableExpression(parsing: $0) })
        let streamed = try #require(try StreamedDesign(formula, data.stream(), options: options))
        let cube = try DataCube(streamed)
        let held = try DataCube(formula, data: data.table(), options: options)
        #expect(cube.pairCounts == held.pairCounts)
        #expect(cube.pairCounts.joined().reduce(0, +) == Int32(cube.design.data.rowCount))
        let less = try cube.subtracting(cube.part(of: data.table().selecting(rows: Array(0..<40))))
        let rest = try LinearMixedModel(
            text, data: data.table().selecting(rows: Array(40..<400)), options: options
        ).fit()
        #expect(abs(try less.fit().criterion - rest.criterion) < 1e-8 * abs(rest.criterion))
    }

    @Test func weightsAndOffsetsCount() throws {
        let data = MessyText(rows: 400, seed: 5)
        let formula = try ModelFormula(parsing: "y ~ x + offset(w) + (1 | g)")
        let options = DesignOptions(weights: try TableExpression(parsing: "w^2"))
        let streamed = try #require(try StreamedDesign(formula, data.stream(), options: options))
        let held = try ModelDesign.build(formula, data: data.table(), options: options)
        let total = try #require(streamed.design.data.totalWeight)
        let expected = try #require(held.design.data.totalWeight)
        #expect(abs(total - expected) < 1e-10 * expected)
        try expectSameFit(
            LinearMixedModelFit(streamed),
            LinearMixedModelFit(
                design: held.design, products: CrossProducts(FrameRows(held.design, held.frame)),
                method: .restrictedLikelihood, threads: 1))
    }

    @Test func bitsDoNotDependOnThreads() throws {
        let data = MessyText(rows: 600, seed: 7)
        let formula = try ModelFormula(parsing: "y ~ x * f + (1 + x | g) + (1 | h)")
        let one = try #require(try StreamedDesign(formula, data.stream(threads: 1)))
        for threads in [2, 3, 7] {
            let other = try #require(try StreamedDesign(formula, data.stream(threads: threads)))
            #expect(other.products.fixed == one.products.fixed)
            #expect(other.products.factors.map(\.diagonalBlocks) == one.products.factors.map(\.diagonalBlocks))
            #expect(other.products.factors.map(\.fixedBlocks) == one.products.factors.map(\.fixedBlocks))
            #expect(other.products.pairs.map(\.blocks) == one.products.pairs.map(\.blocks))
            #expect(other.design == one.design)
        }
    }

    /// Levels and types that only the last rows have: the text is read again with them known.
    @Test func learnsWhatTheFirstPartDoesNotHave() throws {
        var data = MessyText(rows: 500, seed: 11)
        for row in 0..<400 where data.rows[row][2] == "high" { data.rows[row][2] = "low" }
        for row in 0..<450 { data.rows[row][4] = "\(row % 7)" }
        for row in 450..<500 { data.rows[row][4] = "site" }
        for row in 300..<320 { data.rows[row][5] = "1.5" }
        let formula = try ModelFormula(parsing: "y ~ f * x + (1 | h) + (1 | k)")
        let streamed = try #require(try StreamedDesign(formula, data.stream()))
        let held = try ModelDesign.build(formula, data: data.table())
        #expect(streamed.design.variables == held.design.variables)
        #expect(streamed.design.groupingFactors == held.design.groupingFactors)
        #expect(streamed.design.data.cells == held.design.data.cells)
    }

    @Test func rowsCanBePreparedPartByPart() throws {
        let data = MessyText(rows: 500, seed: 13)
        let formula = try ModelFormula(parsing: "y ~ z + (1 | g)")
        let mutation = try TableExpression(parsing: "log(x)")
        let condition = try TableExpression(parsing: "g != \"g3\" & x > 0.8")
        let prepare: @Sendable (DataTable) throws -> DataTable = { part in
            try part.mutating("z", mutation, source: "log(x)").filtered(
                where: condition, source: "g != \"g3\" & x > 0.8")
        }
        let streamed = try #require(
            try StreamedDesign(formula, data.stream(), inspecting: ["g", "x"], prepare: prepare))
        let held = try ModelDesign.build(formula, data: try prepare(data.table()))
        #expect(streamed.design.groupingFactors == held.design.groupingFactors)
        #expect(!streamed.design.groupingFactors[0].levels.contains("g3"))
        #expect(streamed.design.data.fingerprint == held.design.data.fingerprint)
    }

    @Test(arguments: ["y ~ poly(x, 2) + (1 | g)", "y ~ I(x - mean(x)) + (1 | g)", "y ~ scale(x) + (1 | cut(x, 3))"])
    func formulasOfAllRowsAreLeftToMemory(_ text: String) throws {
        let data = MessyText(rows: 200, seed: 17, missing: 0)
        #expect(try StreamedDesign(try ModelFormula(parsing: text), data.stream()) == nil)
    }

    /// The message about a value that cannot be used names the row of the file, which only held rows know.
    @Test func valuesThatCannotBeUsedAreLeftToMemory() throws {
        var data = MessyText(rows: 300, seed: 23, missing: 0)
        data.rows[250][1] = "Inf"
        #expect(try StreamedDesign(try ModelFormula(parsing: "y ~ x + (1 | g)"), data.stream()) == nil)
    }

    @Test func sumsThatNeedMoreMemoryThanThereIsEndTheReading() throws {
        let data = MessyText(rows: 400, seed: 8)
        let formula = try ModelFormula(parsing: "y ~ x + (1 | g) + (1 | k)")
        do {
            _ = try StreamedDesign(formula, data.stream(), memory: .bytes(2000))
            Issue.record("nothing was refused")
        } catch let shortage as MemoryShortage {
            #expect(shortage.available == 2000 && shortage.needed > 2000)
            guard case .reading(let pairs) = shortage.work else {
                Issue.record("\(shortage.work)")
                return
            }
            #expect(pairs > 0)
        }
        #expect(try StreamedDesign(formula, data.stream(), memory: .bytes(1 << 30)) != nil)
        #expect(try StreamedDesign(formula, data.stream(), memory: .unlimited) != nil)
    }

    @Test func aRaggedRowIsNamed() throws {
        var data = MessyText(rows: 300, seed: 19)
        data.rows[250].append("one too many")
        let line = data.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).firstIndex {
            $0.suffix(12) == Array("one too many".utf8)[...]
        }
        #expect {
            _ = try StreamedDesign(try ModelFormula(parsing: "y ~ x + (1 | g)"), data.stream())
        } throws: { error in
            guard case TableError.raggedRow(_, let found, let row, _, _) = error else { return false }
            return row == 251 && found <= (line ?? -1) + 1
        }
    }
}
