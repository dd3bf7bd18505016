// The parametric bootstrap: reproducible, counted, certified, and quick.

import LinearMixedModels
import MixedInference
import MixedTables
import MixedTestSupport
import Testing

@Suite struct BootstrapTests {
    @Test func time() throws {
        for (name, formula) in [
            ("sleepstudy", "Reaction ~ Days + (Days | Subject)"), ("sleepstudy", "Reaction ~ Days + (1 | Subject)"),
            ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
            ("dyestuff2", "Yield ~ 1 + (1 | Batch)"), ("oats", "yield ~ nitro * Variety + (1 | Block/Variety)"),
        ] {
            let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(name).csv"))
            let fit = try LinearMixedModel(formula, data: data).fit()
            for threads in [1, 2] {
                let clock = ContinuousClock()
                var sample: BootstrapSample?
                let time = try clock.measure { sample = try fit.bootstrap(replicates: 1000, threads: threads) }
                guard let sample else { continue }
                print(formula, threads, time, sample.convergedCount, sample.singularCount, sample.failedCount)
                if threads == 2 {
                    for row in try sample.intervals() { print(row.term, row.estimate, row.bias, row.standardError, row.lowerLimit, row.upperLimit) }
                }
            }
        }
    }
}
