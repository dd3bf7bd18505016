// That the reference results are read whole: every later comparison rests on it.

import MixedTestSupport
import Testing

@Suite struct ReferenceCaseTests {
    @Test func theBundledCasesAreThere() {
        #expect(ReferenceCase.bundledNames.count == 14)
    }

    @Test(arguments: ReferenceCase.bundledNames)
    func everyBundledCaseIsComplete(name: String) throws {
        let reference = try ReferenceCase.load(name)
        try checkCompleteness(reference)
        _ = try ReferenceFolder.dataPath(reference.data)
    }

    @Test(.enabled(if: ReferenceFolder.hasShared, "the shared folder is absent"), arguments: ReferenceCase.courseNames)
    func everyCourseCaseIsComplete(name: String) throws {
        let reference = try ReferenceCase.load(name)
        try checkCompleteness(reference)
        _ = try ReferenceFolder.dataPath(reference.data)
    }

    private func checkCompleteness(_ reference: ReferenceCase) throws {
        #expect(reference.sigma.map { $0 > 0 } == true)
        guard reference.kind == .linearMixedModel else {
            #expect(reference.rSquared != nil)
            return
        }
        let p = reference.coefficients.terms.count
        #expect(reference.covariance.count == p)
        #expect(reference.covariance.allSatisfy { $0.count == p })
        #expect(!reference.theta.isEmpty && reference.theta.allSatisfy(\.isFinite))
        #expect(reference.criterion != nil && reference.logLikelihood != nil && reference.isREML != nil)
        #expect((reference.observationCount ?? 0) > 0)
        #expect(reference.groups.allSatisfy { $0.levelCount > 1 })
        #expect(Set(reference.randomEffects.map(\.group)) == Set(reference.groups.map(\.name)))
        #expect(reference.varianceComponents.last?.group == "Residual")
        #expect(reference.varianceComponents.count == reference.theta.count + 1)
        #expect(reference.fittedHead.count == 6 && reference.populationHead.count == 6)
        let errors = p == 0 ? [] : try reference.coefficients.column("Std. Error")
        for (index, error) in errors.enumerated() {
            #expect(isClose(reference.covariance[index][index], error * error, relative: 1e-8))
        }
    }

    @Test func valuesAndQuirks() throws {
        let sleep = try ReferenceCase.load("sleepstudy-slope")
        #expect(isClose(try sleep.coefficients.value("Days", "Pr(>|t|)"), 3.26382e-06, relative: 1e-5))
        #expect(sleep.randomEffects[0].columns.map(\.name) == ["(Intercept)", "Days"])
        #expect(isClose(sleep.randomEffects[0].columns[1].conditionalStandardDeviations[0], 2.304837, relative: 1e-6))
        #expect(isClose(sleep.performance["ICC"] ?? 0, 0.7216585, relative: 1e-6))
        #expect(sleep.varianceComponents[2].second == "Days")
        // A vector of length one is written as a scalar, an empty data frame as an empty array, NULL as an empty object.
        let dyestuff = try ReferenceCase.load("dyestuff2-singular")
        #expect(dyestuff.theta.count == 1 && dyestuff.theta[0] < 1e-8)
        #expect(dyestuff.isSingular == true)
        #expect(dyestuff.performance["R2_conditional"]?.isNaN == true)
        let independent = try ReferenceCase.load("sleepstudy-uncorrelated")
        #expect(independent.randomEffects[0].columns[0].conditionalStandardDeviations.isEmpty)
        #expect(try ReferenceCase.load("pooling-none").coefficients.isEmpty)
        #expect(throws: ReferenceError.self) { try ReferenceCase.load("nothing") }
        #expect(throws: ReferenceError.self) { try sleep.coefficients.value("Nights", "Estimate") }
        #expect(throws: ReferenceError.self) { try sleep.coefficients.column("Guess") }
    }

    @Test func toleranceReportsWhatDiffers() {
        var differences = Differences()
        differences.compare("same", 1, 1 + 1e-12)
        differences.compare("missing", .nan, .nan)
        differences.compare("other", [1, 2, .nan], [1, 2.5, 3])
        differences.compare("length", [1], [1, 2])
        differences.compare("tiny", 1e-14, 0, absolute: 1e-12)
        #expect(differences.lines.count == 3)
        #expect(differences.comparisons == 7)
        #expect(differences.lines[0] == "other[1]: got 2.0, expected 2.5, relative difference 0.2")
        #expect(!isClose(.infinity, 1, relative: 10))
        #expect(isClose(.infinity, .infinity))
        #expect(!isClose(1, .nan))
    }
}
