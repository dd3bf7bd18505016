// Slopes against emtrends of emmeans 1.8.4.1, and the Johnson-Neyman interval against its definition.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct SlopeTests {
    private static let sexes: [(String, [String]?)] = [("Sex", ["Male", "Female"])]

    @Test func growth() throws {
        let fit = try MeansGolden.fit("distance ~ age * Sex + (age | Subject)", "orthodont", factors: Self.sexes)
        let slopes = try fit.slopes(of: "age", by: ["Sex"])
        var differences = Differences()
        differences.compare("trends", slopes, try MeansGolden.rows("orthodont", "trends"), estimate: "age.trend")
        differences.compare("pairs", try slopes.contrasts(.pairwise), try MeansGolden.rows("orthodont", "pairs"))
        #expect(differences.isEmpty, "\(differences)")
        #expect(abs(slopes.rows[0].estimate - (fit[coefficient: "age"] ?? 0)) < 1e-13)
    }

    @Test func polynomialsAndLogarithms() throws {
        let fit = try MeansGolden.fit(
            "distance ~ poly(age, 2) * Sex + (1 | Subject)", "orthodont", factors: Self.sexes)
        let slopes = try fit.slopes(of: "age", by: ["Sex"], within: ["age"], at: ["age": [9, 13]])
        var differences = Differences()
        for (row, wanted) in zip(slopes.rows, try MeansGolden.rows("orthodont-poly", "trends")) {
            differences.compare("poly", row.estimate, wanted["age.trend"]?.number ?? 0, relative: 1e-5)
            differences.compare("poly SE", row.standardError, wanted["SE"]?.number ?? 0, relative: 2e-5)
        }
        let logarithmic = try MeansGolden.fit("y ~ a * log(x + 1) + two + (1 | g)", "unbalanced")
        let trends = try logarithmic.slopes(of: "x", by: ["a"], within: ["x"], at: ["x": [1, 5]])
        for (row, wanted) in zip(trends.rows, try MeansGolden.rows("log-x", "trends")) {
            differences.compare("log", row.estimate, wanted["x.trend"]?.number ?? 0, relative: 1e-5)
            differences.compare("log SE", row.standardError, wanted["SE"]?.number ?? 0, relative: 1e-5)
        }
        // d/dx b log(x + 1) = b / (x + 1)
        let coefficient = try #require(logarithmic[coefficient: "log(x + 1)"])
        #expect(isClose(trends.rows[0].estimate, coefficient / 2, relative: 1e-10))
        #expect(isClose(trends.rows[3].estimate, coefficient / 6, relative: 1e-10))
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func splinesNearTheirKnots() throws {
        let fit = try MeansGolden.fit("y ~ bs(x, df = 6) + (1 | g)", "unbalanced")
        for value in [0.5, 3.0, 5.0, 9.5] {
            let slope = try fit.slopes(of: "x", at: ["x": [.number(value)]]).rows[0].estimate
            let step = 1e-4
            let near = try fit.marginalMeans(of: ["x"], at: ["x": [.number(value - step), .number(value + step)]])
            let quotient = (near.rows[1].estimate - near.rows[0].estimate) / (2 * step)
            #expect(isClose(slope, quotient, relative: 1e-5, absolute: 1e-5), "at \(value)")
        }
    }

    @Test func badSlopes() throws {
        let fit = try MeansGolden.fit("y ~ a * x + two + (1 | g)", "unbalanced")
        #expect(throws: MarginalMeansError.slopeOfFactor(name: "a")) { try fit.slopes(of: "a") }
        #expect(throws: MarginalMeansError.self) { try fit.slopes(of: "g") }
        #expect(throws: MarginalMeansError.self) { try fit.johnsonNeyman(of: "x", along: "a") }
        #expect(throws: MarginalMeansError.self) { try fit.johnsonNeyman(of: "x", along: "x") }
        #expect(throws: MarginalMeansError.level(1)) { try fit.slopes(of: "x", level: 1) }
    }
}

@Suite struct JohnsonNeymanTests {
    @Test(arguments: [DegreesOfFreedomMethod.asymptotic, .residual, .satterthwaite])
    func boundsAreWhereTheSlopeIsAtTheThreshold(_ method: DegreesOfFreedomMethod) throws {
        let fit = try MeansGolden.fit("y ~ x * two + a + (1 | g)", "unbalanced")
        let inference = try fit.inference(method)
        let interval = try #require(fit.johnsonNeyman(of: "two", along: "x", inference: inference).first)
        #expect(interval.isQuadratic == (method != .satterthwaite))
        #expect(!interval.bounds.isEmpty)
        for bound in interval.bounds {
            let slope = try fit.slopes(of: "two", at: ["x": [.number(bound)]], inference: inference).rows[0]
            let t = slope.estimate / slope.standardError
            let p = StudentTDistribution(degreesOfFreedom: slope.degreesOfFreedom).twoSidedTailProbability(t)
            #expect(isClose(p, 0.05, relative: 1e-6), "\(p) at \(bound)")
        }
        for region in interval.regions {
            let middle = (region.from + region.to) / 2
            let slope = try fit.slopes(of: "two", at: ["x": [.number(middle)]], inference: inference).rows[0]
            #expect((slope.lowerLimit > 0 || slope.upperLimit < 0) == region.isSignificant)
            #expect(isClose(slope.estimate, region.slope, relative: 1e-8))
        }
        #expect(interval.regions.first?.from == interval.range.lowerBound)
        #expect(interval.regions.last?.to == interval.range.upperBound)
    }

    @Test func moderatorsThatBend() throws {
        let fit = try MeansGolden.fit("y ~ two * log(x + 1) + (1 | g)", "unbalanced")
        let inference = try fit.inference(.asymptotic)
        let interval = try #require(fit.johnsonNeyman(of: "two", along: "x", inference: inference).first)
        #expect(!interval.isQuadratic)
        for region in interval.regions {
            let middle = (region.from + region.to) / 2
            let slope = try fit.slopes(of: "two", at: ["x": [.number(middle)]], inference: inference).rows[0]
            #expect((slope.lowerLimit > 0 || slope.upperLimit < 0) == region.isSignificant)
        }
    }

    @Test func oneForEachGroup() throws {
        let fit = try MeansGolden.fit("y ~ a * x * two + (1 | g)", "unbalanced")
        let intervals = try fit.johnsonNeyman(of: "x", along: "two", by: ["a"])
        #expect(intervals.map { $0.group.map(\.label) } == [["a1"], ["a2"], ["a3"]])
    }
}
