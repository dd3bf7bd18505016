// Rows are taken out of a cube again: what is left is the cube of the others.

import LinearMixedModels
import MixedDesign
import MixedTables
import Testing

@Suite struct CubeSubtractionTests {
    static let formulas = [
        "y ~ x1 * x2 + f + (1 + x2 | g) + (1 | h)", "y ~ 0 + f + x1 + (1 | g/c)", "y ~ f * d + x1 + (1 + f | h)",
    ]

    @Test(arguments: formulas)
    func addThenSubtract(_ formula: String) throws {
        let table = try CubeTable.rows()
        let first = CubeTable.part(table) { $0 < 400 }
        let cube = try DataCube(formula, data: first)
        let other = try DataCube(formula, data: CubeTable.part(table) { $0 >= 400 })
        let back = try cube.adding(other).subtracting(other)
        #expect(back.design.groupingFactors == cube.design.groupingFactors)
        #expect(back.design.data.cells == cube.design.data.cells)
        #expect(back.pairCounts == cube.pairCounts)
        #expect(back.design.data.fingerprint == cube.design.data.fingerprint)
        CubeTable.expectSame(try back.fit(), try LinearMixedModel(formula, data: first).fit())
    }

    @Test(arguments: formulas)
    func participantIsWithdrawn(_ formula: String) throws {
        let table = try CubeTable.rows()
        let groups = try #require(table["g"]?.values.asCategorical())
        let level = groups.levels.firstIndex(of: "g17") ?? 0
        let own = CubeTable.part(table) { groups.codes[$0] == Int32(level) }
        let rest = CubeTable.part(table) { groups.codes[$0] != Int32(level) }
        let less = try DataCube(formula, data: table).subtracting(own)
        CubeTable.expectSame(try less.fit(), try LinearMixedModel(formula, data: rest).fit())
        #expect(less.notes.contains { $0.contains("smallest and largest") })
    }

    @Test func levelOfAFixedFactorVanishes() throws {
        let table = try CubeTable.rows()
        let formula = "y ~ x1 * f + (1 + f | g)"
        let levels = try #require(table["f"]?.values.asCategorical())
        for gone in 0..<3 {
            let own = CubeTable.part(table) { levels.codes[$0] == Int32(gone) }
            let rest = CubeTable.part(table) { levels.codes[$0] != Int32(gone) }
            let less = try DataCube(formula, data: table).subtracting(own)
            CubeTable.expectSame(try less.fit(), try LinearMixedModel(formula, data: rest).fit(), levels.levels[gone])
        }
    }

    /// Bases and means are those of the cube, and new levels of grouping factors are welcome.
    @Test(arguments: ["poly(x1, 2) + scale(x2)", "ns(x2, df = 3) + x1", "factor(c) + x1", "cut(x2, 3)"])
    func rowsAreCodedAsTheCube(_ terms: String) throws {
        let table = try CubeTable.rows()
        let formula = "y ~ \(terms) + (1 | g) + (1 | h)"
        let first = CubeTable.part(table) { $0 % 3 != 0 }
        let more = CubeTable.part(table) { $0 % 3 == 0 }
        let cube = try DataCube(formula, data: first)
        let both = try cube.adding(more)
        #expect(both.design.variables == cube.design.variables)
        #expect(both.rowCount == table.rowCount)
        let back = try both.subtracting(more)
        CubeTable.expectSame(try back.fit(), try cube.fit())
        let whole = try both.fit()
        let rows = try LinearMixedModel(formula, data: table).fit()
        if !terms.contains("cut") && !terms.contains("ns") {
            // The same column space, so the same likelihood of full maximum likelihood.
            let one = try both.fit(method: .likelihood)
            let other = try LinearMixedModel(formula, data: table, method: .likelihood).fit()
            #expect(abs(one.criterion - other.criterion) <= 1e-9 * abs(other.criterion))
        }
        #expect(whole.coefficients.count == rows.coefficients.count)
    }

    @Test func rowsThatAreNotInTheCube() throws {
        let table = try CubeTable.rows(300)
        let formula = "y ~ x1 + f + (1 | g) + (1 | h)"
        let cube = try DataCube(formula, data: table)
        let stranger = try CubeTable.rows(300, seed: 2, groups: 40)
        let error = try #require(throws: CubeError.self) { try cube.subtracting(stranger) }
        #expect(error.kind == .rowsNotInside || error.kind == .nothingLeft)
        #expect(throws: CubeError.self) { try cube.subtracting(table) }

        // The same groups with another response.
        var values = try #require(table["x2"])
        guard case .double(let numbers) = values.values else { return }
        values = Column("x1", .double(numbers))
        let groups = try #require(table["g"]?.values.asCategorical())
        let own = CubeTable.part(try table.replacing(values)) { groups.codes[$0] == 3 }
        let slopes = try DataCube("y ~ x1 + (1 + x1 | g)", data: table)
        let other = try #require(throws: CubeError.self) { try slopes.subtracting(own) }
        #expect(other.kind == .rowsNotInside)
        #expect(other.sentence.contains("other values"), "\(other)")
    }
}
