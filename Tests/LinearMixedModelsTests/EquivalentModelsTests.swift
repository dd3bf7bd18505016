// Models that say the same thing must give the same numbers, whatever the order of rows, the names of levels and the
// units of covariates.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct EquivalentModelsTests {
    private func table(_ name: String) throws -> DataTable {
        try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(name).csv"))
    }

    private func fit(
        _ formula: String, _ table: DataTable, method: EstimationMethod = .restrictedLikelihood,
        options: DesignOptions = .init()
    ) throws -> LinearMixedModelFit {
        try LinearMixedModel(formula, data: table, method: method, options: options).fit()
    }

    private func compare(
        _ first: LinearMixedModelFit, _ second: LinearMixedModelFit, relative: Double = 1e-9
    ) -> Differences {
        var differences = Differences()
        let scale = first.residualStandardDeviation
        differences.compare("criterion", second.criterion, first.criterion, relative: 1e-11)
        differences.compare("sigma", second.residualStandardDeviation, scale, relative: relative)
        differences.compare(
            "coefficients", second.coefficients, first.coefficients, relative: relative, absolute: 1e-9 * scale)
        differences.compare("errors", second.standardErrors, first.standardErrors, relative: relative)
        return differences
    }

    static let models: [(formula: String, data: String)] = [
        ("Reaction ~ Days + (Days | Subject)", "sleepstudy"),
        ("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin"),
        ("yield ~ nitro * Variety + (1 | Block/Variety)", "oats"),
        ("distance ~ age * Sex + (age | Subject)", "orthodont"),
    ]

    @Test(arguments: models.indices)
    func rowOrderDoesNotMatter(index: Int) throws {
        let model = Self.models[index]
        let data = try table(model.data)
        var generator = SeededGenerator(seed: 3)
        let shuffled = data.selecting(rows: Array(0..<data.rowCount).shuffled(using: &generator))
        let differences = compare(try fit(model.formula, data), try fit(model.formula, shuffled), relative: 1e-8)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func levelOrderDoesNotMatter() throws {
        let data = try table("sleepstudy")
        let levels = [
            "372", "308", "309", "371", "310", "330", "331", "332", "370", "333", "334", "369", "335", "337", "352",
            "351", "350", "349",
        ]
        let reordered = try data.convertingToFactor("Subject", levels: levels).table
        let first = try fit("Reaction ~ Days + (Days | Subject)", data)
        let second = try fit("Reaction ~ Days + (Days | Subject)", reordered)
        let differences = compare(first, second, relative: 1e-8)
        #expect(differences.isEmpty, "\(differences)")
        let row = try #require(first.randomEffects[0].levels.firstIndex(of: "333"))
        let other = try #require(second.randomEffects[0].levels.firstIndex(of: "333"))
        #expect(
            isClose(second.randomEffects[0].values[other, 1], first.randomEffects[0].values[row, 1], relative: 1e-6))
    }

    @Test(arguments: [1e-6, 1e-3, 7, 1e5])
    func unitsOfCovariateDoNotMatter(unit: Double) throws {
        let data = try table("sleepstudy")
        let scaled = "I(Days * \(unit))"
        let first = try fit("Reaction ~ Days + (Days | Subject)", data)
        let second = try fit("Reaction ~ \(scaled) + (\(scaled) | Subject)", data)
        #expect(isClose(second.coefficients[1] * unit, first.coefficients[1], relative: 1e-9))
        #expect(isClose(second.residualStandardDeviation, first.residualStandardDeviation, relative: 1e-9))
        #expect(
            isClose(
                second.varianceComponents[0].correlations[1, 0], first.varianceComponents[0].correlations[1, 0],
                relative: 1e-5))
        // A change of units changes log|X'V⁻¹X| by twice its logarithm and nothing else.
        #expect(isClose(second.criterion, first.criterion + 2 * log(unit), relative: 1e-10))
    }

    @Test func largeConstantsInResponseDoNotMatter() throws {
        let data = try table("sleepstudy")
        let first = try fit("Reaction ~ Days + (Days | Subject)", data)
        let second = try fit("I(Reaction + 1e8) ~ Days + (Days | Subject)", data)
        // Adding 1e8 to numbers with four decimals leaves eight digits of them.
        #expect(isClose(second.residualStandardDeviation, first.residualStandardDeviation, relative: 1e-8))
        #expect(isClose(second.coefficients[0] - 1e8, first.coefficients[0], relative: 1e-8))
        #expect(isClose(second.criterion, first.criterion, relative: 1e-9))
    }

    @Test func nestingIsAnInteraction() throws {
        let data = try table("oats")
        let differences = compare(
            try fit("yield ~ nitro + (1 | Block/Variety)", data),
            try fit("yield ~ nitro + (1 | Block) + (1 | Variety:Block)", data))
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func independentColumnsAreSeparateTerms() throws {
        let data = try table("sleepstudy")
        let differences = compare(
            try fit("Reaction ~ Days + (Days || Subject)", data),
            try fit("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", data))
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func contrastsDoNotChangeTheFit() throws {
        let data = try table("oats")
        let first = try fit("yield ~ nitro * Variety + (1 | Block/Variety)", data, method: .likelihood)
        for coding in [ContrastCoding.sum, .helmert, .polynomial] {
            let second = try fit(
                "yield ~ nitro * Variety + (1 | Block/Variety)", data, method: .likelihood,
                options: DesignOptions(contrasts: ["Variety": coding]))
            #expect(isClose(second.criterion, first.criterion, relative: 1e-11), "\(coding)")
            #expect(isClose(second.residualStandardDeviation, first.residualStandardDeviation, relative: 1e-8))
        }
    }

    @Test func equalWeightsOnlyRescaleSigma() throws {
        let data = try table("sleepstudy")
        let four = try data.mutating("w", TableExpression(parsing: "Days * 0 + 4"), source: "Days * 0 + 4")
        let first = try fit("Reaction ~ Days + (Days | Subject)", data)
        let second = try fit(
            "Reaction ~ Days + (Days | Subject)", four,
            options: DesignOptions(weights: try TableExpression(parsing: "w")))
        #expect(isClose(second.residualStandardDeviation, 2 * first.residualStandardDeviation, relative: 1e-9))
        #expect(isClose(second.criterion, first.criterion, relative: 1e-11))
        var differences = Differences()
        differences.compare("coefficients", second.coefficients, first.coefficients, relative: 1e-9)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func offsetIsSubtractedFromResponse() throws {
        let data = try table("sleepstudy")
        let differences = compare(
            try fit("I(Reaction - 3 * Days) ~ Days + (1 | Subject)", data),
            try fit("Reaction ~ Days + offset(3 * Days) + (1 | Subject)", data))
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func factorIsItsOwnSlopes() throws {
        let data = try table("oats")
        // Contrasts and indicators span the same random effects.
        let differences = compare(
            try fit("yield ~ Variety + (1 + Variety | Block)", data),
            try fit("yield ~ Variety + (0 + Variety | Block)", data),
            relative: 1e-6)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func copyOfGroupingFactorIsUnidentified() throws {
        let data = try table("dyestuff")
        let copy = try data.mutating(
            "Copy", TableExpression(parsing: "paste0('c', Batch)"), source: "paste0('c', Batch)")
        let fit = try fit("Yield ~ 1 + (1 | Batch) + (1 | Copy)", copy)
        guard case .unidentified(let directions) = fit.status else {
            Issue.record("the status is \(fit.status.name)")
            return
        }
        #expect(directions.count == 1)
        #expect(directions[0].terms == [0, 1])
        let single = try self.fit("Yield ~ 1 + (1 | Batch)", data)
        #expect(isClose(fit.criterion, single.criterion, relative: 1e-10))
    }

    @Test func collinearColumnIsDropped() throws {
        let data = try table("sleepstudy")
        let first = try fit("Reaction ~ Days + (Days | Subject)", data)
        let second = try fit("Reaction ~ Days + I(2 * Days + 3) + (Days | Subject)", data)
        #expect(second.aliasedNames == ["I(2 * Days + 3)"])
        let differences = compare(first, second)
        #expect(differences.isEmpty, "\(differences)")
    }
}
