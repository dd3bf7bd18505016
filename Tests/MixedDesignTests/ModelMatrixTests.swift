// The fixed-effects columns against R's model.matrix, and on new data against themselves.

import Foundation
import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct ModelMatrixTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var formula: String
        var contrasts: [String: String]
        var names: [String]
        var assign: [Int]
        var sums: [Double]

        var testDescription: String { formula + (contrasts.isEmpty ? "" : " with \(contrasts)") }

        enum CodingKeys: String, CodingKey { case formula, contrasts, names, assign, sums }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            formula = try container.decode(String.self, forKey: .formula)
            contrasts = (try? container.decode([String: String].self, forKey: .contrasts)) ?? [:]
            names = try container.decode([String].self, forKey: .names)
            assign = try container.decode([Int].self, forKey: .assign)
            sums = try container.decode([Double].self, forKey: .sums)
        }

        var options: DesignOptions {
            DesignOptions(contrasts: contrasts.compactMapValues { ContrastCoding(named: $0) })
        }
    }

    struct Reference: Decodable {
        var fixed: [Case]
    }

    static let cases = (try? Golden.load("fixed.json", as: Reference.self))?.fixed ?? []

    @Test func referenceIsComplete() { #expect(Self.cases.count == 67) }

    @Test(arguments: cases) func agreesWithR(expected: Case) throws {
        let formula = try ModelFormula(parsing: expected.formula)
        let (design, frame) = try ModelDesign.build(formula, data: ReferenceTable.table, options: expected.options)
        #expect(design.fixedColumnNames == expected.names)
        let assign = design.fixedTerms.enumerated().flatMap { number, term in
            term.columns.map { _ in design.hasIntercept ? number : number + 1 }
        }
        #expect(assign == expected.assign)
        let sums = (0..<frame.fixedColumnCount).flatMap { checksums(frame.fixedColumn($0)) }
        #expect(distance(sums, expected.sums) < 1e-10)
    }

    @Test(arguments: cases) func newDataGivesTheSameColumns(expected: Case) throws {
        let formula = try ModelFormula(parsing: expected.formula)
        let (built, frame) = try ModelDesign.build(formula, data: ReferenceTable.table, options: expected.options)
        let design = try JSONDecoder().decode(ModelDesign.self, from: JSONEncoder().encode(built))
        #expect(design == built)
        let rows = [30, 2, 2, 17, 8]
        let new = try design.frame(for: ReferenceTable.rows(rows))
        for column in 0..<frame.fixedColumnCount {
            let trained = frame.fixedColumn(column)
            #expect(distance(new.fixedColumn(column), rows.map { trained[$0] }) < 1e-13)
        }
        #expect(new.response == rows.map { frame.response[$0] })
        for row in rows.prefix(2) {
            let single = try design.frame(for: ReferenceTable.rows([row]), containing: .prediction)
            let columns = (0..<frame.fixedColumnCount).map { single.fixedColumn($0)[0] }
            #expect(distance(columns, (0..<frame.fixedColumnCount).map { frame.fixedColumn($0)[row] }) < 1e-13)
            #expect(single.response.isEmpty)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 8, 31]) func blocksOfRowsAgreeWithWholeColumns(length: Int) throws {
        let formula = try ModelFormula(parsing: "y ~ x * f * o + b + (x + f || subject)")
        let options = DesignOptions(contrasts: ["f": .sum])
        let (design, frame) = try ModelDesign.build(formula, data: ReferenceTable.table, options: options)
        let leading = length + 3
        let count = max(frame.fixedColumnCount, frame.randomColumnCount(factor: 0))
        for start in stride(from: 0, through: frame.rowCount - length, by: max(length, 5)) {
            var block = [Double](repeating: -7, count: leading * count)
            let rows = start..<(start + length)
            func expect(_ column: Int, _ whole: [Double]) {
                #expect(Array(block[(column * leading)..<(column * leading + length)]) == Array(whole[rows]))
                let gap = block[(column * leading + length)..<((column + 1) * leading)]
                #expect(gap.allSatisfy { $0 == -7 })
            }
            block.withUnsafeMutableBufferPointer {
                frame.fillFixed(rows: rows, into: $0.baseAddress!, leadingDimension: leading)
            }
            for column in 0..<frame.fixedColumnCount { expect(column, frame.fixedColumn(column)) }
            block = block.map { _ in -7 }
            block.withUnsafeMutableBufferPointer {
                frame.fillRandom(factor: 0, rows: rows, into: $0.baseAddress!, leadingDimension: leading)
            }
            for column in 0..<frame.randomColumnCount(factor: 0) {
                expect(column, frame.randomColumn(factor: 0, column))
            }
        }
        #expect(design.fixedColumnNames.count == frame.fixedColumnCount)
    }
}
