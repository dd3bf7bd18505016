// The exact distribution of likelihood ratios against RLRsim, within Monte Carlo error.

import Foundation
import LinearMixedModels
import MixedInference
import MixedTables
import MixedTestSupport
import Testing

@Suite struct ExactLikelihoodRatioTests {
    struct File: Decodable {
        let draws: Int
        let cases: [Case]
        let dyestuff: Observed

        struct Observed: Decodable {
            let statistic: Double
            let p: Double
        }
    }

    struct Case: Decodable {
        let name: String
        let data: String
        let formula: String
        let restricted: Bool
        let statistics: [Double]
        let p: [Double]
    }

    private static func fit(_ reference: Case) throws -> LinearMixedModelFit {
        let path =
            reference.data == "sleep"
            ? RecordedResults.path("unbalanced-sleep.csv")
            : try ReferenceFolder.dataPath("standard/\(reference.data.lowercased()).csv")
        return try LinearMixedModel(
            reference.formula, data: DataTable(contentsOf: path),
            method: reference.restricted ? .restrictedLikelihood : .likelihood
        ).fit()
    }

    private static func test(_ outcome: ExactLikelihoodRatio) throws -> ExactLikelihoodRatioTest {
        var result: ExactLikelihoodRatioTest?
        if case .tested(let test) = outcome { result = test }
        return try #require(result, "\(outcome)")
    }

    @Test func agreesWithRLRsim() throws {
        let file = try RecordedResults.load("exact-likelihood-ratio.json", as: File.self)
        var closed = 0
        for reference in file.cases {
            let fit = try Self.fit(reference)
            for (statistic, expected) in zip(reference.statistics, reference.p) {
                let draws = 20_000
                let test = try Self.test(
                    fit.exactRestrictedLikelihoodRatio(statistic: statistic, draws: draws, seed: 3))
                if test.draws == 0 { closed += 1 }
                let perDraw = 1 / Double(file.draws) + (test.draws == 0 ? 0 : 1 / Double(draws))
                let error: Double = (expected * (1 - expected) * perDraw).squareRoot()
                // RLRsim's maxima are those of a grid that stops short of zero, which shows for small ratios.
                let short = statistic < 0.5 ? 2e-3 : 5e-4
                #expect((test.pValue - expected).magnitude < 3.5 * error + short, "\(reference.name) \(statistic)")
            }
        }
        #expect(closed == 8)
    }

    @Test func dyestuff() throws {
        let file = try RecordedResults.load("exact-likelihood-ratio.json", as: File.self)
        let fit = try Self.fit(file.cases[0])
        let test = try Self.test(fit.exactRestrictedLikelihoodRatio(statistic: file.dyestuff.statistic))
        #expect((test.pValue - file.dyestuff.p).magnitude < 6e-4)
        #expect(test.standardError == 0 && !test.hasRoundedSpectrum)
    }

    /// The F test of a balanced one-way layout is the same test.
    @Test func balancedLayoutIsAnFTest() throws {
        let fit = try Self.fit(
            Case(
                name: "", data: "Dyestuff", formula: "Yield ~ 1 + (1 | Batch)", restricted: true, statistics: [], p: [])
        )
        // R 4.2.2: F = summary(aov(Yield ~ Batch, Dyestuff))[[1]][1, 4] is 4.598266, p 0.0043975.
        let f = 4.598_266_190_719_013
        let ratio: Double = 29 * log((5 * f + 24) / 29) - 5 * log(f)
        let test = try Self.test(fit.exactRestrictedLikelihoodRatio(statistic: ratio))
        #expect(isClose(test.pValue, 0.004_397_531_268_306, relative: 1e-9))
    }

    @Test func sameForAnyNumberOfThreads() throws {
        let file = try RecordedResults.load("exact-likelihood-ratio.json", as: File.self)
        let fit = try Self.fit(file.cases[2])
        let results = [1, 2, 5].map {
            fit.exactRestrictedLikelihoodRatio(statistic: 1, draws: 3_001, seed: 9, threads: $0)
        }
        #expect(results[0] == results[1] && results[1] == results[2])
        #expect(fit.exactRestrictedLikelihoodRatio(statistic: 1, draws: 3_001, seed: 10) != results[0])
    }

    /// Twenty thousand groups with as many different cross-products: eigenvalues are counted, not computed.
    @Test func manyGroups() throws {
        let groups = 20_000
        var generator = SeededGenerator(seed: 5)
        var columns: [[Double]] = [[], []]
        var codes: [Int32] = []
        for group in 0..<groups {
            for _ in 0..<(2 + group % 3) {
                codes.append(Int32(group))
                columns[0].append(Double.random(in: -1...1, using: &generator))
                columns[1].append(Double.random(in: -1...1, using: &generator))
            }
        }
        let table = try DataTable(columns: [
            Column("y", .double(columns[0])), Column("x", .double(columns[1])),
            Column(
                "g", .categorical(CategoricalValues(codes: codes, levels: (0..<groups).map { "g\($0)" }, kind: .text))),
        ])
        let fit = try LinearMixedModel("y ~ x + (0 + x | g)", data: table).fit()
        let test = try Self.test(fit.exactRestrictedLikelihoodRatio(statistic: 1.642, draws: 2_000))
        #expect(test.hasRoundedSpectrum)
        // Many groups make the limit of half a chi-squared: 0.1 at 1.642.
        #expect((test.pValue - 0.1).magnitude < 0.03)
    }

    @Test func notApplicable() throws {
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv"))
        func outcome(_ formula: String) throws -> ExactLikelihoodRatio {
            try LinearMixedModel(formula, data: table).fit().exactRestrictedLikelihoodRatio(statistic: 2)
        }
        #expect(try outcome("Reaction ~ Days") == .notApplicable(.noRandomTerm))
        #expect(try outcome("Reaction ~ Days + (Days || Subject)") == .notApplicable(.severalRandomTerms(2)))
        #expect(
            try outcome("Reaction ~ Days + (Days | Subject)")
                == .notApplicable(.severalEffects(group: "Subject", count: 2)))
        let one = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: table).fit()
        for statistic in [0, -1, .nan, .infinity] {
            let test = try Self.test(one.exactRestrictedLikelihoodRatio(statistic: statistic))
            #expect(statistic.isNaN ? test.pValue.isNaN : test.pValue == (statistic > 0 ? 0 : 1))
        }
    }

    /// R: 0.5 * pchisq(q, 1, lower = FALSE) and so on.
    @Test func mixtures() {
        #expect(isClose(ChiSquaredMixture.addingRandomEffects(1).pValue(2.705_543_454_095_404), 0.05, relative: 1e-12))
        let slope = ChiSquaredMixture.addingRandomEffects(1, beside: 1)
        #expect(isClose(slope.pValue(5.138), 0.050_009_859_412_3, relative: 1e-9))
        #expect(!slope.isBound)
        #expect(slope.description == "½ χ²(1) + ½ χ²(2)")
        let block = ChiSquaredMixture.addingRandomEffects(2, beside: 1)
        #expect(block.parts.map(\.degreesOfFreedom) == [4, 5] && block.isBound)
        #expect(slope.pValue(0) == 1 && slope.pValue(-3) == 1 && slope.pValue(.nan).isNaN)
    }
}
