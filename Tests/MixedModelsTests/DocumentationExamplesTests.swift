// The Swift examples of the documentation, compiled and run, and a check that each article's examples are these.

import Foundation
import MixedModels
import Testing

/// Every example of an article stands here as it does there, line by line, inside the function for its article.
@Suite struct DocumentationExamplesTests {
    @Test func landingPage() throws {
        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
        print(fit.summary())
        print(fit[coefficient: "Days"] ?? .nan)
        #expect(abs((fit[coefficient: "Days"] ?? 0) - 10.46729) < 1e-4)
    }

    @Test func readingAFile() throws {
        let path = try BundledData.path(of: "oats")
        let data = try DataTable(contentsOf: path)
        print(data.rowCount, data.columnNames)
        #expect(data.rowCount == 72)
        let recipes = try DataTable.bundled("cake").convertingToFactor("recipe", levels: ["C", "A", "B"]).table
        let fit = try LinearMixedModel("angle ~ recipe + (1 | recipe:replicate)", data: recipes).fit()
        #expect(fit.coefficientNames == ["(Intercept)", "recipeA", "recipeB"])
    }

    @Test func gettingStarted() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("model.mixed").path

        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
        print(fit.summary())

        switch fit.status {
        case .converged: print("certified")
        case .singular(let directions): for direction in directions { print(direction.sentence) }
        case .unidentified(let directions): for direction in directions { print(direction.sentence) }
        case .notConverged(let reason): print(reason)
        }
        #expect(fit.status == .converged)

        for test in fit.coefficientTests() {
            print(test.term, test.estimate, test.lowerLimit, test.upperLimit, test.pValue)
        }
        for component in fit.varianceComponents {
            print(component.group, component.columnNames, component.standardDeviations)
        }
        print(fit.residualStandardDeviation, fit.logLikelihood, fit.explainedVariance.marginalRSquared)

        print(RandomEffectsReport(fit).rendered(as: .text))
        print(GroupCoefficientsReport(fit).rendered(as: .text))

        let report = FitReport(fit, level: 0.9)
        print(report.rendered(as: .markdown))
        print(report.rendered(as: .json))

        try SavedModel(fit, notes: ["the first analysis"]).write(to: file)
        let again = try SavedModel(contentsOf: file).fit
        print(again.summary())
        #expect(again.summary() == fit.summary())

