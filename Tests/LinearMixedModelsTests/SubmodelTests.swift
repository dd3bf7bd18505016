// A sub-model fitted from the model's cross-products is the sub-model fitted from the rows.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

/// A model, a sub-model, and how both are met with the data.
struct SubmodelCase: Sendable, CustomTestStringConvertible {
    var model: String
    var submodel: String
    var isWeighted = false
    var hasOffset = false
    var contrasts: [String: ContrastCoding] = [:]

    var testDescription: String {
        "\(model) -> \(submodel)\(isWeighted ? " weighted" : "")\(hasOffset ? " offset" : "") \(contrasts.keys.sorted())"
    }

    var options: DesignOptions {
        var options = DesignOptions()
        if isWeighted { options.weights = try? TableExpression(parsing: "wt") }
        if hasOffset { options.offset = try? TableExpression(parsing: "off") }
        options.contrasts = contrasts
        return options
    }

    static let all: [SubmodelCase] = [
        .init(model: "y ~ x + f + (1 | s)", submodel: "y ~ x + (1 | s)"),
        .init(model: "y ~ x + f + (1 | s)", submodel: "y ~ 1 + (1 | s)"),
        .init(model: "y ~ x + f + (1 + x | s)", submodel: "y ~ f + (1 + x | s)"),
        .init(model: "y ~ x + f + (1 + x | s)", submodel: "y ~ x + f + (1 | s)"),
        .init(model: "y ~ x + f + (1 + x | s)", submodel: "y ~ x + f + (0 + x | s)"),
        .init(model: "y ~ x + f + (1 + x | s)", submodel: "y ~ x + f + (1 + x || s)"),
        .init(model: "y ~ x + (1 + x || s)", submodel: "y ~ x + (1 | s)"),
        .init(model: "y ~ x + f + (1 | s) + (1 | h)", submodel: "y ~ x + f + (1 | h)"),
        .init(model: "y ~ x + f + (1 | s) + (1 | h)", submodel: "y ~ f + (1 | s)"),
        .init(model: "y ~ x + f + (1 | s) + (1 | h)", submodel: "y ~ x + f"),
        .init(model: "y ~ x + (1 + x | s) + (1 + x | h)", submodel: "y ~ x + (1 | s) + (1 + x | h)"),
        .init(model: "y ~ x + (1 + x | s) + (1 + x | h)", submodel: "y ~ 1 + (1 + x | s) + (0 + x | h)"),
        .init(model: "y ~ x + (1 | s/n)", submodel: "y ~ x + (1 | s)"),
        .init(model: "y ~ x + (1 | s/n)", submodel: "y ~ 1 + (1 | n:s)"),
        .init(model: "y ~ x + (1 | s/n) + (1 | h)", submodel: "y ~ x + (1 | n:s) + (1 | h)"),
        .init(model: "y ~ f * g * x + (1 | s)", submodel: "y ~ f * g + x + (1 | s)"),
        .init(model: "y ~ f * g + (1 | s)", submodel: "y ~ g + f:g + (1 | s)"),
        .init(model: "y ~ f * g + (1 | s)", submodel: "y ~ f:g + (1 | s)"),
        .init(model: "y ~ f * g + (1 | s)", submodel: "y ~ 0 + f:g + (1 | s)", contrasts: ["f": .sum]),
        .init(model: "y ~ f * g + (1 | s)", submodel: "y ~ f:g + (1 | s)", contrasts: ["f": .sum, "g": .polynomial]),
        .init(model: "y ~ f * x + (1 | s)", submodel: "y ~ f:x + (1 | s)", contrasts: ["f": .helmert]),
        .init(model: "y ~ f * x + (1 | s)", submodel: "y ~ 0 + f + f:x + (1 | s)"),
        .init(model: "y ~ f + x + (1 | s)", submodel: "y ~ 0 + f + x + (1 | s)"),
        .init(model: "y ~ 0 + f + g + x + (1 | s)", submodel: "y ~ f + x + (1 | s)"),
        .init(model: "y ~ 0 + f + g + x + (1 | s)", submodel: "y ~ 0 + g + (1 | s)"),
        .init(model: "y ~ 0 + f + year + (1 | s)", submodel: "y ~ 0 + year + (1 | s)"),
        .init(model: "y ~ x + year + (1 | s)", submodel: "y ~ 0 + x + year + (1 | s)"),
        .init(model: "y ~ 0 + x + year + (1 | s)", submodel: "y ~ 0 + x + (1 | s)"),
        .init(model: "y ~ year + I(year^2) + I(year^3) + x + (1 | s)", submodel: "y ~ year + x + (1 | s)"),
        .init(model: "y ~ year + I(year^2) + x + (1 | s)", submodel: "y ~ I(year^2) + x + (1 | s)"),
        .init(model: "y ~ x + near + f + (1 | s)", submodel: "y ~ near + f + (1 | s)"),
        .init(model: "y ~ x + near + f + (1 | s)", submodel: "y ~ x + near + (1 | s)"),
        .init(model: "y ~ x + twice + f + (1 | s)", submodel: "y ~ twice + f + (1 | s)"),
        .init(model: "y ~ x + twice + f + (1 | s)", submodel: "y ~ x + twice + (1 | s)"),
        .init(model: "y ~ f * k + x + (1 | s)", submodel: "y ~ f:k + (1 | s)"),
        .init(model: "y ~ f * k + x + (1 | s)", submodel: "y ~ f + k + x + (1 | s)"),
        .init(model: "y ~ poly(x, 3) + f + (1 + f | s)", submodel: "y ~ poly(x, 3) + (1 | s)"),
        .init(model: "y ~ x + (1 + g | s)", submodel: "y ~ x + (0 + g | s)"),
        .init(model: "y ~ x + (0 + g | s)", submodel: "y ~ x + (1 | s)", contrasts: ["g": .sum]),
        .init(model: "y ~ log(pos) + f + offset(off) + (1 | s)", submodel: "y ~ f + offset(off) + (1 | s)"),
        .init(model: "y ~ x + f + (1 + x | s) + (1 | h)", submodel: "y ~ x + (1 | s)", isWeighted: true),
        .init(model: "y ~ x + f + (1 + x | s)", submodel: "y ~ 0 + f + (1 + x | s)", isWeighted: true),
        .init(model: "y ~ x + f + (1 | s)", submodel: "y ~ x + (1 | s)", isWeighted: true, hasOffset: true),
        .init(
            model: "y ~ f * g + x + (1 | s)", submodel: "y ~ f:g + (1 | s)", isWeighted: true, contrasts: ["f": .sum]),
        .init(model: "y ~ x + f", submodel: "y ~ x"),
        .init(model: "y ~ x + f", submodel: "y ~ 0 + x"),
    ]

