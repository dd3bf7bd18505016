// With unit vectors for probes the traces are exact, and with them everything that the exact path computes.

import Foundation
import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

private let methods: [EstimationMethod] = [.restrictedLikelihood, .likelihood]

@Suite struct IterativeExpansionTests {
    private func expansion(
        _ equations: IterativeEquations, at relative: [Matrix], probes: Int?
    ) throws -> (expansion: DevianceExpansion, traces: TraceEstimate) {
        let state = try #require(equations.solve(at: relative, tolerance: 1e-13))
        let solutions = ProbeSolutions(
            equations.matrix, equations.preconditioner, equations.solver,
            probes: ScoreProbes(equations.layout, count: probes))
        let traces = try #require(solutions.estimate(equations.directions, tolerance: 1e-12))
        return (try #require(equations.expansion(state, traces: traces, tolerance: 1e-12)), traces)
    }

    @Test(arguments: CrossedKind.allCases, methods)
    func exactTracesGiveTheExactExpansion(kind: CrossedKind, method: EstimationMethod) throws {
        for isWeighted in [false, true] {
            let design = SimulatedDesign(crossed: kind, seed: 7, isWeighted: isWeighted)
            let products = CrossProducts(design)
            let relative = design.someRelativeFactors(seed: 2)
            let exact = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
            let expected = try #require(exact.expansion(at: relative, curvature: .averageInformation))
            let equations = IterativeEquations(products, terms: design.terms, method: method, threads: 2)
            let (found, traces) = try expansion(equations, at: relative, probes: nil)
            #expect(traces.covariance.storage.allSatisfy { $0 == 0 })
            let scale = Double(design.rowCount)
            for (own, other) in zip(found.scores, expected.scores) {
                for (left, right) in zip(own.storage, other.storage) { #expect(abs(left - right) < 1e-9 * scale) }
            }
            for (left, right) in zip(found.averageInformation.storage, expected.averageInformation.storage) {
                #expect(abs(left - right) < 1e-9 * scale)
            }
            for (left, right) in zip(found.quadraticForms, expected.quadraticForms) {
                #expect(abs(left - right) < 1e-9 * scale)
            }
            let state = try #require(equations.state)
            #expect(abs(state.residualSumOfSquares / expected.value.residualSumOfSquares - 1) < 1e-11)
            let covariance = exact.mappedUnitCovariance()
            for (left, right) in zip(state.unitCovariance.storage, covariance.storage) {
                #expect(abs(left - right) < 1e-10)
            }
            for (left, right) in zip(equations.coefficientSensitivity(state), exact.coefficientSensitivity()) {
                for (a, b) in zip(left.storage, right.storage) { #expect(abs(a - b) < 1e-9) }
            }
        }
    }

    /// The mean over probes hits the exact traces within its error, and the error is of the size that it says.
    @Test(arguments: CrossedKind.allCases)
    func estimatedTracesLieWithinTheirError(kind: CrossedKind) throws {
        let design = SimulatedDesign(crossed: kind, seed: 19, rows: 600)
        let relative = design.someRelativeFactors(seed: 3)
        let equations = IterativeEquations(CrossProducts(design), terms: design.terms, method: .likelihood, threads: 1)
        let exact = try expansion(equations, at: relative, probes: nil).traces
        let estimate = try expansion(equations, at: relative, probes: 64).traces
        for index in exact.values.indices {
            let error = estimate.covariance[index, index].squareRoot()
            #expect(abs(estimate.values[index] - exact.values[index]) < 5 * error + 1e-9, "\(kind) \(index)")
            #expect(error < 0.05 * abs(exact.values[index]) + 0.1)
        }
    }

    /// Close to zero variance the score keeps its digits.
    @Test func smallVariancesKeepTheirDigits() throws {
        let design = SimulatedDesign(crossed: .threeFactors, seed: 5)
        let products = CrossProducts(design)
        for small in 0..<3 {
            var relative = design.someRelativeFactors(seed: 2)
            relative[small] = .diagonal([1e-4])
            let exact = ProfiledDeviance(products, terms: design.terms, method: .restrictedLikelihood, threads: 1)
            let expected = try #require(exact.expansion(at: relative, curvature: .averageInformation))
            let equations = IterativeEquations(products, terms: design.terms, method: .restrictedLikelihood, threads: 1)
            let found = try expansion(equations, at: relative, probes: nil).expansion
            #expect(abs(found.scores[small][0, 0] / expected.scores[small][0, 0] - 1) < 1e-5)
        }
    }
}
