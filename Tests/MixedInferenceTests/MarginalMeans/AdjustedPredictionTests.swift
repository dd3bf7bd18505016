// Adjusted predictions against ggeffects 1.2.0, whose limits take rows less parameters as degrees of freedom.

import LinearMixedModels
import MixedDesign
@testable import MixedInference
import MixedTestSupport
import Testing

@Suite struct AdjustedPredictionTests {
    private func compare(_ name: String, _ terms: String, _ others: OtherVariables = .typical) throws {
        let fit = try MeansGolden.fit("y ~ a * x + b + two + (1 | g)", "unbalanced")
        let got = try fit.adjustedPredictions(
            PredictionTerm.parse(terms), others: others, inference: try fit.inference(.residual))
        let expected = try MeansGolden.rows("ggpredict", name)
        var differences = Differences()
        differences.compare("\(name): rows", Double(got.rows.count), Double(expected.count))
        for (row, wanted) in zip(got.rows, expected) {
            for (key, value) in zip(["x", "group", "facet"], row.values) {
                #expect(wanted[key]?.label == value.label, "\(name)")
            }
            differences.compare(name, row.predicted, wanted["predicted"]?.number ?? 0, relative: 1e-6)
            differences.compare("\(name) SE", row.standardError, wanted["std.error"]?.number ?? 0, relative: 1e-6)
            differences.compare("\(name) low", row.lowerLimit, wanted["conf.low"]?.number ?? 0, relative: 1e-4)
            differences.compare("\(name) high", row.upperLimit, wanted["conf.high"]?.number ?? 0, relative: 1e-4)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func numbers() throws { try compare("x", "x") }
    @Test func steps() throws { try compare("steps", "x [0:10 by=2.5], a") }
    @Test func levels() throws { try compare("a", "a") }
    @Test func facets() throws { try compare("three", "a, x, b") }
    @Test func meanAndDeviation() throws { try compare("meansd", "x [meansd]") }

    @Test func averagedPredictionsAreMarginalMeans() throws {
        let fit = try MeansGolden.fit("y ~ a * x + b + (1 | g)", "unbalanced")
        let predictions = try fit.adjustedPredictions(PredictionTerm.parse("a"), others: .averaged)
        let means = try fit.marginalMeans(of: ["a"])
        #expect(predictions.rows.map(\.predicted) == means.rows.map(\.estimate))
        #expect(predictions.averagedOver == ["b"])
    }

    @Test func transformedResponses() throws {
        let fit = try MeansGolden.fit("log(y) ~ a + (1 | g)", "unbalanced")
        let back = try fit.adjustedPredictions([PredictionTerm("a")])
        let means = try fit.marginalMeans(of: ["a"])
        #expect(back.rows.map(\.predicted) == (try means.onResponseScale().map(\.response)))
        #expect(back.rows.map(\.standardError) == means.rows.map(\.standardError))
        let kept = try fit.adjustedPredictions([PredictionTerm("a")], undoingTransformation: false)
        #expect(kept.rows.map(\.predicted) == means.rows.map(\.estimate))
    }

    @Test func termsAreRead() throws {
        #expect(
            try PredictionTerm.parse("x [0:4 by=2], a [Low, High],z") == [
                PredictionTerm("x", .sequence(from: 0, to: 4, by: 2)),
                PredictionTerm("a", .listed([.level("Low"), .level("High")])), PredictionTerm("z"),
            ])
        #expect(try PredictionTerm.parse("x [1:3]")[0].values == .sequence(from: 1, to: 3, by: 1))
        #expect(try PredictionTerm.parse("x [n = 5]")[0].values == .pretty(count: 5))
        #expect(try PredictionTerm.parse("x[minmax]")[0].values == .listed([.minimum, .maximum]))
        for text in [
            "", ",", "x,", "[1]", "x [", "x ]", "x [1] y", "x []", "x [1,]", "x [[1]]", "x [0:10 by=0]", "x [10:0]",
            "x [0:1e9]", "x [n=0]", "x [n=1e30]", "x [0:1 by 2]",
        ] {
            #expect(throws: MarginalMeansError.self, "\(text)") { try PredictionTerm.parse(text) }
        }
    }

    @Test func badTerms() throws {
        let fit = try MeansGolden.fit("y ~ a * x + b + (1 | g)", "unbalanced")
        for terms in ["q", "g", "a, a", "a [meansd]", "a [a9]", "x [low]", "a, x, b, two"] {
            #expect(throws: MarginalMeansError.self, "\(terms)") {
                try fit.adjustedPredictions(PredictionTerm.parse(terms))
            }
        }
        #expect(throws: MarginalMeansError.self) { try fit.adjustedPredictions([]) }
    }

    /// R's `pretty(range, 7)`, and ggeffects' values of a variable with that range and 301 different values.
    @Test func roundNumbers() throws {
        struct Case: Decodable {
            let range: [Double]
            let pretty: [Double]
            let values: [Double]
        }
        struct File: Decodable {
            struct Cases: Decodable { let cases: [Case] }
            let pretty: Cases
        }
        let cases = try RecordedResults.load("means.json", as: File.self).pretty.cases
        #expect(cases.count == 7)
        for value in cases {
            let pretty = PrettyNumbers.covering(value.range[0], value.range[1], count: 7)
            #expect(
                pretty.count == value.pretty.count
                    && zip(pretty, value.pretty).allSatisfy { isClose($0, $1, absolute: 1e-12) },
                "\(value.range): \(pretty)")
            let values = PrettyNumbers.range(value.range[0], value.range[1], distinct: 301)
            #expect(
                values.count == value.values.count
                    && zip(values, value.values).allSatisfy { isClose($0, $1, absolute: 1e-12) },
                "\(value.range): \(values)")
        }
    }
}