    /// 300 rows of everything that the formulas need; the response has a large mean and the year a large one too.
    static func data() throws -> DataTable {
        var generator = SeededGenerator(seed: 20_261)
        let rows = 300
        let x = (0..<rows).map { _ in generator.normal() }
        let s = (0..<rows).map { $0 < 15 ? $0 : Int.random(in: 0..<15, using: &generator) }
        let n = (0..<rows).map { _ in Int.random(in: 0..<3, using: &generator) }
        let h = (0..<rows).map { $0 < 11 ? $0 : Int.random(in: 0..<11, using: &generator) }
        let f = (0..<rows).map { $0 % 4 }
        let g = (0..<rows).map { _ in Int.random(in: 0..<3, using: &generator) }
        // Some combinations of f and k never occur.
        let k = (0..<rows).map { f[$0] == 0 ? 0 : Int.random(in: 0..<3, using: &generator) }
        let year = (0..<rows).map { _ in Double(2000 + Int.random(in: 0..<12, using: &generator)) }
        let bySubject = (0..<15).map { _ in (generator.normal(), generator.normal()) }
        let byHelper = (0..<11).map { _ in (generator.normal(), generator.normal()) }
        let byNest = (0..<45).map { _ in generator.normal() }
        let y = (0..<rows).map { row -> Double in
            var value = 5000 + 0.8 * x[row] + 0.3 * Double(f[row]) + 0.05 * (year[row] - 2006)
            value += 1.2 * bySubject[s[row]].0 + 0.6 * bySubject[s[row]].1 * x[row]
            value += 0.7 * byHelper[h[row]].0 + 0.4 * byHelper[h[row]].1 * x[row]
            value += 0.6 * byNest[s[row] * 3 + n[row]] + 0.4 * Double(g[row] * f[row])
            return value + generator.normal()
        }
        func factor(_ name: String, _ codes: [Int], _ letter: String) throws -> Column {
            let levels = (0...(codes.max() ?? 0)).map { "\(letter)\($0 < 10 ? "0" : "")\($0)" }
            return Column(
                name, .categorical(CategoricalValues(codes: codes.map(Int32.init), levels: levels, kind: .factor)))
        }
        return try DataTable(columns: [
            Column("y", .double(y)), Column("x", .double(x)), Column("year", .double(year)),
            Column("near", .double(x.map { $0 + 1e-6 * generator.normal() })),
            Column("twice", .double(x.map { 2 * $0 })),
            Column("pos", .double((0..<rows).map { _ in Double.random(in: 0.5..<4, using: &generator) })),
            Column("wt", .double((0..<rows).map { _ in Double.random(in: 0.3..<3, using: &generator) })),
            Column("off", .double((0..<rows).map { _ in generator.normal() })),
            factor("s", s, "S"), factor("n", n, "N"), factor("h", h, "H"), factor("f", f, "F"), factor("g", g, "G"),
            factor("k", k, "K"),
        ])
    }
}

