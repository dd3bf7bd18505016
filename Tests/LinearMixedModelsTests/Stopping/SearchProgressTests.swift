// What a search tells whoever watches it, and that it computes the same whether somebody does or not.

import MixedProgress
import Testing

@testable import LinearMixedModels

@Suite struct SearchProgressTests {
    @Test(arguments: StoppedSearchTests.models, SolverChoice.allCases)
    func watchingChangesNoBit(_ watched: StoppedModel, solver: SolverChoice) throws {
        // A thousand probes of a few thousand levels say no more than those of a small design.
        guard watched.formula != StoppedModel.ratings.formula || solver != .iterative else { return }
        let model = try watched.model()
        let alone = try model.fit(solver: solver)
        let seen = try model.fit(solver: solver, monitor: Listener().monitor)
        #expect(seen.optimum == alone.optimum)
        #expect(seen.criterion.bitPattern == alone.criterion.bitPattern)
        #expect(seen.theta == alone.theta && seen.coefficients == alone.coefficients)
        #expect(seen.coefficientCovariance == alone.coefficientCovariance)
        #expect(seen.randomEffects == alone.randomEffects)
        #expect(seen.status == alone.status && seen.evaluations == alone.evaluations)
    }

    /// Also where every point is kept because the search may be ended in the midst of an evaluation.
    @Test(arguments: StoppedSearchTests.models)
    func keepingPointsChangesNoBit(_ watched: StoppedModel) throws {
        let model = try watched.model()
        let alone = try model.fit()
        let seen = try model.fitStoppedWithin(Listener())
        #expect(seen.optimum == alone.optimum)
        #expect(seen.criterion.bitPattern == alone.criterion.bitPattern)
        #expect(seen.coefficients == alone.coefficients)
        #expect(seen.coefficientCovariance == alone.coefficientCovariance)
        #expect(seen.randomEffects == alone.randomEffects)
    }

    @Test func evaluationsAreToldInOrder() throws {
        let listener = Listener()
        let fit = try StoppedModel.ratings.model().fit(monitor: listener.monitor)
        let states = listener.states
        #expect(states.map(\.evaluation) == Array(1...states.count))
        #expect(states.count <= fit.evaluations)
        #expect(states.allSatisfy { $0.path == .exact && $0.borderEffects > 0 })
        #expect(states.first?.criterion == nil && states.first?.newtonDecrement == nil)
        let criteria = states.compactMap(\.criterion)
        #expect(criteria.count == states.count - 1)
        #expect(zip(criteria, criteria.dropFirst()).allSatisfy { $0 >= $1 })
        #expect((states.last?.newtonDecrement ?? 1) < 0.5)
        #expect(zip(states, states.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
        #expect(states.allSatisfy { ($0.secondsLeft ?? 0) >= 0 })
    }

    @Test func remainingEvaluationsFollowNewtonsMethod() {
        #expect(SearchWatch.remaining(decrement: 2, goal: 1e-10) == nil)
        #expect(SearchWatch.remaining(decrement: .nan, goal: 1e-10) == nil)
        #expect(SearchWatch.remaining(decrement: 0.1, goal: 1e-10) == 4)
        #expect(SearchWatch.remaining(decrement: 1e-3, goal: 1e-10) == 2)
        #expect(SearchWatch.remaining(decrement: 1e-6, goal: 1e-10) == 1)
        #expect(SearchWatch.remaining(decrement: 1e-11, goal: 1e-10) == 1)
        #expect(SearchWatch.remaining(decrement: 0, goal: 1e-10) == 1)
    }
}
