// Cubes that do not belong together are refused with a sentence that says what differs.

import LinearMixedModels
import MixedDesign
import MixedSyntax
import MixedTables
import Testing

@Suite struct CubeDisagreementTests {
    private static func refusal(
        _ first: DataCube, _ second: DataCube, location: SourceLocation = #_sourceLocation
    ) throws -> CubeError {
        try #require(throws: CubeError.self, sourceLocation: location) { try first.adding(second) }
    }

    @Test func formulasAndOptions() throws {
        let table = try CubeTable.rows(200)
        let cube = try DataCube("y ~ x1 + f + (1 | g)", data: table)
        #expect(
            try Self.refusal(cube, DataCube("y ~ x1 + (1 | g)", data: table)).sentence
                .contains("different formulas: y ~ x1 + f + (1 | g) in the first cube, y ~ x1 + (1 | g) in the second"))
        let weighted = DesignOptions(weights: try TableExpression(parsing: "w"))
        let other = try DataCube("y ~ x1 + f + (1 | g)", data: table, options: weighted)
        #expect(try Self.refusal(cube, other).sentence.contains("different weights: none in the first cube, w in"))
        let offset = DesignOptions(offset: try TableExpression(parsing: "o"))
        let third = try DataCube("y ~ x1 + f + (1 | g)", data: table, options: offset)
        #expect(try Self.refusal(cube, third).sentence.contains("offsets"))
        let coded = try DataCube(
            "y ~ x1 + f + (1 | g)", data: table, options: DesignOptions(contrasts: ["f": .sum]))
        #expect(try Self.refusal(cube, coded).sentence.contains("'f' is coded by treatment contrasts"))
    }

    @Test(arguments: ["scale(x1)", "poly(x1, 2)", "ns(x2, df = 3)", "cut(x2, 3)"])
    func learnedApart(_ term: String) throws {
        let table = try CubeTable.rows(200)
        let formula = "y ~ \(term) + (1 | g)"
        let error = try Self.refusal(
            DataCube(formula, data: CubeTable.part(table) { $0 < 100 }),
            DataCube(formula, data: CubeTable.part(table) { $0 >= 100 }))
        #expect(error.sentence.contains("'\(term)' was computed from the rows of each cube"), "\(error)")
    }

    @Test func numbersAndText() throws {
        let table = try CubeTable.rows(200)
        let names = try #require(table["h"]?.values.asCategorical())
        let texts = CategoricalValues(codes: names.codes, levels: names.levels, kind: .text)
        let other = try table.replacing(Column("h", .categorical(texts)))
        let cube = try DataCube("y ~ x1 + (1 | h)", data: table)
        let error = try Self.refusal(cube, DataCube("y ~ x1 + (1 | h)", data: other))
        #expect(error.sentence == "'h' has numbers in the first cube and text in the second cube")
        #expect(throws: CubeError.self) { try cube.adding(other) }
    }

    @Test func ordersOfLevels() throws {
        let table = try CubeTable.rows(200)
        let one = try table.convertingToFactor("f", levels: ["mid", "base", "high"]).table
        let other = try table.convertingToFactor("f", levels: ["high", "mid", "base"]).table
        let error = try Self.refusal(
            DataCube("y ~ f + (1 | g)", data: one), DataCube("y ~ f + (1 | g)", data: other))
        #expect(error.sentence.contains("different orders: mid, base, high and high, mid, base"), "\(error)")
    }

    /// Whole numbers are spelled with all their digits, beside others by 15.
    @Test func wholeNumbersBesideOthers() throws {
        let table = try CubeTable.rows(400)
        guard case .integer(let numbers)? = table["h"]?.values else { return }
        let mixed = try table.replacing(
            Column("h", .double(numbers.enumerated().map { $0 % 7 == 0 && $0 >= 200 ? 0.5 : Double($1) })))
        let first = CubeTable.part(mixed) { $0 < 200 }
        let whole = try first.replacing(Column("h", .integer(Array(numbers[..<200]))))
        let formula = "y ~ x1 + (1 | h)"
        let merged = try DataCube(formula, data: whole).adding(
            DataCube(formula, data: CubeTable.part(mixed) { $0 >= 200 }))
        let rows = try LinearMixedModel(formula, data: mixed).fit()
        #expect(rows.randomEffects[0].levels.contains("1e+05"))
        CubeTable.expectSame(try merged.fit(), rows)
    }

    @Test func smallCells() throws {
        let table = try CubeTable.rows(300)
        let cube = try DataCube("y ~ x1 + f + (1 | g) + (1 | h)", data: table)
        try cube.requireCells(of: 1)
        let error = try #require(throws: CubeError.self) { try cube.requireCells(of: 5) }
        #expect(error.sentence.contains("pairs of levels of 'g' and 'h'"), "\(error)")
        #expect(cube.cells(withFewerRowsThan: 2).map(\.rows) == [1])
        let alone = try DataCube("y ~ x1 + f + (1 | h)", data: table)
        try alone.requireCells(of: 5)
    }
}
