// The parametric bootstrap: reproducible, counted, like lme4's bootMer, and quick at any number of rows.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct BootstrapTests {
    private func fit(_ formula: String, _ name: String) throws -> LinearMixedModelFit {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(name).csv"))
        return try LinearMixedModel(formula, data: data).fit()
    }

    @Test func namesAndEstimatesAreThoseOfTheFit() throws {
        let fit = try fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        let sample = try fit.bootstrap(replicates: 20, seed: 3)
        #expect(
            sample.parameterNames == [
                "sd_(Intercept)|Subject", "cor_Days.(Intercept)|Subject", "sd_Days|Subject", "sigma", "(Intercept)",
                "Days",
            ])
        #expect(sample.original[0] == fit.varianceComponents[0].standardDeviations[0])
        #expect(sample.original[1] == fit.varianceComponents[0].correlations[1, 0])
        #expect(sample.original[3] == fit.residualStandardDeviation)
        #expect(sample.original[5] == fit.coefficients[1])
        #expect(sample.values(of: "Days")?.count == 20)
        #expect(sample.values(of: "Nights") == nil)
    }

    @Test(arguments: [
        ("sleepstudy", "Reaction ~ Days + (Days | Subject)"), ("oats", "yield ~ nitro + (1 | Block/Variety)"),
        ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"), ("sleepstudy", "Reaction ~ Days"),
    ])
    func threadsDoNotChangeABit(name: String, formula: String) throws {
        let fit = try fit(formula, name)
        let first = try fit.bootstrap(replicates: 61, seed: 9, threads: 1)
        for threads in [2, 3, 8] {
            let other = try fit.bootstrap(replicates: 61, seed: 9, threads: threads)
            #expect(zip(first.values.storage, other.values.storage).allSatisfy { $0.bitPattern == $1.bitPattern })
            #expect(first.statuses == other.statuses)
        }
        let longer = try fit.bootstrap(replicates: 80, seed: 9)
        let sigma = try #require(first.values(of: "sigma"))
        #expect(Array(try #require(longer.values(of: "sigma")).prefix(61)) == sigma)
        #expect(try fit.bootstrap(replicates: 61, seed: 10).values(of: "sigma") != sigma)
    }

    /// Means and standard deviations of 4,000 replicates against lme4's bootMer on simulated rows, 2,000 replicates: within
    /// five Monte Carlo standard errors of the difference.
    @Test(arguments: [
        ("sleepstudy", "Reaction ~ Days + (Days | Subject)"), ("dyestuff", "Yield ~ 1 + (1 | Batch)"),
    ])
    func isDistributedAsRefitsToRows(name: String, formula: String) throws {
        let golden = try #require(try BootstrapGolden.load().bootMer[name])
        let sample = try fit(formula, name).bootstrap(replicates: 4000, seed: 2)
        // as.data.frame(VarCorr(m), order = "lower.tri") has lme4's order of theta, as we have.
        for (index, row) in try sample.intervals().enumerated() {
            let mean = row.estimate + row.bias
            let error = golden.sd[index] * (1 / 4000.0 + 1 / Double(golden.replicates)).squareRoot()
            #expect(abs(mean - golden.mean[index]) < 5 * error, "\(row.term): \(mean) against \(golden.mean[index])")
            // The replicates' kurtosis is at most about 4, so that a standard deviation's error is below 0.9 / sqrt(N).
            let ratio = row.standardError / golden.sd[index]
            let bound = 5 * 0.9 * (1 / 4000.0 + 1 / 2000.0).squareRoot()
            #expect(abs(ratio - 1) < bound, "\(row.term): \(ratio)")
        }
        #expect(sample.failedCount == 0)
    }

    @Test func keptRandomEffectsLeaveErrorsOnly() throws {
        let fit = try fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        let kept = try fit.bootstrap(replicates: 500, conditional: true)
        #expect(kept.isConditional)
        let errors = try kept.intervals().map(\.standardError)
        // The coefficients' spread is that of errors alone, as of a regression with the subjects' lines known:
        // σ √(1/180 + 4.5²/1485) and σ / √1485, with 1485 = Σ (Days − 4.5)².
        let intercept = 25.5918 * (1 / 180.0 + 20.25 / 1485).squareRoot()
        let slope = 25.5918 / 1485.0.squareRoot()
        #expect(abs(errors[4] / intercept - 1) < 0.15)
        #expect(abs(errors[5] / slope - 1) < 0.15)
        #expect(kept.notes(method: .percentile, level: 0.95).contains { $0.contains("these groups") })
    }

    @Test func mostlySingularReplicatesAreSaid() throws {
        let sample = try fit("Yield ~ 1 + (1 | Batch)", "dyestuff2").bootstrap(replicates: 400)
        #expect(sample.isMostlySingular)
        #expect(sample.convergedCount + sample.singularCount + sample.failedCount == 400)
        let notes = sample.notes(method: .percentile, level: 0.95)
        #expect(notes.contains { $0.hasPrefix("Most replicates are singular") })
        let interval = try sample.intervals()[0]
        #expect(interval.lowerLimit == 0 && interval.upperLimit > 0)
    }

    @Test func tooFewReplicatesAreSaid() throws {
        let sample = try fit("Yield ~ 1 + (1 | Batch)", "dyestuff").bootstrap(replicates: 20)
        #expect(sample.notes(method: .percentile, level: 0.95).contains { $0.contains("too few replicates") })
        #expect(!sample.notes(method: .normal, level: 0.95).contains { $0.contains("too few replicates") })
    }

    @Test(arguments: [0, 1, -5, Int.min, 10_000_001, Int.max])
    func impossibleNumbersOfReplicates(_ count: Int) throws {
        let fit = try fit("Yield ~ 1 + (1 | Batch)", "dyestuff")
        #expect(throws: BootstrapError.replicateCount(count, largest: 10_000_000)) {
            try fit.bootstrap(replicates: count)
        }
        #expect(throws: BootstrapError.threadCount(0)) { try fit.bootstrap(replicates: 10, threads: 0) }
    }

    @Test func functionsOfTheParameters() throws {
        let sample = try fit("Yield ~ 1 + (1 | Batch)", "dyestuff").bootstrap(replicates: 200).adding("icc") {
            let between = $0["sd_(Intercept)|Batch"] * $0["sd_(Intercept)|Batch"]
            return between / (between + $0["sigma"] * $0["sigma"])
        }
        let interval = try #require(try sample.intervals().last)
        #expect(interval.term == "icc")
        #expect(abs(interval.estimate - 0.4184874) < 1e-6)
        #expect(interval.lowerLimit >= 0 && interval.upperLimit < 1)
    }

    @Test func progressReachesTheEnd() throws {
        let counts = Counter()
        _ = try fit("Yield ~ 1 + (1 | Batch)", "dyestuff").bootstrap(replicates: 300) { counts.add($0) }
        #expect(counts.values.last == 300)
        #expect(counts.values == counts.values.sorted())
    }

    /// A linear model's refits are regressions: the standard errors are the classical ones.
    @Test func linearModels() throws {
        let fit = try fit("Reaction ~ Days", "sleepstudy")
        let sample = try fit.bootstrap(replicates: 4000)
        for (name, error) in zip(fit.coefficientNames, fit.standardErrors) {
            let row = try #require(try sample.intervals().first { $0.term == name })
            #expect(abs(row.standardError / error - 1) < 5 / (2 * 4000.0).squareRoot())
        }
        #expect(sample.parameterNames == ["sigma", "(Intercept)", "Days"])
    }

    /// Nothing depends on the rows: 10,000 groups of 100 rows, 20 replicates.
    @Test func aMillionRows() throws {
        let fit = try LargeModel.fit()
        let replicates = try fit.bootstrap(replicates: 20)
        #expect(replicates.failedCount == 0)
        let row = try #require(try replicates.intervals().first { $0.term == "x" })
        let error = try #require(fit.standardErrors.last)
        #expect(row.standardError > 0.4 * error && row.standardError < 2 * error)
    }
}

/// Numbers in the order in which they came.
private final class Counter: @unchecked Sendable {
    private(set) var values: [Int] = []
    func add(_ value: Int) { values.append(value) }
}
