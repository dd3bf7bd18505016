// Predictions and their standard errors against lme4's equations, inverted whole in R, and against lm.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedNumerics
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct PredictionTests {
    @Test func equalTheReferenceWithTheirStandardErrors() throws {
        let golden = try PredictionGolden.load()
        try #require(golden.cases.count == 4)
        for reference in golden.cases {
            var data = try PredictionGolden.data(reference.data)
            var options = DesignOptions()
            if let weights = reference.weights {
                data = try data.replacing(Column("w", .double(weights)))
                options.weights = try TableExpression(parsing: "w")
            }
            let fit = try LinearMixedModel(
                reference.formula, data: data, method: reference.reml ? .restrictedLikelihood : .likelihood,
                options: options
            ).fit()
            let new = try PredictionGolden.table(reference.new)
            let population = try fit.predictions(new, standardErrors: true)
            let group = try fit.predictions(new, level: .group, standardErrors: true)
            var differences = Differences()
            differences.compare("population", population.fitted, reference.population, relative: 1e-7)
            differences.compare("group", group.fitted, reference.group, relative: 1e-6)
            differences.compare(
                "s.e. population", population.standardErrors ?? [], reference.standardErrorOfPopulation, relative: 1e-5)
            differences.compare(
                "s.e. group", group.standardErrors ?? [], reference.standardErrorOfGroup, relative: 1e-5)
            #expect(differences.isEmpty, "\(reference.formula): \(differences)")
            #expect(population.lowerLimits == nil)
            #expect(group.newLevels.isEmpty)
        }
    }

    @Test func groupIntervalsHaveTheResidualVariancesFreedomAndIncludeWhatTheyName() throws {
        let fit = try sleepFit()
        let new = try PredictionGolden.table(try PredictionGolden.load().cases[0].new)
        let confidence = try fit.predictions(new, level: .group, interval: .confidence, confidence: 0.9)
        let prediction = try fit.predictions(new, level: .group, interval: .prediction, confidence: 0.9)
        let uncertainty = fit.covarianceUncertainty.parameterCovariance
        let deviation = fit.residualStandardDeviation
        let freedom = deviation * deviation / (2 * uncertainty[3, 3])
        #expect(freedom > 120 && freedom < 178)
        let quantile = StudentTDistribution(degreesOfFreedom: freedom).quantile(0.95)
        let errors = try #require(confidence.standardErrors)
        #expect(prediction.standardErrors == errors)
        for row in errors.indices {
            #expect(isClose(confidence.upperLimits?[row] ?? 0, confidence.fitted[row] + quantile * errors[row]))
            let sigma = fit.residualStandardDeviation
            let whole = (errors[row] * errors[row] + sigma * sigma).squareRoot()
            #expect(isClose(prediction.lowerLimits?[row] ?? 0, prediction.fitted[row] - quantile * whole))
        }
    }

    @Test func aNewLevelHasTheWholeVarianceOfAGroup() throws {
        let fit = try sleepFit()
        let golden = try PredictionGolden.load().unknown
        let table = try PredictionGolden.table(golden.new)
        let predictions = try fit.predictions(table, level: .group, standardErrors: true)
        var differences = Differences()
        differences.compare("fitted", predictions.fitted, golden.fitted, relative: 1e-7)
        differences.compare("s.e.", predictions.standardErrors ?? [], golden.se, relative: 1e-5)
        #expect(differences.isEmpty, "\(differences)")
        let new = try #require(predictions.newLevels.first)
        #expect(new.group == "Subject" && new.rowCount == 2 && new.levelCount == 2 && new.missingCount == 0)
        #expect(new.examples == ["999", "998"])
        #expect(predictions.remarks.count == 1)
        #expect(
            predictions.remarks[0].contains(
                "2 rows have levels of 'Subject' that the model has not seen ('999', '998')"))
    }

    /// A group of which nothing has been seen is any new group; of a balanced one-way layout the residual variance has the
    /// degrees of freedom within groups.
    @Test func groupIntervalsOfNewAndOfBalancedGroups() throws {
        let fit = try sleepFit()
        let new = try DataTable(columns: [
            Column("Days", .double([0, 4])),
            Column("Subject", .categorical(CategoricalValues(codes: [0, 0], levels: ["new"], kind: .text))),
        ])
        let group = try fit.predictions(new, level: .group, interval: .prediction)
        let population = try fit.predictions(new, interval: .prediction)
        for row in 0..<2 {
            #expect(isClose(group.upperLimits?[row] ?? 0, population.upperLimits?[row] ?? 1, relative: 1e-9))
        }
        let normal = try fit.predictions(
            new, level: .group, interval: .confidence, inference: try fit.inference(.asymptotic))
        let error = normal.standardErrors?[0] ?? 0
        let margin = NormalDistribution().quantile(0.975) * error
        #expect(isClose(normal.upperLimits?[0] ?? 0, normal.fitted[0] + margin))

        let dyestuff = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/dyestuff.csv"))
        let batches = try LinearMixedModel("Yield ~ 1 + (1 | Batch)", data: dyestuff).fit()
        let own = try batches.predictions(dyestuff, level: .group, interval: .confidence)
        let quantile = StudentTDistribution(degreesOfFreedom: 24).quantile(0.975)
        let expected = own.fitted[0] + quantile * (own.standardErrors?[0] ?? 0)
        #expect(isClose(own.upperLimits?[0] ?? 0, expected, relative: 1e-6))
    }

    @Test func populationIntervalsUseSatterthwaite() throws {
        let fit = try sleepFit()
        let table = try DataTable(columns: [Column("Days", .double([0, 7, 7, 30]))])
        let predictions = try fit.predictions(table, interval: .confidence)
        let inference = fit.inference()
        for (row, days) in [0.0, 7, 7, 30].enumerated() {
            let combination = [1, days]
            let quantile = StudentTDistribution(degreesOfFreedom: inference.degreesOfFreedom(of: combination))
                .quantile(0.975)
            let margin = quantile * inference.standardError(of: combination)
            #expect(isClose(predictions.upperLimits?[row] ?? 0, predictions.fitted[row] + margin, relative: 1e-12))
            #expect(isClose(predictions.lowerLimits?[row] ?? 0, predictions.fitted[row] - margin, relative: 1e-12))
        }
        let asymptotic = try fit.predictions(table, interval: .confidence, inference: try fit.inference(.asymptotic))
        let error = asymptotic.standardErrors?[3] ?? 0
        let normal = NormalDistribution().quantile(0.975)
        #expect(isClose(asymptotic.upperLimits?[3] ?? 0, asymptotic.fitted[3] + normal * error))
    }

    /// The degrees of freedom are those of the whole variance: twice its square over its own variance, by differences.
    @Test func populationPredictionIntervalsJudgeTheirWholeVariance() throws {
        let fit = try sleepFit()
        let days = 4.5
        let table = try DataTable(columns: [Column("Days", .double([days]))])
        let predictions = try fit.predictions(table, interval: .prediction)
        // As a function of θ = (λ11, λ21, λ22) and σ: x V x' + zΣz' + σ².
        let theta = fit.theta
        let sigma = fit.residualStandardDeviation
        func random(_ theta: [Double], _ sigma: Double) -> Double {
            let first = theta[0] + theta[1] * days
            let second = theta[2] * days
            return sigma * sigma * (first * first + second * second + 1)
        }
        let x = [1, days]
        let inference = fit.inference()
        let mean = inference.standardError(of: x) * inference.standardError(of: x)
        let variance = mean + random(theta, sigma)
        var gradient: [Double] = []
        for index in 0..<4 {
            let step = 1e-5
            func shifted(_ sign: Double) -> Double {
                var moved = theta + [sigma]
                moved[index] += sign * step
                return random(Array(moved[..<3]), moved[3])
            }
            let derivative = fit.covarianceUncertainty.covarianceDerivatives[index] * x
            gradient.append(
                derivative[0] * x[0] + derivative[1] * x[1] + (shifted(1) - shifted(-1)) / (2 * step))
        }
        let product = fit.covarianceUncertainty.parameterCovariance * gradient
        let denominator = zip(product, gradient).reduce(0) { $0 + $1.0 * $1.1 }
        let freedom = 2 * variance * variance / denominator
        let quantile = StudentTDistribution(degreesOfFreedom: freedom).quantile(0.975)
        #expect(freedom > 10 && freedom < 500)
        #expect(
            isClose(
                predictions.upperLimits?[0] ?? 0, predictions.fitted[0] + quantile * variance.squareRoot(),
                relative: 1e-8))
        #expect(isClose(predictions.standardErrors?[0] ?? 0, mean.squareRoot()))
    }

    @Test(arguments: [PredictionLevel.population, .group]) func aLinearModelIsAsInR(level: PredictionLevel) throws {
        let golden = try PredictionGolden.load().linear
        let fit = try LinearMixedModel("Reaction ~ Days", data: PredictionGolden.data("sleepstudy")).fit()
        let table = try PredictionGolden.table(golden.new)
        var differences = Differences()
        for (interval, expected) in [
            (PredictionInterval.confidence, golden.confidence), (.prediction, golden.prediction),
        ] {
            let predictions = try fit.predictions(table, level: level, interval: interval, confidence: 0.9)
            differences.compare("fit", predictions.fitted, expected.fit, relative: 1e-10)
            differences.compare("lower", predictions.lowerLimits ?? [], expected.lwr, relative: 1e-10)
            differences.compare("upper", predictions.upperLimits ?? [], expected.upr, relative: 1e-10)
            differences.compare("s.e.", predictions.standardErrors ?? [], golden.se, relative: 1e-10)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    private func sleepFit() throws -> LinearMixedModelFit {
        try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: PredictionGolden.data("sleepstudy")).fit()
    }
}
