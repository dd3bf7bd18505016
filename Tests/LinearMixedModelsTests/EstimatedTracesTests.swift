// Traces of a large border that are estimated with probes, and searches that end with a step taken on their word.

import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

/// Designs whose border has several tiles.
private let tiled: [LargeDesign] = [
    .crossed, .crossedSlopes, .dense, .denseSlopes, .nestedAndCrossed, .threeCrossed,
]

@Suite struct EstimatedTracesTests {
    @Test(arguments: tiled, [EstimationMethod.restrictedLikelihood, .likelihood])
    func meanIsTheExactTraceToItsError(_ large: LargeDesign, method: EstimationMethod) throws {
        let design = large.simulated
        let relative = design.someRelativeFactors(seed: 11)
        let deviance = deviance(design, method)
        let exact = try #require(deviance.expansion(at: relative, curvature: .exact)?.traces)
        let expansion = try #require(deviance.expansion(at: relative, curvature: .estimatedTraces))
        let estimate = try #require(expansion.traces)
        let samples = expansion.traceSamples
        #expect(samples.count == BlockFactorization.traceGroupCount)
        let scale = exact.diagonal.map(abs).max() ?? 0
        for element in exact.storage.indices {
            let own = samples.map { $0.storage[element] }
            let mean = own.reduce(0, +) / Double(own.count)
            #expect(abs(mean - estimate.storage[element]) < 1e-12 * scale)
            let squares = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let error = (squares / Double(own.count * (own.count - 1))).squareRoot()
            // Student's t with seven degrees of freedom exceeds 8 once in ten thousand times.
            let difference = abs(estimate.storage[element] - exact.storage[element])
            #expect(difference < 8 * error + 1e-9 * scale)
            #expect(error < 0.02 * scale)
        }
    }

    @Test(arguments: [LargeDesign.crossedSlopes, .dense])
    func threadsDoNotChangeABit(_ large: LargeDesign) throws {
        let design = large.simulated
        let relative = design.someRelativeFactors(seed: 3)
        let results = try [1, 2, 5].map { threads in
            let deviance = deviance(design, .restrictedLikelihood, threads: threads)
            return try #require(deviance.expansion(at: relative, curvature: .estimatedTraces)).traceSamples
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    /// From close to the optimum a single expansion is enough, and what is said to be left is more than what is left.
    @Test(arguments: [LargeDesign.dense, .denseSlopes, .nestedAndCrossed])
    func oneStepFromCloseBy(_ large: LargeDesign) throws {
        let design = large.simulated
        let search = deviance(design, .restrictedLikelihood)
        let optimum = try #require(search.minimize())
        #expect(optimum.hasConverged)
        guard optimum.singularTerms.isEmpty else { return }
        let start = optimum.relativeFactors.map { 1.0005 * $0 }
        let near = deviance(design, .restrictedLikelihood)
        let minimum = try #require(
            near.minimize(startingFrom: start, settings: .init(beginsWithScoring: false, beginsNearOptimum: true)))
        #expect(minimum.hasConverged)
        #expect(minimum.newtonDecrement < 1e-10)
        #expect(abs(minimum.deviance - optimum.deviance) < 1e-9 * (1 + abs(optimum.deviance)))
        let chart = CovarianceChart(
            around: minimum.relativeFactors, floors: design.terms.map { _ in 1e-9 })
        let check = try #require(near.expansion(at: chart.relativeFactors(), curvature: .exact))
        let (gradient, hessian) = check.derivatives(along: chart.parameters.map { chart.tangent(of: $0) })
        let step = try #require(hessian.solving(gradient))
        let left = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(left < max(minimum.newtonDecrement, 1e-13), "\(left) after \(near.evaluationCount) evaluations")
    }
}
