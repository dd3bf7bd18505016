// R-squared and the overall F-test of linear models against R's `summary.lm`.

import LinearMixedModels
import MixedDesign
import MixedReports
import MixedSyntax
import MixedTestSupport
import Testing

@Suite struct LeastSquaresTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let formula: String
        var weights: String?
        let rSquared: Double
        let adjusted: Double
        let test: String
        var testDescription: String { formula }
    }

    // R 4.2.2: summary(lm(formula, sleepstudy, weights)) with Subject as a factor and w <- 1 + Days %% 3
    static let goldens = [
        Golden(
            formula: "Reaction ~ Days", rSquared: 0.286471395107710, adjusted: 0.282462807439776,
            test: "71.46 on 1 and 178 degrees of freedom, p = 9.89e-15"),
        Golden(
            formula: "Reaction ~ Days + I(Days^2)", weights: "1 + Days %% 3", rSquared: 0.277109624948366,
            adjusted: 0.268941372122924, test: "33.93 on 2 and 177 degrees of freedom, p = 3.37e-13"),
        Golden(
            formula: "Reaction ~ 0 + Days", rSquared: 0.777293072509146, adjusted: 0.776048899729868,
            test: "624.7 on 1 and 179 degrees of freedom, p <2e-16"),
        Golden(
            formula: "Reaction ~ 0 + Days", weights: "1 + Days %% 3", rSquared: 0.801689605413361,
            adjusted: 0.800581726113994, test: "723.6 on 1 and 179 degrees of freedom, p <2e-16"),
        Golden(
            formula: "Reaction ~ 0 + factor(Subject) + Days", rSquared: 0.990688771071721, adjusted: 0.989589930390744,
            test: "901.6 on 19 and 161 degrees of freedom, p <2e-16"),
    ]

    @Test(arguments: goldens)
    func explainedVarianceIsThatOfR(golden: Golden) throws {
        var options = DesignOptions()
        if let weights = golden.weights { options.weights = try TableExpression(parsing: weights) }
        let report = FitReport(try ReportedFits.fit(golden.formula, "sleepstudy", options: options))
        let explained = report.json()["r2"]
        #expect(isClose(explained?["r.squared"]?.number ?? .nan, golden.rSquared, relative: 1e-10))
        #expect(isClose(explained?["adj.r.squared"]?.number ?? .nan, golden.adjusted, relative: 1e-10))
        #expect(report.text(width: 120).contains("F-test of all effects: \(golden.test)"))
    }

    @Test func aMeanAloneExplainsNothing() throws {
        let report = FitReport(try ReportedFits.fit("Reaction ~ 1", "sleepstudy"))
        #expect(report.json()["r2"]?["r.squared"]?.number == 0)
        #expect(!report.text().contains("F-test"))
    }
}
