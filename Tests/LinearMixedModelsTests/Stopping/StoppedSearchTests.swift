// Searches that are stopped: what they report, and that another one that goes on from there ends where an undisturbed one does.

import MixedProgress
import Testing

@testable import LinearMixedModels

@Suite struct StoppedSearchTests {
    static let models: [StoppedModel] = [.sleep, .penicillin, .ratings]

    private func expectSame(_ resumed: LinearMixedModelFit, _ whole: LinearMixedModelFit) {
        #expect(resumed.status == .converged)
        #expect(abs(resumed.criterion - whole.criterion) <= 1e-8 * abs(whole.criterion))
        for (left, right) in zip(resumed.theta, whole.theta) { #expect(abs(left - right) <= 1e-5 * (1 + abs(right))) }
        for (index, error) in whole.standardErrors.enumerated() {
            #expect(abs(resumed.coefficients[index] - whole.coefficients[index]) <= 1e-5 * error)
            #expect(abs(resumed.standardErrors[index] - error) <= 1e-5 * error)
        }
    }

    @Test(arguments: models, [1, 2, 3])
    func theBestPointIsReportedAndResumed(_ stopped: StoppedModel, evaluation: Int) throws {
        let model = try stopped.model()
        let whole = try model.fit()
        // Some searches are over by then.
        guard evaluation < whole.evaluations else { return }
        let listener = Listener(stoppingAt: evaluation)
        let fit = try model.fit(monitor: listener.monitor)
        #expect(fit.status == .interrupted && !fit.status.isOptimum)
        #expect(fit.evaluations < whole.evaluations)
        #expect(fit.criterion.isFinite && fit.criterion > whole.criterion - 1e-8)
        #expect(fit.standardErrors.allSatisfy { $0 > 0 })
        #expect(fit.randomEffects.map(\.levels) == whole.randomEffects.map(\.levels))
        let resumed = try model.fit(startingFrom: fit.startingPoint)
        expectSame(resumed, whole)
    }

    @Test(arguments: models, [2, 3])
    func anEvaluationIsEndedInItsMidst(_ stopped: StoppedModel, evaluation: Int) throws {
        let model = try stopped.model()
        let whole = try model.fit()
        guard evaluation <= whole.evaluations else { return }
        let listener = Listener(stoppingAt: evaluation)
        let fit = try model.fitStoppedWithin(listener)
        #expect(fit.status == .interrupted)
        #expect(listener.states.count == evaluation)
        #expect(fit.criterion.isFinite && fit.criterion > whole.criterion - 1e-8)
        // The point before the last is what an evaluation there says.
        let deviance = ProfiledDeviance(
            whole.products, terms: LinearMixedModelFit.layout(model.design), method: model.method, threads: 1)
        let value = try #require(deviance.value(at: fit.optimum.relativeFactors))
        #expect(abs(value.deviance - fit.criterion) <= 1e-12 * abs(fit.criterion))
        deviance.factorization.solveResponse()
        let coefficients = deviance.coefficients()
        for (index, error) in fit.standardErrors.enumerated() {
            #expect(abs(fit.coefficients[index] - coefficients[index]) <= 1e-9 * error)
        }
        expectSame(try model.fit(startingFrom: fit.startingPoint), whole)
    }

    @Test(arguments: models)
    func nothingIsReportedBeforeTheFirstEvaluation(_ stopped: StoppedModel) throws {
        let model = try stopped.model()
        #expect(throws: FitError.interrupted) { try model.fitStoppedWithin(Listener(stoppingAt: 1)) }
        // Without crossed factors nothing is iterative, and a small exact evaluation is finished.
        guard stopped.formula != StoppedModel.sleep.formula else { return }
        #expect(throws: FitError.interrupted) {
            try model.fit(solver: .iterative, monitor: Listener(stoppingAt: 1).monitor)
        }
    }

    @Test(arguments: [2, 3, 4])
    func anIterativeSearchIsResumedByEitherPath(evaluation: Int) throws {
        let model = try StoppedModel.ratings.model()
        let listener = Listener(stoppingAt: evaluation)
        let fit = try model.fit(solver: .iterative, monitor: listener.monitor)
        #expect(fit.status == .interrupted && fit.computation.isIterative)
        #expect(fit.criterion.isNaN)
        #expect(fit.standardErrors.allSatisfy { $0 > 0 })
        #expect(listener.states.allSatisfy { $0.path == .iterative && $0.borderEffects == 1142 && $0.criterion == nil })
        expectSame(try model.fit(solver: .exact, startingFrom: fit.startingPoint), try model.fit(solver: .exact))
        let resumed = try model.fit(solver: .iterative, startingFrom: fit.startingPoint)
        let whole = try model.fit(solver: .iterative)
        #expect(resumed.status == .converged)
        // Both end at the root of an estimated score, which other probes move by a hundredth of a standard error at most.
        for (index, error) in whole.standardErrors.enumerated() {
            #expect(abs(resumed.coefficients[index] - whole.coefficients[index]) < 0.01 * error)
        }
    }

    /// Wherever the wish arrives, the outcome is an interrupted fit that can be resumed, or the whole fit bit by bit.
    @Test func aWishIsHeardAtAnyTime() async throws {
        let model = try StoppedModel.ratings.model()
        let whole = try model.fit()
        for delay in 0..<12 {
            let stop = StopRequest()
            let wish = Task.detached {
                try await Task.sleep(for: .milliseconds(15 * delay))
                stop.request()
            }
            let deviance = ProfiledDeviance(
                whole.products, terms: LinearMixedModelFit.layout(model.design), method: model.method, threads: 2,
                monitor: WorkMonitor(stop: stop), largestPromptBorder: 0)
            let minimum = deviance.minimize()
            do throws(FitError) {
                let fit = try LinearMixedModelFit.finished(model.design, deviance, minimum)
                if fit.status == .interrupted {
                    #expect(stop.isRequested)
                    #expect(fit.criterion > whole.criterion - 1e-6)
                    #expect(fit.coefficients.allSatisfy { $0.isFinite })
                } else {
                    #expect(fit.criterion == whole.criterion && fit.theta == whole.theta)
                }
            } catch {
                #expect(error == .interrupted && stop.isRequested)
            }
            try await wish.value
        }
    }

    @Test func leastSquaresAreNotStopped() throws {
        let stop = StopRequest()
        stop.request()
        let model = try StoppedModel(formula: "Reaction ~ Days", data: "sleepstudy").model()
        #expect(try model.fit(monitor: WorkMonitor(stop: stop)).status == .converged)
    }
}
