// Fits of whole models by each solver, and what an iterative one refuses.

import Foundation
import MixedDesign
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct SolverChoiceTests {
    private func model(_ method: EstimationMethod = .restrictedLikelihood) throws -> LinearMixedModel {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/penicillin.csv"))
        return try LinearMixedModel("diameter ~ 1 + (1 | plate) + (1 | sample)", data: data, method: method)
    }

    @Test(arguments: [EstimationMethod.restrictedLikelihood, .likelihood])
    func penicillinIsTheSame(method: EstimationMethod) throws {
        let exact = try model(method).fit(solver: .exact)
        let fit = try model(method).fit(solver: .iterative)
        #expect(exact.computation == .exact)
        #expect(fit.computation.isIterative)
        #expect(fit.status == .converged)
        for (left, right) in zip(fit.theta, exact.theta) { #expect(abs(left - right) < 1e-4) }
        #expect(abs(fit.coefficients[0] - exact.coefficients[0]) < 1e-6)
        #expect(abs(fit.standardErrors[0] / exact.standardErrors[0] - 1) < 1e-4)
        let error = try #require(fit.computation.search?.criterionError)
        #expect(abs(fit.criterion - exact.criterion) < 5 * error + 1e-6)
        for (left, right) in zip(fit.randomEffects, exact.randomEffects) {
            #expect(left.levels == right.levels)
            for (a, b) in zip(left.values.storage, right.values.storage) { #expect(abs(a - b) < 1e-3) }
        }
        #expect(fit.residuals != nil)
    }

    @Test func hybridEndsAtTheCertifiedOptimum() throws {
        let products = try model().fit().products
        let design = try model().design
        let exact = try LinearMixedModelFit(
            design: design, products: products, method: .restrictedLikelihood, solver: .exact, threads: 1)
        let deviance = ProfiledDeviance(
            products, terms: LinearMixedModelFit.layout(design), method: .restrictedLikelihood, threads: 1)
        let start = exact.optimum.relativeFactors.map { 1.01 * $0 }
        var settings = MinimizationSettings(beginsWithScoring: false, beginsNearOptimum: true)
        settings.largestExactBorder = 0
        let minimum = try #require(deviance.minimize(startingFrom: start, settings: settings))
        #expect(minimum.hasConverged)
        #expect(minimum.newtonDecrement < 1e-10)
        #expect(abs(minimum.deviance - exact.criterion) < 1e-9)
    }

    @Test func pathsFollowTheBorder() {
        #expect(SolverChoice.automatic.path(borderEffects: 0) == .exact)
        #expect(SolverChoice.iterative.path(borderEffects: 0) == .exact)
        #expect(SolverChoice.automatic.path(borderEffects: 1_200) == .exact)
        #expect(SolverChoice.automatic.path(borderEffects: 4_000) == .iterativeThenExact)
        #expect(SolverChoice.automatic.path(borderEffects: 59_047) == .iterative)
        #expect(SolverChoice.exact.path(borderEffects: 59_047) == .exact)
        #expect(SolverChoice.iterative.path(borderEffects: 10) == .iterative)
    }

    @Test func iterativeFitsRefuseWhatNeedsAFactorization() throws {
        let fit = try model().fit(solver: .iterative)
        #expect(throws: FitError.needsExactSolver(.conditionalVariances, borderEffects: 6)) {
            try fit.conditionalCovariance()
        }
        #expect(throws: FitError.needsExactSolver(.likelihoods, borderEffects: 6)) {
            try fit.deviance(by: .likelihood)
        }
        #expect(throws: FitError.needsExactSolver(.profiles, borderEffects: 6)) {
            try LikelihoodProfiler(fit, threads: 1)
        }
        #expect(fit.smallSampleAdjustment() == nil)
        #expect(fit.conditionalStandardDeviations().allSatisfy { $0.storage.allSatisfy(\.isNaN) })
        let message = FitError.needsExactSolver(.profiles, borderEffects: 6).description
        #expect(message.contains("--solver exact"))
        // A refit goes the way that the fit has gone.
        #expect(try fit.refitting(method: .likelihood).computation.isIterative)
    }

    @Test func designsWithoutCrossedFactorsAreExact() throws {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv"))
        let fit = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: data).fit(solver: .iterative)
        #expect(fit.computation == .exact)
    }
}
