// Likelihood-ratio tests by simulation against pbkrtest's.

import LinearMixedModels
import MixedInference
import MixedTables
import MixedTestSupport
import Synchronization
import Testing

@Suite struct BootstrapLikelihoodRatioTests {
    /// What `Goldens/bootstrap-comparison.R` writes.
    struct Golden: Decodable {
        struct Case: Decodable {
            let data: String
            let larger: String
            let smaller: String
            let statistic: Double
            let p: Double
            let asymptotic: Double
            /// Of the simulated statistics at 0.5, 0.75, 0.9 and 0.95.
            let quantiles: [Double]
        }

        let cases: [String: Case]
    }

    private func golden() throws -> [String: Golden.Case] {
        try RecordedResults.load("bootstrap-comparison.json", as: Golden.self).cases
    }

    private func fits(_ data: String, _ larger: String, _ smaller: String) throws -> (
        LinearMixedModelFit, LinearMixedModelFit
    ) {
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(data).csv"))
        return (
            try LinearMixedModel(larger, data: table).fit(), try LinearMixedModel(smaller, data: table).fit()
        )
    }

    /// The statistic is that of R; of 2,000 replicates as many lie beyond the quantiles of R's 2,000 as should, within five
    /// Monte Carlo standard errors of the difference.
    @Test(arguments: ["slope", "cake", "treatment"])
    func isDistributedAsInR(_ name: String) throws {
        let golden = try #require(try golden()[name])
        let (larger, smaller) = try fits(golden.data, golden.larger, golden.smaller)
        let test = try larger.bootstrapLikelihoodRatio(against: smaller, replicates: 2000, seed: 6)
        #expect(isClose(test.statistic, golden.statistic, relative: 1e-5, absolute: 1e-6))
        #expect(isClose(test.asymptoticPValue, golden.asymptotic, relative: 1e-4, absolute: 1e-12))
        #expect(test.failedCount == 0)
        let spread = (2 * golden.p * (1 - golden.p) / 2000).squareRoot()
        #expect(abs(test.pValue - golden.p) < 5 * spread + 1e-3, "\(test.pValue) against \(golden.p)")
        // Half of the statistics of a variance are zero up to rounding, which is R's; the others have their quantiles.
        for (share, quantile) in zip([0.5, 0.75, 0.9, 0.95], golden.quantiles) where quantile > 0.1 {
            let below = Double(test.replicates.count { $0 <= quantile }) / 2000
            let error = (2 * share * (1 - share) / 2000).squareRoot()
            #expect(abs(below - share) < 5 * error, "\(name) at \(share): \(below)")
        }
    }

    @Test func threadsDoNotChangeABit() throws {
        let (larger, smaller) = try fits(
            "sleepstudy", "Reaction ~ Days + (Days | Subject)", "Reaction ~ 1 + (1 | Subject)")
        let first = try larger.bootstrapLikelihoodRatio(against: smaller, replicates: 50, threads: 1)
        #expect(first == (try larger.bootstrapLikelihoodRatio(against: smaller, replicates: 50, threads: 3)))
        #expect(first.degreesOfFreedom == 3)
        #expect(first.pValue == 1 / 51.0)
    }

    /// A comparison has the test of each step, and none where models are not nested.
    @Test func aComparisonHasTheTestsOfItsSteps() throws {
        let (larger, smaller) = try fits(
            "sleepstudy", "Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (1 | Subject)")
        let (middle, _) = try fits(
            "sleepstudy", "Reaction ~ Days + (Days || Subject)", "Reaction ~ 1 + (1 | Subject)")
        let models = [("large", larger), ("small", smaller), ("middle", middle)]
        let counts = Mutex<[Int]>([])
        let simulation = ModelComparison.Simulation(replicates: 40, seed: 5) { done, total in
            counts.withLock { $0 += [done, total] }
        }
        let comparison = try ModelComparison(models, bootstrapping: simulation, threads: 2)
        #expect(comparison.models.map(\.name) == ["small", "middle", "large"])
        #expect(comparison.method == .likelihood)
        let first = try middle.bootstrapLikelihoodRatio(against: smaller, replicates: 40, seed: 5)
        let second = try larger.bootstrapLikelihoodRatio(against: middle, replicates: 40, seed: 5)
        #expect(comparison.models[1].step?.bootstrapTest?.pValue == first.pValue)
        #expect(comparison.models[2].step?.bootstrapTest?.pValue == second.pValue)
        #expect(counts.withLock { $0.suffix(2) } == [80, 80])
        #expect(try ModelComparison(models).models.allSatisfy { $0.step?.bootstrapTest == nil })

        let (other, _) = try fits(
            "sleepstudy", "Reaction ~ I(Days^2) + (Days | Subject)", "Reaction ~ 1 + (1 | Subject)")
        let apart = try ModelComparison([("a", smaller), ("b", other)], bootstrapping: simulation)
        #expect(apart.models[1].step?.isNested == false && apart.models[1].step?.bootstrapTest == nil)
        #expect(throws: ComparisonError.self) {
            try ModelComparison(models, bootstrapping: .init(replicates: 1))
        }
    }

    @Test func badInput() throws {
        let (larger, smaller) = try fits(
            "sleepstudy", "Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (1 | Subject)")
        #expect(throws: BootstrapComparisonError.notSmaller) {
            try larger.bootstrapLikelihoodRatio(against: larger, replicates: 10)
        }
        #expect(throws: BootstrapComparisonError.self) {
            try smaller.bootstrapLikelihoodRatio(against: larger, replicates: 10)
        }
        #expect(throws: BootstrapComparisonError.self) {
            try larger.bootstrapLikelihoodRatio(against: smaller, replicates: 0)
        }
        let other = try fits("oats", "yield ~ nitro + (1 | Block)", "yield ~ 1 + (1 | Block)").1
        #expect(throws: BootstrapComparisonError.differentRows) {
            try larger.bootstrapLikelihoodRatio(against: other, replicates: 10)
        }
    }
}
