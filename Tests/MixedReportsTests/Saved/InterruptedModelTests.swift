// Fits that were interrupted: what is said of them, and that they come back from a file and go on.

import LinearMixedModels
import MixedProgress
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct InterruptedModelTests {
    private static let formula = "y ~ service + (1 | s) + (1 | d) + (1 | dept)"

    private static func model() throws -> LinearMixedModel {
        try LinearMixedModel(formula, data: ReportedFits.table("insteval"))
    }

    /// A fit that is stopped when an evaluation begins.
    private static func interrupted(at evaluation: Int, solver: SolverChoice = .exact) throws -> LinearMixedModelFit {
        let stop = StopRequest()
        return try model().fit(
            solver: solver,
            monitor: WorkMonitor(stop: stop) { progress in
                if case .fitting(let state) = progress, state.evaluation >= evaluation { stop.request() }
            })
    }

    @Test func itComesBackAsItWasAndGoesOn() throws {
        let fit = try Self.interrupted(at: 2)
        #expect(fit.status == .interrupted)
        let folder = try TemporaryFolder()
        let path = folder.file("model.mixed")
        try SavedModel(fit, notes: ["one"]).write(to: path)
        let again = try SavedModel(contentsOf: path)
        #expect(again.fit.status == .interrupted && again.notes == ["one"])
        #expect(again.fit.optimum == fit.optimum)
        #expect(abs(again.fit.criterion - fit.criterion) <= 1e-12 * abs(fit.criterion))
        let whole = try Self.model().fit(solver: .exact)
        let saved = try SavedSearch(contentsOf: path)
        #expect(saved.notes == ["one"])
        let resumed = try saved.resume(solver: .exact)
        #expect(resumed.status == .converged)
        #expect(abs(resumed.criterion - whole.criterion) <= 1e-8 * abs(whole.criterion))
        let warm = try Self.model().fit(solver: .exact, startingFrom: saved.startingPoint)
        for fit in [resumed, warm] {
            for (left, right) in zip(fit.theta, whole.theta) { #expect(abs(left - right) <= 1e-5 * right) }
        }
    }

    @Test func anIterativeSearchComesBackWithoutACriterion() throws {
        let fit = try Self.interrupted(at: 3, solver: .iterative)
        #expect(fit.status == .interrupted && fit.criterion.isNaN)
        let folder = try TemporaryFolder()
        let path = folder.file("model.mixed")
        try SavedModel(fit, notes: []).write(to: path)
        let again = try SavedModel(contentsOf: path).fit
        #expect(again.status == .interrupted && again.criterion.isNaN)
        #expect(again.theta == fit.theta)
        for (index, error) in fit.standardErrors.enumerated() {
            #expect(abs(again.coefficients[index] - fit.coefficients[index]) <= 1e-4 * error)
        }
        let text = FitReport(fit).text()
        #expect(text.contains("REML criterion, AIC and BIC are not known"))
        #expect(text.contains("Computed iteratively: the criterion"))
        #expect(FitReport(fit).json()["criterion"] == .null)
    }

    @Test func theReportSaysThatItIsNoResult() throws {
        let fit = try Self.interrupted(at: 2)
        let report = FitReport(fit)
        let text = report.text(width: 1_000)
        #expect(text.contains("Not converged: the search was interrupted after 2 evaluations."))
        #expect(text.contains("do not report them"))
        #expect(!text.contains("Certified"))
        #expect(report.json()["status"]?.string == "interrupted")
        let warnings = report.json()["warnings"]?.elements?.compactMap(\.string) ?? []
        #expect(warnings.contains { $0.hasPrefix("Not converged: the search was interrupted") })
        #expect(report.rendered(as: .markdown).contains("Not converged"))
    }

    @Test func otherFilesAreNoSearches() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("nothing.mixed")
        #expect(throws: ModelArchiveError.self) { try SavedSearch(contentsOf: path) }
    }
}
