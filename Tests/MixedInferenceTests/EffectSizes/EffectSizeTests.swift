// Effect sizes where packages have no answer: random slopes, linear models, models without an intercept.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct EffectSizeTests {
    private static func fit(_ formula: String) throws -> LinearMixedModelFit {
        try LinearMixedModel(formula, data: DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv")))
            .fit()
    }

    /// At zero the slope does not matter.
    @Test func correlationDependsOnTheCovariate() throws {
        let fit = try Self.fit("Reaction ~ Days + (Days | Subject)")
        let covariance = fit.varianceComponents[0].covariance
        let residual = fit.residualStandardDeviation * fit.residualStandardDeviation
        let rows = fit.intraclassCorrelations()
        #expect(rows.map(\.value) == [0, 4.5, 9])
        #expect(rows.allSatisfy { $0.covariate == "Days" })
        #expect(isClose(rows[0].correlation, covariance[0, 0] / (covariance[0, 0] + residual)))
        let late = covariance[0, 0] + 18 * covariance[0, 1] + 81 * covariance[1, 1]
        #expect(isClose(rows[2].correlation, late / (late + residual)))
        #expect(fit.intraclassCorrelation(of: "Subject", at: ["Days": 9]) == rows[2].correlation)
        #expect(fit.intraclassCorrelation(of: "Subject") == nil)
        #expect(fit.intraclassCorrelation(of: "School", at: ["Days": 9]) == nil)
    }

    /// One predictor: the correlation and its square.
    @Test func linearModel() throws {
        let fit = try Self.fit("Reaction ~ Days")
        // R 4.2.2: cor(Reaction, Days) in lme4's sleepstudy.
        let correlation = 0.535_230_2
        for standardization in Standardization.allCases {
            let coefficients = fit.standardizedCoefficients(standardization)
            #expect(isClose(coefficients[1].estimate, correlation, relative: 1e-6))
            #expect(coefficients[0].estimate.magnitude < 1e-10)
        }
        #expect(isClose(fit.semiPartialRSquared()[0].rSquared, correlation * correlation, relative: 1e-6))
        #expect(fit.intraclassCorrelations().isEmpty)
        #expect(fit.varianceInflation().isEmpty)
    }

    @Test func withoutIntercept() throws {
        let fit = try Self.fit("Reaction ~ 0 + Days + (1 | Subject)")
        let coefficients = fit.standardizedCoefficients()
        #expect(coefficients.map(\.term) == ["Days"])
        #expect(coefficients[0].estimate.isFinite && coefficients[0].standardError > 0)
    }

    /// The normal distribution has no denominator that an R² could be made of.
    @Test func asymptoticTests() throws {
        let fit = try Self.fit("Reaction ~ Days + (1 | Subject)")
        let terms = fit.semiPartialRSquared(try fit.inference(.asymptotic))
        #expect(terms[0].rSquared.isNaN && terms[0].statistic > 100)
    }

    @Test func polynomialsAreNotScaled() throws {
        let fit = try Self.fit("Reaction ~ poly(Days, 2) + (1 | Subject)")
        let coefficients = fit.standardizedCoefficients()
        let deviation = fit.design.data.response.standardDeviation
        #expect(isClose(coefficients[1].estimate, fit.coefficients[1] / deviation, relative: 1e-12))
        #expect(fit.semiPartialRSquared().map(\.numeratorDegreesOfFreedom) == [2])
    }
}
