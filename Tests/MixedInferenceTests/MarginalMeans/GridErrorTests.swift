// Questions that a reference grid refuses, and in which words.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedTables
import MixedTestSupport
import Testing

@Suite struct GridErrorTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return (error as? MarginalMeansError).map(\.description) ?? "\(error)"
        }
    }

    @Test func names() throws {
        let fit = try MeansGolden.fit("y ~ a * x + b + (1 + two | g)", "unbalanced")
        #expect(
            message { _ = try fit.marginalMeans(of: ["A"]) }
                == "'A' is not a variable of the model's fixed effects; did you mean 'a'?")
        #expect(
            message { _ = try fit.marginalMeans(of: ["sex"]) }
                == "'sex' is not a variable of the model's fixed effects; the variables are a, x, b")
        #expect(
            message { _ = try fit.marginalMeans(of: ["g"]) }.hasPrefix(
                "'g' is a grouping factor of the random effects; marginal means are averages over its levels;"))
        #expect(
            message { _ = try fit.marginalMeans(of: ["two"]) }
                == "'two' is a variable of random terms only; its average effect is not in the model; the variables are a, x, b"
        )
        #expect(message { _ = try fit.marginalMeans(of: ["a"], by: ["c"]) }.hasPrefix("'c' is not a variable"))
    }

    @Test func values() throws {
        let fit = try MeansGolden.fit("y ~ a * log(x + 1) + b + (1 | g)", "unbalanced")
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], at: ["a": ["a4"]]) }
                == "'a' has no level 'a4'; did you mean 'a1'?")
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], at: ["a": [.mean]]) }
                == "'a' has levels, and 'mean' asks for a number; its levels are a1, a2, a3")
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], at: ["x": ["high"]]) }.hasPrefix(
                "'x' is a number, and 'high' is not; give numbers"))
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], at: ["x": [-3]]) }
                == "The model has no value at a = a1, x = -3, b = b1: 'log(x + 1)' is not defined there; choose other values with --at"
        )
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], level: 0) }
                == "The level 0 is not between 0 and 1; write 0.95 for 95%")
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], at: ["x": [.number(.infinity)]]) }.hasPrefix(
                "'x' is a number"))
    }

    @Test func gridsThatAreTooLarge() throws {
        let fit = try MeansGolden.fit("y ~ a * x + two + (1 | g)", "unbalanced")
        let many = (0..<9000).map { GridSetting.number(Double($0)) }
        #expect(
            message { _ = try fit.marginalMeans(of: ["a"], at: ["x": many, "two": many]) }.contains(
                "would have 243000000 points"))
    }

    @Test func variablesThatAreNamedByTheirExpression() throws {
        let fit = try MeansGolden.fit("yield ~ factor(nitro) + Variety + (1 | Block)", "oats")
        let means = try fit.marginalMeans(of: ["factor(nitro)", "nitro"])
        #expect(means.variables == ["nitro"])
        #expect(means.rows.count == 4)
    }

    @Test func offsetsAreAtTheirMean() throws {
        let fit = try MeansGolden.fit("y ~ a + offset(0.5 * x) + (1 | g)", "unbalanced")
        let table = try fit.marginalMeans(of: ["a"])
        let plain = try MeansGolden.fit("y ~ a + x + (1 | g)", "unbalanced").marginalMeans(
            of: ["a"], at: ["x": [.mean]])
        // The mean of 0.5 x, beside the coefficients.
        let x = try #require(plain.heldAt.first?.value.number)
        #expect(isClose(table.rows[0].estimate, (fit[coefficient: "(Intercept)"] ?? 0) + 0.5 * x, relative: 1e-10))
        let given = try fit.marginalMeans(of: ["a"], at: ["x": [2]])
        #expect(isClose(given.rows[0].estimate, (fit[coefficient: "(Intercept)"] ?? 0) + 1, relative: 1e-10))
    }

    @Test func modelsWithoutVariables() throws {
        let fit = try MeansGolden.fit("y ~ 1 + (1 | g)", "unbalanced")
        let mean = try fit.marginalMeans(of: [])
        #expect(mean.rows.count == 1)
        #expect(isClose(mean.rows[0].estimate, fit.coefficients[0]))
        #expect(message { _ = try fit.marginalMeans(of: ["a"]) }.hasSuffix("the fixed effects have no variables"))
    }

    @Test func linearModels() throws {
        let fit = try MeansGolden.fit("y ~ a * b", "unbalanced")
        let means = try fit.marginalMeans(of: ["a", "b"])
        #expect(means.rows[0].degreesOfFreedom == Double(fit.rowCount - fit.coefficients.count))
        #expect(means.rows[5].obstacle == "there are no rows with a = a3, b = b2")
    }
}
