// The random-effects design against lme4's mkReTrms.

import Foundation
import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct RandomEffectsTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Term: Decodable, Sendable {
            var factor: Int
            var columns: [String]
            var sums: [Double]
        }
        var formula: String
        var factors: [String]
        var levels: [[String]]
        var terms: [Term]
        var testDescription: String { formula }
    }

    struct Reference: Decodable {
        var random: [Case]
    }

    static let cases = (try? Golden.load("random.json", as: Reference.self))?.random ?? []

    @Test func referenceIsComplete() { #expect(Self.cases.count == 29) }

    @Test(arguments: cases) func agreesWithLme4(expected: Case) throws {
        let formula = try ModelFormula(parsing: expected.formula)
        let (built, frame) = try ModelDesign.build(formula, data: ReferenceTable.table)
        let design = try JSONDecoder().decode(ModelDesign.self, from: JSONEncoder().encode(built))
        #expect(design == built)
        #expect(design.groupingFactors.map(\.name) == expected.factors)
        #expect(design.groupingFactors.map(\.levels) == expected.levels)
        let terms = design.randomTerms
        #expect(terms.map(\.columnNames) == expected.terms.map(\.columns))
        #expect(terms.map { $0.factorIndex + 1 } == expected.terms.map(\.factor))
        #expect(terms.map(\.termIndex) == Array(terms.indices))
        for (term, reference) in zip(terms, expected.terms) {
            let factor = design.groupingFactors[term.factorIndex]
            #expect(factor.terms.contains(term))
            #expect(
                Array(factor.columnNames[term.columnOffset..<(term.columnOffset + term.columnCount)])
                    == term.columnNames)
            let codes = frame.codes(factor: term.factorIndex)
            let sums = (0..<term.columnCount).flatMap { column in
                let values = frame.randomColumn(factor: term.factorIndex, term.columnOffset + column)
                return checksums(zip(values, codes).map { $0 * Double($1 + 1) })
            }
            #expect(distance(sums, reference.sums) < 1e-10)
        }
        let rows = [35, 0, 11, 11, 20]
        let new = try design.frame(for: ReferenceTable.rows(rows))
        for factor in design.groupingFactors.indices {
            let codes = frame.codes(factor: factor)
            #expect(new.codes(factor: factor) == rows.map { codes[$0] })
            for column in 0..<frame.randomColumnCount(factor: factor) {
                let values = frame.randomColumn(factor: factor, column)
                #expect(distance(new.randomColumn(factor: factor, column), rows.map { values[$0] }) < 1e-13)
            }
        }
    }

    @Test func columnsOfIndependentTermsAreTermsOfTheirOwn() throws {
        let formula = try ModelFormula(parsing: "y ~ (1 + x * f || subject)")
        let (design, _) = try ModelDesign.build(formula, data: ReferenceTable.table)
        #expect(
            design.randomTerms.map(\.columnNames)
                == [["(Intercept)"], ["x"], ["fgreen"], ["fred"], ["x:fgreen"], ["x:fred"]])
        #expect(design.groupingFactors[0].terms.map(\.columnOffset) == [0, 1, 2, 3, 4, 5])
        let bare = try ModelFormula(parsing: "y ~ (0 + f || subject)")
        #expect(
            try ModelDesign.build(bare, data: ReferenceTable.table).design.randomTerms.map(\.columnNames)
                == [["fblue"], ["fgreen"], ["fred"]])
    }

    @Test func contrastsApplyToRandomSlopes() throws {
        let formula = try ModelFormula(parsing: "y ~ (1 + g | ward) + (0 + f | ward)")
        let options = DesignOptions(contrasts: ["g": .sum, "f": .helmert])
        let (design, frame) = try ModelDesign.build(formula, data: ReferenceTable.table, options: options)
        #expect(design.groupingFactors[0].columnNames == ["(Intercept)", "g1", "fblue", "fgreen", "fred"])
        #expect(Set(frame.randomColumn(factor: 0, 1)) == [1, -1])
    }

    @Test(arguments: [1, 2, 3, 50, 997]) func crossedLevelsMatchADictionary(rows: Int) {
        var state: UInt64 = UInt64(rows) &* 0x9e37_79b9_7f4a_7c15
        func next(_ bound: UInt64) -> Int32 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int32((state >> 33) % bound)
        }
        func dense(_ codes: [Int32]) -> ([Int32], Int) {
            let levels = Set(codes).sorted()
            return (codes.map { Int32(levels.firstIndex(of: $0) ?? 0) }, levels.count)
        }
        let (first, firstCount) = dense((0..<rows).map { _ in next(7) })
        let (second, secondCount) = dense((0..<rows).map { _ in next(40) })
        let (third, thirdCount) = dense((0..<rows).map { _ in next(3) })
        var crossed = GroupingCodes(codes: first, levelCount: firstCount)
        crossed.cross(with: second, levelCount: secondCount)
        crossed.cross(with: third, levelCount: thirdCount)
        let keys = (0..<rows).map { [first[$0], second[$0], third[$0]] }
        let sorted = Set(keys).sorted { $0.lexicographicallyPrecedes($1) }
        #expect(crossed.codes == keys.map { Int32(sorted.firstIndex(of: $0) ?? -1) })
        #expect(sorted.indices.map { level in crossed.parts.map { $0[level] } } == sorted)
    }
}
