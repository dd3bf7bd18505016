// Searches that begin at given variance parameters.

import MixedProgress
import Testing

@testable import LinearMixedModels

@Suite struct StartingPointTests {
    @Test func theOptimumIsRecognised() throws {
        let model = try StoppedModel.ratings.model()
        let fit = try model.fit()
        let again = try model.fit(startingFrom: fit.startingPoint)
        #expect(again.evaluations < fit.evaluations)
        #expect(abs(again.criterion - fit.criterion) <= 1e-10 * abs(fit.criterion))
    }

    @Test func anOtherOrderOfTermsIsTheSameModel() throws {
        let model = try StoppedModel.penicillin.model()
        let turned = try StoppedModel(formula: "diameter ~ 1 + (1 | sample) + (1 | plate)", data: "penicillin").model()
        let fit = try model.fit()
        let again = try turned.fit(startingFrom: fit.startingPoint)
        #expect(again.evaluations <= 3)
        #expect(abs(again.criterion - fit.criterion) <= 1e-10 * abs(fit.criterion))
    }

    @Test func aRelatedModelBeginsThere() throws {
        let fit = try StoppedModel.sleep.model().fit()
        let other = try StoppedModel(
            formula: "Reaction ~ Days + I(Days^2) + (1 + Days | Subject)", data: "sleepstudy"
        ).model()
        let whole = try other.fit()
        let warm = try other.fit(startingFrom: fit.startingPoint)
        #expect(abs(warm.criterion - whole.criterion) <= 1e-8 * abs(whole.criterion))
        #expect(warm.evaluations <= whole.evaluations)
    }

    /// A slope without variance is no trap for the search of a model where it has some.
    @Test func aBoundaryIsLeft() throws {
        let formula = "Reaction ~ Days + (1 + Days || Subject)"
        let model = try StoppedModel(formula: formula, data: "sleepstudy").model()
        let fit = try model.fit()
        let singular = StartingPoint(model.design, theta: [fit.theta[0], 0])
        let again = try model.fit(startingFrom: singular)
        #expect(again.status == .converged)
        #expect(abs(again.criterion - fit.criterion) <= 1e-8 * abs(fit.criterion))
    }

    @Test func otherRandomTermsAreNamed() throws {
        let model = try StoppedModel.sleep.model()
        let simple = try StoppedModel(formula: "Reaction ~ Days + (1 | Subject)", data: "sleepstudy").model()
        let start = try simple.fit().startingPoint
        #expect(start.termNames == ["(1 | Subject)"])
        let error = #expect(throws: FitError.self) { try model.fit(startingFrom: start) }
        let mismatch = StartMismatch(missing: ["(1 + Days | Subject)"], unexpected: ["(1 | Subject)"])
        #expect(error == .otherRandomTerms(mismatch))
        #expect(error?.description.contains("it has nothing for (1 + Days | Subject)") == true)
        #expect(error?.description.contains("it has (1 | Subject), which the model has not") == true)
    }
}
