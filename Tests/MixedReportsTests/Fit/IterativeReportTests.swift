// What is said of a fit that was computed iteratively, and that it comes back from a file as it was.

import LinearMixedModels
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct IterativeReportTests {
    private static func fit(_ formula: String, _ data: String) throws -> LinearMixedModelFit {
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(data).csv"))
        return try LinearMixedModel(formula, data: table).fit(solver: .iterative)
    }

    @Test(arguments: [
        ("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin"),
        ("y ~ service + (1 | s) + (1 | d) + (1 | dept)", "insteval"),
    ])
    func anIterativeFitComesBackAsItWas(formula: String, data: String) throws {
        let fit = try Self.fit(formula, data)
        #expect(fit.computation.isIterative)
        let folder = try TemporaryFolder()
        let path = folder.file("model.mixed")
        try SavedModel(fit, notes: []).write(to: path)
        let again = try SavedModel(contentsOf: path).fit
        #expect(again.computation == fit.computation)
        #expect(again.optimum == fit.optimum)
        #expect(again.criterion == fit.criterion)
        #expect(again.theta == fit.theta)
        #expect(again.coefficients == fit.coefficients)
        #expect(again.coefficientCovariance == fit.coefficientCovariance)
        #expect(again.randomEffects == fit.randomEffects)
        #expect(
            again.covarianceUncertainty.parameterCovariance == fit.covarianceUncertainty.parameterCovariance)
    }

    @Test func theReportSaysHow() throws {
        let fit = try Self.fit("y ~ service + (1 | s) + (1 | d) + (1 | dept)", "insteval")
        let search = try #require(fit.computation.search)
        #expect(search.probes >= 8)
        #expect(search.monteCarloError > 0 && search.monteCarloError < 0.01)
        let report = FitReport(fit)
        let text = report.text(width: 10_000)
        #expect(text.contains("traces estimated from \(search.probes) probes; Monte Carlo error at most 0."))
        #expect(text.contains("% of a standard error"))
        #expect(text.contains("Criterion, AIC and BIC are estimates with a Monte Carlo standard error of"))
        #expect(text.contains("average information"))
        #expect(!text.contains("Certified optimum"))
        let json = report.json()
        #expect(json["computation"]?["solver"]?.string == "iterative")
        #expect(json["computation"]?["monteCarloError"]?.number == search.monteCarloError)
        #expect(json["computation"]?["criterionError"]?.number == search.criterionError)
        #expect(json["warnings"]?.elements?.isEmpty == false)
    }

    @Test func randomEffectsHaveModesWithoutErrors() throws {
        let report = RandomEffectsReport(try Self.fit("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin"))
        #expect(report.notes.count == 1)
        #expect(report.rendered(as: .text).contains("--solver exact"))
        let first = report.json()["rows"]?[0]
        #expect(first?["estimate"]?.number != nil)
        #expect(first?["std.error"]?.number == nil)
    }
}
