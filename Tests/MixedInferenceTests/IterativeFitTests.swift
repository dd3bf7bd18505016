// What an iterative fit answers, and what it refuses instead of starting a factorisation without an end.

import LinearMixedModels
import MixedDesign
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedInference

@Suite struct IterativeFitInferenceTests {
    private func model() throws -> LinearMixedModel {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/insteval.csv"))
        return try LinearMixedModel("y ~ service + (1 | s) + (1 | d) + (1 | dept)", data: data)
    }

    @Test func testsOfCoefficientsAgreeWithTheExactOnes() throws {
        let fit = try model().fit(solver: .iterative)
        let exact = try model().fit(solver: .exact)
        for (left, right) in zip(fit.coefficientTests(), exact.coefficientTests()) {
            #expect(abs(left.estimate - right.estimate) < 1e-3 * right.standardError)
            #expect(abs(left.standardError / right.standardError - 1) < 1e-3)
            // The average information stands for the exact Hessian here.
            #expect(abs(left.degreesOfFreedom / right.degreesOfFreedom - 1) < 0.1)
        }
    }

    @Test func whatNeedsAFactorizationIsRefused() throws {
        let model = try model()
        let fit = try model.fit(solver: .iterative)
        let need = { (need: FactorizationNeed) in FitError.needsExactSolver(need, borderEffects: 1142) }
        #expect(throws: DegreesOfFreedomError.fit(need(.smallSampleAdjustment))) { try fit.inference(.kenwardRoger) }
        #expect(throws: BootstrapError.fit(need(.refits))) { try fit.bootstrap(replicates: 2) }
        #expect(throws: ProfileError.fit(need(.profiles))) { try fit.profile() }
        #expect(throws: ComparisonError.self) { try ModelComparison([("a", fit), ("b", fit)]) }
        #expect(throws: AnovaError.self) { try fit.termDeletions() }
        #expect(throws: GroupingError.fit(need(.influence))) { try fit.leverages(model.frame) }
        #expect(BootstrapError.fit(need(.refits)).description.contains("--solver exact"))
    }
}
