// Back-transformed means and ratios against emmeans 1.8.4.1, and which transformations are recognized.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedTestSupport
import Testing

@Suite struct ResponseScaleTests {
    private func compare(
        _ differences: inout Differences, _ name: String, _ got: [ResponseEstimate], _ expected: GoldenRows,
        key: String = "response"
    ) {
        differences.compare("\(name): rows", Double(got.count), Double(expected.count))
        for (row, wanted) in zip(got, expected) {
            differences.compare(name, row.response, wanted[key]?.number ?? 0, relative: 1e-6)
            differences.compare("\(name) SE", row.standardError, wanted["SE"]?.number ?? 0, relative: 2e-6)
            differences.compare("\(name) lower", row.lowerLimit, wanted["lower.CL"]?.number ?? 0, relative: 1e-5)
            differences.compare("\(name) upper", row.upperLimit, wanted["upper.CL"]?.number ?? 0, relative: 1e-5)
        }
    }

    @Test func logarithm() throws {
        let fit = try MeansGolden.fit("log(y) ~ a + b + x + (1 | g)", "unbalanced")
        let means = try fit.marginalMeans(of: ["a"])
        let total = try MeansGolden.number("log", "total")
        var differences = Differences()
        compare(&differences, "response", try means.onResponseScale(), try MeansGolden.rows("log", "response"))
        compare(
            &differences, "adjusted", try means.onResponseScale(adjustedWith: total),
            try MeansGolden.rows("log", "adjusted"))
        compare(
            &differences, "total", try means.onResponseScale(adjustedWith: .total),
            try MeansGolden.rows("log", "adjusted"))
        let contrasts = try means.contrasts(.pairwise, isRatio: true)
        let ratios = try #require(contrasts.asRatios(fit.responseTransformation))
        compare(&differences, "ratios", ratios, try MeansGolden.rows("log", "ratios"), key: "ratio")
        #expect(contrasts.rows.map(\.contrast) == ["a1 / a2", "a1 / a3", "a2 / a3"])
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func squareRoot() throws {
        let fit = try MeansGolden.fit("sqrt(y) ~ a + b + x + (1 | g)", "unbalanced")
        let means = try fit.marginalMeans(of: ["a"])
        var differences = Differences()
        compare(&differences, "response", try means.onResponseScale(), try MeansGolden.rows("sqrt", "response"))
        compare(
            &differences, "adjusted", try means.onResponseScale(adjustedWith: .residual),
            try MeansGolden.rows("sqrt", "adjusted"))
        #expect(differences.isEmpty, "\(differences)")
        #expect(try means.contrasts(.pairwise).asRatios(fit.responseTransformation) == nil)
    }

    @Test(arguments: [
        "log(y)", "log2(y)", "log10(y)", "log1p(y)", "log(y + 2)", "log(y, 3)", "sqrt(y)", "sqrt(y - 0.5)",
        "3 * log(y)",
    ])
    func transformationsAreUndone(_ response: String) throws {
        let fit = try MeansGolden.fit("\(response) ~ a + (1 | g)", "unbalanced")
        let own = try MeansGolden.fit("y ~ a + (1 | g)", "unbalanced")
        let transformation = try #require(fit.responseTransformation)
        let median = try #require(fit.marginalMeans(of: ["a"]).onResponseScale().first).response
        let mean = try #require(own.marginalMeans(of: ["a"]).rows.first).estimate
        #expect(abs(median / mean - 1) < 0.15, "\(median) beside \(mean)")
        // Bias-adjusted means come nearer to the means of the response.
        let adjusted = try #require(fit.marginalMeans(of: ["a"]).onResponseScale(adjustedWith: .total).first).response
        #expect(abs(adjusted - mean) < abs(median - mean))
        #expect(transformation.text == response)
    }

    @Test(arguments: ["y", "y + 1", "I(y^2)", "exp(y)"]) func othersAreNot(_ response: String) throws {
        let fit = try MeansGolden.fit("\(response) ~ a + (1 | g)", "unbalanced")
        #expect(fit.responseTransformation == nil)
        #expect(throws: MarginalMeansError.self) { try fit.marginalMeans(of: ["a"]).onResponseScale() }
    }
}