@Suite struct SubmodelTests {
    @Test(arguments: SubmodelCase.all, EstimationMethod.allCases)
    func equalsTheFitFromRows(_ example: SubmodelCase, _ method: EstimationMethod) throws {
        let data = try SubmodelCase.data()
        let full = try LinearMixedModel(example.model, data: data, method: method, options: example.options).fit()
        let direct = try LinearMixedModel(example.submodel, data: data, method: method, options: example.options).fit()
        let refit = try full.refitting(ModelFormula(parsing: example.submodel))
        var differences = Differences()
        differences.compare("criterion", refit.criterion, direct.criterion, relative: 1e-9)
        differences.compare("sigma", refit.residualStandardDeviation, direct.residualStandardDeviation, relative: 1e-7)
        #expect(refit.coefficientNames == direct.coefficientNames)
        #expect(refit.aliasedNames == direct.aliasedNames)
        #expect(refit.status == direct.status || refit.status.name == direct.status.name)
        let errors = direct.standardErrors
        for (index, error) in errors.enumerated() {
            differences.compare(
                "coefficient \(index)", refit.coefficients[index], direct.coefficients[index], relative: 1e-9,
                absolute: 1e-8 * error)
        }
        differences.compare("standard errors", refit.standardErrors, errors, relative: 1e-7)
        for (left, right) in zip(refit.varianceComponents, direct.varianceComponents) {
            #expect(left.group == right.group && left.columnNames == right.columnNames)
            differences.compare(
                "covariance", left.covariance.storage, right.covariance.storage, relative: 1e-7,
                absolute: 1e-8 * direct.residualStandardDeviation)
        }
        differences.compare(
            "marginal R2", refit.explainedVariance.marginalRSquared, direct.explainedVariance.marginalRSquared,
            relative: 1e-7, absolute: 1e-12)
        #expect(differences.isEmpty, "\(differences)")
        // The design is the one that the rows would have given; only what the larger model said of its rows may stay.
        #expect(refit.design.fixedColumns == direct.design.fixedColumns)
        #expect(refit.design.fixedTerms == direct.design.fixedTerms)
        #expect(refit.design.variables == direct.design.variables)
        #expect(refit.design.groupingFactors == direct.design.groupingFactors)
        #expect(refit.design.data == direct.design.data)
        #expect(refit.design.formula == direct.design.formula)
        #expect(refit.design.inconsistency == nil)
        #expect(refit.products.inconsistency == nil)
        // The levels of a factor share out the moments of all rows.
        for factor in refit.products.factors {
            let moments = try #require(factor.fixedMoments)
            let size = moments.count / factor.levelCount
            var place = 0
            for column in 0...refit.products.fixedColumnCount {
                for row in column...refit.products.fixedColumnCount {
                    let sum = (0..<factor.levelCount).reduce(0) { $0 + moments[$1 * size + place] }
                    let total = refit.products.fixed[row, column]
                    let scale = (refit.products.fixed[row, row] * refit.products.fixed[column, column]).squareRoot()
                    #expect(isClose(sum, total, absolute: 1e-11 * scale))
                    place += 1
                }
            }
        }
    }

