// Whole iterative searches against exact ones.

import Foundation
import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct IterativeFitTests {
    private struct Pair {
        let exact: DevianceMinimum
        let iterative: IterativeMinimum
        /// The standard errors of θ of scalar terms.
        let errors: [Double]
    }

    private func fits(
        _ design: SimulatedDesign, method: EstimationMethod, settings: IterativeSettings, threads: Int = 2
    ) throws -> Pair {
        let products = CrossProducts(design)
        let deviance = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
        let exact = try #require(deviance.minimize())
        let equations = IterativeEquations(products, terms: design.terms, method: method, threads: threads)
        let iterative = try #require(equations.minimize(settings: settings))
        let tangents = exact.chart.parameters.map { exact.chart.tangent(of: $0) }
        let hessian = exact.expansion.derivatives(along: tangents).hessian
        let errors = CholeskyDecomposition(hessian)?.inverse.diagonal.map { (2 * $0).squareRoot() } ?? []
        return Pair(exact: exact, iterative: iterative, errors: errors)
    }

    @Test(arguments: CrossedKind.allCases)
    func exactTracesLeadToTheExactOptimum(kind: CrossedKind) throws {
        for (index, method) in [EstimationMethod.restrictedLikelihood, .likelihood].enumerated() {
            let design = SimulatedDesign(crossed: kind, seed: 31, rows: 700, isWeighted: index == 1)
            var settings = IterativeSettings(probes: nil)
            settings.tolerance = 1e-12
            settings.solveTolerance = 1e-12
            settings.probeTolerance = 1e-12
            let pair = try fits(design, method: method, settings: settings)
            #expect(pair.iterative.hasConverged)
            #expect(pair.iterative.monteCarloError == 0)
            #expect(pair.iterative.singularTerms == pair.exact.singularTerms)
            for (left, right) in zip(pair.iterative.relativeFactors, pair.exact.relativeFactors) {
                let difference = left * left.transposed - right * right.transposed
                #expect(difference.storage.allSatisfy { abs($0) < 1e-5 }, "\(kind): \(left) instead of \(right)")
            }
        }
    }

    /// Over seeded designs the distance to the exact optimum is what the reported error says.
    @Test func distanceIsWithinTheReportedError() throws {
        var ratios: [Double] = []
        for seed in 0..<12 {
            let design = SimulatedDesign(
                crossed: .scalar, seed: UInt64(100 + seed), rows: 2500, deviations: [0.7, 0.5], sizes: [220, 130])
            let method: EstimationMethod = seed % 2 == 0 ? .restrictedLikelihood : .likelihood
            var settings = IterativeSettings()
            settings.monteCarloError = 0.02
            settings.tolerance = 1e-8
            let pair = try fits(design, method: method, settings: settings)
            #expect(pair.iterative.hasConverged)
            #expect(pair.iterative.monteCarloError <= 0.02)
            #expect(pair.iterative.monteCarloError > 0)
            for term in 0..<2 {
                let distance =
                    abs(pair.iterative.relativeFactors[term][0, 0] - pair.exact.relativeFactors[term][0, 0])
                    / pair.errors[term]
                ratios.append(distance / pair.iterative.monteCarloError)
            }
        }
        // The reported error is the largest over all combinations; single parameters lie within a few of it.
        #expect((ratios.max() ?? .infinity) < 4)
        #expect(ratios.reduce(0, +) / Double(ratios.count) < 1.5)
    }

    @Test func probesAreAddedUntilTheErrorIsSmall() throws {
        let design = SimulatedDesign(
            crossed: .scalar, seed: 5, rows: 1500, deviations: [0.7, 0.5], sizes: [150, 110])
        let rough = try fits(design, method: .likelihood, settings: IterativeSettings(monteCarloError: 1, probes: 4))
        #expect(rough.iterative.probeCount == 4)
        let goal = rough.iterative.monteCarloError / 2
        let fine = try fits(design, method: .likelihood, settings: IterativeSettings(monteCarloError: goal, probes: 4))
        #expect(fine.iterative.probeCount > 4)
        #expect(fine.iterative.monteCarloError <= goal)
    }

    @Test func varianceOfZeroIsFound() throws {
        for seed in 0..<6 {
            let design = SimulatedDesign(
                crossed: .threeFactors, seed: UInt64(40 + seed), rows: 900, deviations: [0.6, 0.5, 0])
            let pair = try fits(design, method: .restrictedLikelihood, settings: IterativeSettings(probes: nil))
            #expect(pair.iterative.hasConverged)
            #expect(pair.iterative.singularTerms == pair.exact.singularTerms)
            for (left, right) in zip(pair.iterative.relativeFactors, pair.exact.relativeFactors) {
                #expect(abs(left[0, 0] - right[0, 0]) < 2e-3)
            }
        }
    }

    @Test(arguments: [CrossedKind.scalar, .nestedSlopes])
    func threadsDoNotChangeABit(kind: CrossedKind) throws {
        let sizes = kind == .scalar ? [900, 700] : nil
        let design = SimulatedDesign(crossed: kind, seed: 2, rows: 5000, sizes: sizes)
        let minima = try [1, 2, 3].map { threads in
            let equations = IterativeEquations(
                CrossProducts(design), terms: design.terms, method: .restrictedLikelihood, threads: threads)
            return try #require(equations.minimize())
        }
        for other in minima.dropFirst() {
            #expect(other.relativeFactors == minima[0].relativeFactors)
            #expect(other.monteCarloError == minima[0].monteCarloError)
            #expect(other.traces.values == minima[0].traces.values)
        }
    }
}
