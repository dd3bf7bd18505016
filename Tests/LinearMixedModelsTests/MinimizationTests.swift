// The minimiser over hundreds of random designs, many of them singular: always converged, never above a restart.

import MixedDesign
import MixedLinearAlgebra
import Testing

@testable import LinearMixedModels

@Suite struct MinimizationTests {
    struct Summary {
        var evaluations: [Int] = []
        var singular = 0
        var worst = 0.0
    }

    @Test func fiveHundredRandomDesigns() throws {
        var total = Summary()
        for kind in DesignKind.allCases {
            var summary = Summary()
            for seed in 0..<50 {
                let design = SimulatedDesign(kind, seed: UInt64(seed), rows: 120)
                let method: EstimationMethod = seed % 3 == 0 ? .likelihood : .restrictedLikelihood
                let products = CrossProducts(design)
                let deviance = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
                let minimum = try #require(deviance.minimize(), "\(kind) \(seed) has no minimum")
                #expect(minimum.hasConverged, "\(kind) \(seed): decrement \(minimum.newtonDecrement)")
                #expect(minimum.newtonDecrement < 1e-10)
                summary.evaluations.append(deviance.evaluationCount)
                if !minimum.singularTerms.isEmpty { summary.singular += 1 }
                for restart in 0..<5 {
                    let other = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
                    let start = design.someRelativeFactors(seed: UInt64(1000 + restart)).map {
                        [0.2, 1, 5, 0.5, 2][restart] * $0
                    }
                    guard let again = other.descend(from: start, settings: .init()) else { continue }
                    summary.worst = max(summary.worst, minimum.deviance - again.deviance)
                    #expect(
                        minimum.deviance <= again.deviance + 1e-7,
                        "\(kind) \(seed): \(minimum.deviance) above restart \(restart) at \(again.deviance)")
                }
            }
            let mean = Double(summary.evaluations.reduce(0, +)) / Double(summary.evaluations.count)
            print(
                "\(kind): mean \(mean) max \(summary.evaluations.max()!) singular \(summary.singular) worst \(summary.worst)"
            )
            total.evaluations += summary.evaluations
        }
        let mean = Double(total.evaluations.reduce(0, +)) / Double(total.evaluations.count)
        print("all: mean \(mean) max \(total.evaluations.max()!)")
        #expect(mean < 9)
        #expect(total.evaluations.max()! <= 30)
    }
}
