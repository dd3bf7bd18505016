// Parts of the data, collected apart, are the whole.

import LinearMixedModels
import MixedDesign
import MixedSyntax
import MixedTables
import Testing

@Suite struct CubeMergingTests {
    struct Split: Sendable, CustomTestStringConvertible {
        var name: String
        /// The part that a row belongs to.
        var part: @Sendable (Int) -> Int
        var testDescription: String { name }
    }

    static let splits = [
        Split(name: "two halves") { $0 < 300 ? 0 : 1 },
        Split(name: "a few rows first") { $0 < 9 ? 0 : ($0 < 40 ? 1 : 2) },
        Split(name: "in turn") { $0 % 5 },
        Split(name: "single rows") { $0 < 4 ? $0 : 4 },
    ]

    // Without a constant nothing can be centred, and a response near 10⁶ loses its digits in the rows' own fit, too.
    static let formulas = [
        "y ~ x1 * x2 + f + (1 + x2 | g) + (1 | h)", "y ~ 0 + f + x1 + (1 | g/c)", "y ~ f * d + x1 + (1 + f | h)",
        "y ~ x1 + I((x1 - 1e4)^2) + I((x1 - 1e4)^3) + (0 + x2 | g) + (1 | h)", "I(y - 1e6) ~ 0 + x2 + (1 | h)",
        "log(y) ~ factor(c) * x2 + (x2 || g) + (1 | g:h)", "y ~ x1 + f",
    ]

    @Test(arguments: splits, formulas)
    func partsInAnyOrder(_ split: Split, formula: String) throws {
        let table = try CubeTable.rows()
        let count = (0..<table.rowCount).map(split.part).max() ?? 0
        let cubes = try (0...count).map { part in
            try DataCube(formula, data: CubeTable.part(table) { split.part($0) == part })
        }
        let rows = try LinearMixedModel(formula, data: table).fit()
        for order in [Array(cubes), cubes.reversed(), Array(cubes[1...] + cubes[..<1])] {
            CubeTable.expectSame(try DataCube.merging(order).fit(), rows, split.name)
        }
        let chain = try cubes.dropFirst().reduce(cubes[0]) { try $0.adding($1) }
        CubeTable.expectSame(try chain.fit(), rows, split.name)
    }

    /// A cube of each level of `f`, in two orders, and the fit of the whole.
    private static func levelsApart(
        _ formula: String, _ coding: ContrastCoding
    ) throws -> (merged: [LinearMixedModelFit], rows: LinearMixedModelFit) {
        let table = try CubeTable.rows()
        let options = DesignOptions(contrasts: ["f": coding])
        let levels = try #require(table["f"]?.values.asCategorical())
        let cubes = try (0..<3).map { level in
            try DataCube(formula, data: CubeTable.part(table) { levels.codes[$0] == Int32(level) }, options: options)
        }
        return (
            [try DataCube.merging(cubes).fit(), try DataCube.merging([cubes[2], cubes[0], cubes[1]]).fit()],
            try LinearMixedModel(formula, data: table, options: options).fit()
        )
    }

    @Test(arguments: [ContrastCoding.treatment, .sum, .helmert, .polynomial])
    func partsThatLackLevels(_ coding: ContrastCoding) throws {
        let (merged, rows) = try Self.levelsApart("y ~ x1 * f + d + (1 | h)", coding)
        for fit in merged { CubeTable.expectSame(fit, rows) }
    }

    /// On the boundary the estimates depend on how small a pivot may be that is told from zero, 10⁻⁷ of a level's information.
    @Test(arguments: [ContrastCoding.treatment, .sum, .helmert, .polynomial])
    func randomEffectsOfLevelsThatPartsLack(_ coding: ContrastCoding) throws {
        let (merged, rows) = try Self.levelsApart("y ~ x1 * f + d + (1 + f | h)", coding)
        CubeTable.expectSame(merged[1], merged[0])
        for fit in merged {
            CubeTable.expectSame(fit, rows, relative: 1e-7)
            #expect(abs(fit.criterion - rows.criterion) <= 1e-9 * abs(rows.criterion))
        }
    }

    /// The levels of a grouping factor that each hospital has only one of.
    @Test func hospitalsOfOneLevelEach() throws {
        let table = try CubeTable.rows()
        let formula = "y ~ x1 + f + (1 + x2 | g) + (1 | h)"
        let groups = try #require(table["g"]?.values.asCategorical())
        let cubes = try groups.levels.indices.map { level in
            try DataCube(formula, data: CubeTable.part(table) { groups.codes[$0] == Int32(level) })
        }
        #expect(throws: DesignError.self) { try cubes[0].fit() }
        CubeTable.expectSame(
            try DataCube.merging(cubes).fit(), try LinearMixedModel(formula, data: table).fit())
    }

    @Test func weightedParts() throws {
        let table = try CubeTable.rows()
        let options = DesignOptions(
            weights: try TableExpression(parsing: "w"), offset: try TableExpression(parsing: "o"))
        let formula = "y ~ x1 + f + (1 + x2 | g) + (1 | h)"
        let cubes = try (0..<3).map { part in
            try DataCube(formula, data: CubeTable.part(table) { $0 / 200 == part }, options: options)
        }
        let merged = try DataCube.merging(cubes)
        CubeTable.expectSame(try merged.fit(), try LinearMixedModel(formula, data: table, options: options).fit())
        let less = try merged.subtracting(cubes[1])
        let rest = CubeTable.part(table) { $0 / 200 != 1 }
        CubeTable.expectSame(try less.fit(), try LinearMixedModel(formula, data: rest, options: options).fit())
    }

    @Test func whatIsRememberedOfTheRows() throws {
        let table = try CubeTable.rows()
        let formula = "y ~ x1 * f + d + (1 | h)"
        let whole = try DataCube(formula, data: table)
        let parts = try (0..<3).map { part in try DataCube(formula, data: CubeTable.part(table) { $0 % 3 == part }) }
        let merged = try DataCube.merging(parts)
        #expect(merged.design.variables == whole.design.variables)
        #expect(merged.design.groupingFactors == whole.design.groupingFactors)
        #expect(merged.design.data.cells == whole.design.data.cells)
        #expect(merged.pairCounts == whole.pairCounts)
        for (name, summary) in whole.design.data.variables {
            switch (summary, merged.design.data.variables[name]) {
            case (.numeric(let one), .numeric(let other)?):
                #expect(abs(one.mean - other.mean) <= 1e-14 * abs(one.mean))
                #expect(abs(one.standardDeviation - other.standardDeviation) <= 1e-11)
                #expect(one.minimum == other.minimum && one.maximum == other.maximum && one.count == other.count)
            case (let one, let other): #expect(one == other)
            }
        }
    }

    @Test func theSameRowsTwice() throws {
        let cube = try DataCube("y ~ x1 + (1 | g)", data: CubeTable.rows(100))
        #expect(
            try cube.adding(cube).notes == [
                "the first cube and the second cube have the same responses: the same rows may be in the cube twice."
            ])
    }
}
