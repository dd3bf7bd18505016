// Models in which a level of a factor is a combination of other columns, against R's lm and lmer.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

struct AliasedGolden: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let formula: String
        let weights: Bool
        let method: String
        let names: [String]
        let estimates: [Double]
        let errors: [Double]
        let covariance: [Double]
        let criterion: Double
        let fitted: [Double]
        let satterthwaite: [Double]
        let kenwardRoger: [Double]?
        let adjusted: [Double]?

        var testDescription: String { formula }

        func fit() throws -> (fit: LinearMixedModelFit, frame: ModelFrame) {
            try AliasedGolden.fit(
                formula, method: method == "REML" ? .restrictedLikelihood : .likelihood, weights: weights)
        }
    }

    let cases: [Case]

    static func load() throws -> [Case] { try RecordedResults.load("aliased.json", as: AliasedGolden.self).cases }

    static func table() throws -> DataTable { try DataTable(contentsOf: RecordedResults.path("aliased.csv")) }

    static func fit(
        _ formula: String, method: EstimationMethod = .restrictedLikelihood, weights: Bool = false
    ) throws -> (fit: LinearMixedModelFit, frame: ModelFrame) {
        let options = weights ? DesignOptions(weights: try TableExpression(parsing: "w")) : DesignOptions()
        let model = try LinearMixedModel(formula, data: table(), method: method, options: options)
        return (try model.fit(), model.frame)
    }
}

@Suite struct AliasedLevelGoldenTests {
    @Test(arguments: try AliasedGolden.load())
    func estimates(golden: AliasedGolden.Case) throws {
        let (fit, frame) = try golden.fit()
        #expect(fit.coefficientNames == golden.names)
        #expect(Set(fit.aliasedNames).union(golden.names) == Set(fit.design.fixedColumnNames))
        var differences = Differences()
        let size = golden.errors.max() ?? 1
        differences.compare("coefficients", fit.coefficients, golden.estimates, relative: 1e-6, absolute: 1e-6 * size)
        differences.compare("errors", fit.standardErrors, golden.errors, relative: 1e-5)
        differences.compare(
            "covariance", fit.coefficientCovariance.storage, golden.covariance, relative: 1e-5,
            absolute: 1e-6 * size * size)
        differences.compare("criterion", fit.criterion, golden.criterion, relative: 1e-10)
        differences.compare("fitted", fit.fittedValues(frame), golden.fitted, relative: 1e-8)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: try AliasedGolden.load())
    func degreesOfFreedom(golden: AliasedGolden.Case) throws {
        let (fit, _) = try golden.fit()
        var differences = Differences()
        let own = fit.inference().coefficientTests()
        differences.compare(
            "Satterthwaite", own.map(\.degreesOfFreedom), golden.satterthwaite, relative: 1e-4)
        if let expected = golden.kenwardRoger, let adjusted = golden.adjusted {
            let inference = try fit.inference(.kenwardRoger)
            differences.compare(
                "Kenward-Roger", inference.coefficientTests().map(\.degreesOfFreedom), expected, relative: 1e-4)
            differences.compare(
                "adjusted", inference.covariance.storage, adjusted, relative: 1e-4,
                absolute: 1e-5 * (adjusted.max() ?? 1))
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: try AliasedGolden.load())
    func predictions(golden: AliasedGolden.Case) throws {
        let (fit, frame) = try golden.fit()
        let table = try AliasedGolden.table()
        let own = try fit.predictions(table, level: .group, interval: .confidence)
        #expect(own.inestimableRowCount == 0)
        var differences = Differences()
        differences.compare("fitted", own.fitted, golden.fitted, relative: 1e-8)
        differences.compare("rows", own.fitted, fit.fittedValues(frame), relative: 1e-12)
        #expect(differences.isEmpty, "\(differences)")
    }
}