    @Test(arguments: ["y ~ x + f + (1 + x | s) + (1 | h)", "y ~ 0 + f + x + (1 | s/n)", "y ~ x + (1 + x || s)"])
    func refittingByTheOtherCriterion(_ formula: String) throws {
        let data = try SubmodelCase.data()
        for method in EstimationMethod.allCases {
            let direct = try LinearMixedModel(formula, data: data, method: method).fit()
            let other: EstimationMethod = method == .likelihood ? .restrictedLikelihood : .likelihood
            let refit = try LinearMixedModel(formula, data: data, method: other).fit().refitting(method: method)
            #expect(isClose(refit.criterion, direct.criterion, relative: 1e-12))
            #expect(refit.method == method)
            for (left, right) in zip(refit.theta, direct.theta) {
                #expect(isClose(left, right, relative: 1e-7, absolute: 1e-9))
            }
        }
    }

    @Test func droppingTermsWritesTheirFormulas() throws {
        let data = try SubmodelCase.data()
        let fit = try LinearMixedModel("y ~ f * g + x + (1 + x | s) + (1 | s:n) + offset(off)", data: data).fit()
        #expect(
            try fit.droppingFixedTerm("f:g").design.formula.description
                == "y ~ f + g + x + offset(off) + (1 + x | s) + (1 | s:n)")
        #expect(
            try fit.droppingFixedTerm("(Intercept)").design.formula.description
                == "y ~ 0 + f + g + x + f:g + offset(off) + (1 + x | s) + (1 | s:n)")
        #expect(
            try fit.reducingRandomTerm(0, dropping: "x").design.formula.description
                == "y ~ f + g + x + f:g + offset(off) + (1 | s) + (1 | s:n)")
        #expect(
            try fit.reducingRandomTerm(1, dropping: "(Intercept)").design.formula.description
                == "y ~ f + g + x + f:g + offset(off) + (1 + x | s)")
        #expect(
            try fit.droppingRandomTerm(0).design.formula.description
                == "y ~ f + g + x + f:g + offset(off) + (1 | s:n)")
        #expect(
            try fit.refitting(fixedTerms: ["f"]).design.formula.description
                == "y ~ f + offset(off) + (1 + x | s) + (1 | s:n)")
    }

    @Test(arguments: [
        ("y ~ x + g + (1 | s)", "The variable 'g' is not in the model that was fitted"),
        ("y ~ x:f + x + (1 | s)", "The column 'x:fF01' is no combination"),
        ("y ~ x + (1 | h)", "The model that was fitted has no random effects of 'h'"),
        ("y ~ x + (1 + x | s)", "The column 'x' is no combination"),
        ("x ~ f + (1 | s)", "another response"),
        ("y ~ x + offset(off) + (1 | s)", "another response or offset"),
    ])
    func refusesWhatIsNoSubmodel(_ formula: String, _ message: String) throws {
        let fit = try LinearMixedModel("y ~ x + f + (1 | s)", data: SubmodelCase.data()).fit()
        #expect(
            performing: {
                try fit.refitting(ModelFormula(parsing: formula))
            }, throws: { String(describing: $0).contains(message) })
    }

    @Test func unknownTermsAreNamed() throws {
        let fit = try LinearMixedModel("y ~ x + f + (1 | s)", data: SubmodelCase.data()).fit()
        #expect(throws: RefitError.submodel(.unknownTerm("z", available: ["(Intercept)", "x", "f"]))) {
            try fit.droppingFixedTerm("z")
        }
        #expect(throws: RefitError.self) { try fit.droppingRandomTerm(1) }
        #expect(throws: RefitError.self) { try fit.refitting(fixedTerms: ["x", "q"]) }
    }

    @Test func threadsDoNotChangeABit() throws {
        let data = try SubmodelCase.data()
        let fit = try LinearMixedModel("y ~ x + f + (1 + x | s) + (1 | h)", data: data).fit()
        let formula = try ModelFormula(parsing: "y ~ x + (1 | s) + (1 | h)")
        let one = try fit.refitting(formula, threads: 1)
        let two = try fit.refitting(formula, threads: 2)
        #expect(one.theta == two.theta && one.criterion == two.criterion && one.coefficients == two.coefficients)
    }
}