        do {
            _ = try LinearMixedModel("Reaction ~ Dyas + (1 | Subject)", data: data)
        } catch {
            print(error)
        }
        let error = #expect(throws: DesignError.self) {
            try LinearMixedModel("Reaction ~ Dyas + (1 | Subject)", data: data)
        }
        #expect(try Article("GettingStarted").texts == ["\(error?.description ?? "")\n"])
    }

    @Test func testingTerms() throws {
        let data = try DataTable.bundled("oats")
        let fit = try LinearMixedModel("yield ~ nitro * Variety + (1 | Block/Variety)", data: data).fit()
        let analysis = try fit.anova(type: .balanced, degreesOfFreedom: .kenwardRoger)
        for test in analysis.tests {
            print(test.label, test.statistic, test.denominatorDegreesOfFreedom, test.pValue)
        }
        print(ResultsReport(analysis, of: fit).rendered(as: .text))
        for hypothesis in try fit.hypotheses(.balanced) { print(hypothesis.label, hypothesis.matrix) }

        let hypothesis = LinearHypothesis(
            label: "Variety", rows: [[0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]])
        let test = try fit.inference(.kenwardRoger).test(hypothesis)
        print(test.statistic, test.numeratorDegreesOfFreedom, test.denominatorDegreesOfFreedom)
        #expect(test.statistic == analysis.tests[1].statistic)

        for deletion in try fit.termDeletions().tests { print(deletion.label, deletion.statistic, deletion.pValue) }
    }

    @Test func singularFits() throws {
        let data = try DataTable.bundled("dyestuff2")
        let fit = try LinearMixedModel("Yield ~ 1 + (1 | Batch)", data: data).fit()
        print(fit.summary())

        if case .singular(let directions) = fit.status {
            for direction in directions { print(direction.group, direction.columnNames, direction.weights) }
        }
        guard case .singular(let directions) = fit.status else { throw ExampleError(message: "not singular") }
        #expect(directions.map(\.weights.count) == [1])
        #expect(try Article("SingularFits").texts == [fit.summary()])
    }

    @Test func theSummaryThatIsExplained() throws {
        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
        print(fit.certificate.newtonDecrement, fit.certificate.smallestCurvature, fit.evaluations)
        #expect(try Article("WhatTheSummarySays").texts == [fit.summary()])
        #expect(fit.evaluations < 20)
    }

    @Test func formulas() throws {
        let data = try DataTable.bundled("cake")
        let weights = try TableExpression(parsing: "1 / temp")
        let options = DesignOptions(contrasts: ["recipe": .sum], weights: weights)
        let formula = "angle ~ recipe * poly(temp, 2) + (1 | recipe:replicate)"
        let fit = try LinearMixedModel(formula, data: data, options: options).fit()
        print(fit.coefficientNames)
        #expect(fit.coefficientNames.contains("recipe1:poly(temp, 2)2"))

        do {
            _ = try ModelFormula(parsing: "y ~ x + (1 | g")
        } catch {
            print(error)
        }
    }

    @Test func marginalMeans() throws {
        let data = try DataTable.bundled("oats")
        let fit = try LinearMixedModel("yield ~ factor(nitro) * Variety + (1 | Block/Variety)", data: data).fit()
        let means = try fit.marginalMeans(of: ["nitro"])
        for row in means.rows {
            print(row.values[0].label, row.estimate, row.standardError, row.lowerLimit, row.upperLimit)
        }
        print(means.averagedOver)
        // emmeans 1.8.4.1: 79.38889 at 0
        #expect(abs(means.rows[0].estimate - 79.388889) < 1e-5)

        let within = try fit.marginalMeans(of: ["nitro"], by: ["Variety"])
        let differences = try within.contrasts(.pairwise)
        for row in differences.rows {
            print(row.group[0].label, row.contrast, row.estimate, row.pValue)
        }
        let trend = try means.contrasts(.polynomial, adjustment: .holm)
        let own = try means.contrasts(.custom([CustomContrast(parsing: "some vs none: -1 1/3 1/3 1/3")]))
        print(trend.rows.count, own.rows[0].estimate)
        print(try MarginalMeansReport(fit, within, contrasts: differences).results().rendered(as: .markdown))
        #expect(differences.rows.count == 18)
        #expect(abs(own.rows[0].estimate - 32.777778) < 1e-5)

        let children = try DataTable.bundled("orthodont")
        let growth = try LinearMixedModel("distance ~ age * Sex + (age | Subject)", data: children).fit()
        let slopes = try growth.slopes(of: "age", by: ["Sex"])
        let difference = try slopes.contrasts(.pairwise)
        print(slopes.rows.map(\.estimate), difference.rows[0].pValue)
        #expect(abs(difference.rows[0].pValue - 0.0326) < 1e-4)

        let predictions = try growth.adjustedPredictions(PredictionTerm.parse("age [8:14 by=2], Sex"))
        for row in predictions.rows { print(row.values.map(\.label), row.predicted, row.lowerLimit, row.upperLimit) }
        #expect(predictions.rows.count == 8)
    }

    @Test func fromR() throws {
        let data = try DataTable.bundled("sleepstudy")
        let full = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: data, method: .likelihood).fit()
        let simple = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: data, method: .likelihood).fit()
        print(simple.criterion - full.criterion, full.parameterCount - simple.parameterCount)
        print(FitReport(full).tidy.csv(lineEnding: "\n"))
        // R 4.2.2, lme4 1.1-31: anova(full, simple) has Chisq 42.139 on 2 Df.
        #expect(abs(simple.criterion - full.criterion - 42.139) < 1e-3)
        #expect(full.parameterCount - simple.parameterCount == 2)
    }

    @Test func effectSizesAndSeveralTests() throws {
        let oats = try DataTable.bundled("oats")
        let fit = try LinearMixedModel("yield ~ nitro + Variety + (1 | Block/Variety)", data: oats).fit()
        for term in fit.semiPartialRSquared() { print(term.term, term.rSquared) }
        for group in fit.intraclassCorrelations() { print(group.group, group.correlation) }
        for coefficient in fit.standardizedCoefficients() { print(coefficient.term, coefficient.estimate) }
        for term in fit.varianceInflation() { print(term.term, term.factor, term.standardErrorFactor) }
        #expect(fit.semiPartialRSquared().map(\.term) == ["nitro", "Variety"])

        let tension = ContrastFamily(
            statistics: [2.58, 3.80, 1.22], degreesOfFreedom: [50, 50, 50], comparedMeans: 3)
        let adjusted = tension.adjustedPValues(.tukey)
        print(adjusted.values, adjusted.note ?? "")
        print(tension.criticalValues(.tukey, level: 0.95).values)
        #expect(abs(adjusted.values[0] - 0.0338) < 5e-5)

        let dyestuff = try DataTable.bundled("dyestuff")
        let batches = try LinearMixedModel("Yield ~ 1 + (1 | Batch)", data: dyestuff).fit()
        let outcome = batches.exactRestrictedLikelihoodRatio(statistic: 6.369)
        if case .tested(let test) = outcome { print(test.pValue, test.standardError) }
        print(ChiSquaredMixture.addingRandomEffects(1).pValue(6.369))
        guard case .tested(let test) = outcome else { throw ExampleError(message: "not tested") }
        #expect(abs(test.pValue - 0.0044) < 5e-5 && test.standardError == 0)
    }

    @Test(arguments: Article.names)
    func everyExampleIsOneOfThese(name: String) throws {
        let own = Self.lines(try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8))
        for example in try Article(name).examples {
            let lines = Self.lines(example).filter { !$0.hasPrefix("import ") }
            let isHere = own.indices.contains { own[$0...].starts(with: lines) }
            #expect(isHere, "\(name) has an example that no test runs:\n\(example)")
        }
    }

    @Test func thereAreArticlesWithExamples() throws {
        #expect(Article.names.count >= 8)
        #expect(try Article.names.reduce(0) { try $0 + Article($1).examples.count } >= 14)
    }

    /// The lines without indentation and without blank ones.
    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    }
}

struct ExampleError: Error { let message: String }

/// An article of the documentation.
struct Article {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/MixedModels/Documentation.docc")

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()

    /// The blocks of Swift.
    let examples: [String]
    /// The blocks of output.
    let texts: [String]

    init(_ name: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(name + ".md"), encoding: .utf8)
        examples = Self.blocks("swift", in: text)
        texts = Self.blocks("text", in: text)
    }

    private static func blocks(_ language: String, in text: String) -> [String] {
        var blocks: [String] = []
        var block: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = block {
                if line == "```" {
                    blocks.append(open)
                    block = nil
                } else {
                    block = open + line + "\n"
                }
            } else if line == "```\(language)" {
                block = ""
            }
        }
        return blocks
    }
}
