// Every sub-formula of a cube is answered as from the rows.

import LinearMixedModels
import MixedDesign
import MixedSyntax
import MixedTables
import Testing

@Suite struct CubeFormulaTests {
    static let wide = "y ~ x1 * x2 + f * d + (1 + x1 + x2 | g) + (1 + f | h)"

    static let formulas = [
        "y ~ x1 * x2 + f * d + (1 + x2 | g) + (1 | h)",
        "y ~ x1 + (1 | g)", "y ~ x1 + x2 + (1 + x2 || g) + (1 | h)", "y ~ x1 * x2 + (0 + x2 | g)", "y ~ f + (1 | h)",
        "y ~ 0 + f + x2 + (1 | g)", "y ~ f:d + (1 | h) + (1 | g)", "y ~ x1 + x1:x2 + x2 + f", "y ~ 1 + (1 | g)",
        "y ~ d * f + (1 + f | h)", "y ~ f + (0 + f | h)",
    ]

    @Test(arguments: formulas, [EstimationMethod.restrictedLikelihood, .likelihood])
    func subFormulasAreThoseOfTheRows(_ formula: String, method: EstimationMethod) throws {
        let table = try CubeTable.rows()
        let cube = try DataCube(Self.wide, data: table)
        let rows = try LinearMixedModel(formula, data: table, method: method).fit()
        CubeTable.expectSame(try cube.fit(formula, method: method), rows)
    }

    @Test func ownFormulaNeedsNoText() throws {
        let table = try CubeTable.rows()
        let formula = "y ~ x1 + f + (1 + x2 | g) + (1 | h)"
        let cube = try DataCube(formula, data: table)
        let rows = try LinearMixedModel(formula, data: table).fit()
        CubeTable.expectSame(try cube.fit(), rows, relative: 1e-12)
        #expect(try cube.fit().residuals == nil)
    }

    @Test(arguments: [
        ("y ~ x1 + f + (1 | g)", ["f": ContrastCoding.sum], [:]),
        ("y ~ x1 + f * d + (1 | g)", ["f": .helmert, "d": .sum], [:]),
        ("y ~ f + (1 + f | h)", ["f": .polynomial], [:]),
        ("y ~ f * d + (1 | g)", [:], ["f": ["mid", "base", "high"], "d": ["yes", "no"]]),
        ("y ~ f * d + (1 + f | h)", ["f": .treatment(reference: "high")], [:]),
    ])
    func contrastsAreLinearMaps(
        _ formula: String, contrasts: [String: ContrastCoding], levels: [String: [String]]
    ) throws {
        let table = try CubeTable.rows()
        let cube = try DataCube(Self.wide, data: table)
        var changed = table
        for (name, order) in levels { changed = try changed.convertingToFactor(name, levels: order).table }
        let rows = try LinearMixedModel(
            formula, data: changed, options: DesignOptions(contrasts: contrasts)
        ).fit()
        CubeTable.expectSame(try cube.fit(formula, contrasts: contrasts, levels: levels), rows)
    }

    @Test func weightsAndOffsets() throws {
        let table = try CubeTable.rows()
        let options = DesignOptions(
            weights: try TableExpression(parsing: "w"), offset: try TableExpression(parsing: "o"))
        let cube = try DataCube("y ~ x1 * x2 + f + (1 + x2 | g) + (1 | h)", data: table, options: options)
        for formula in ["y ~ x1 + (1 | g)", "y ~ x2 + f + (1 + x2 | g)"] {
            let rows = try LinearMixedModel(formula, data: table, options: options).fit()
            CubeTable.expectSame(try cube.fit(formula), rows)
        }
    }

    @Test(arguments: [
        ("y ~ x3 + (1 | g)", "'x3'", "'x1', 'x2'"),
        ("y ~ x1 + (1 | k)", "random effects of 'k'", "'g', 'h'"),
        ("y ~ x1 * f + (1 | g)", "the column 'x1:f", "'x1:x2'"),
        ("y ~ x1 + (1 + x1 | h)", "random effects of 'x1' by 'h'", "'(Intercept)'"),
        ("x2 ~ x1 + (1 | h)", "The response of the cube is 'y', not 'x2'", "another"),
        ("y ~ x1 + offset(x2) + (1 | h)", "another offset", "leave offset() out"),
    ])
    func whatIsMissingIsNamed(_ formula: String, sentence: String, hint: String) throws {
        let cube = try DataCube(Self.wide, data: CubeTable.rows(200))
        let error = try #require(throws: CubeError.self) { try cube.fit(formula) }
        #expect(error.sentence.contains(sentence), "\(error)")
        #expect(error.hint?.contains(hint) ?? false, "\(error)")
    }

    @Test func contrastsOfWhatIsNoFactor() throws {
        let cube = try DataCube(Self.wide, data: CubeTable.rows(200))
        #expect(throws: CubeError.self) { try cube.fit("y ~ x1", contrasts: ["x1": .sum]) }
        #expect(throws: CubeError.self) { try cube.fit("y ~ f", levels: ["f": ["high", "mid"]]) }
        #expect(throws: CubeError.self) { try cube.fit("y ~ f", contrasts: ["f": .treatment(reference: "none")]) }
    }
}
