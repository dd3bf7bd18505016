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
        case .interrupted: print("stopped before the optimum")
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

    @Test func longFits() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("big.csv").path
        let path = folder.appendingPathComponent("model.mixed").path
        let rows = (0..<60_000).map { row in
            let (user, item) = (row * 7919 % 503, row * 104_729 % 211)
            let x = Double(row % 17) / 8
            return
                "\(Double(row * 31 % 101) / 50 + x + Double(user % 13) / 5 + Double(item % 7) / 4),\(x),u\(user),i\(item)"
        }
        let text = "y,x,user,item\n" + rows.joined(separator: "\n")
        try text.write(toFile: file, atomically: true, encoding: .utf8)

        let formula = try ModelFormula(parsing: "y ~ x + (1 | user) + (1 | item)")
        if let rows = try StreamedDesign(formula, contentsOf: file) {
            let fit = try LinearMixedModelFit(rows).addingResiduals(of: rows)
            print(fit.summary())
        }

        let table = try DataTable(contentsOf: file)
        let model = try LinearMixedModel(formula, data: table)
        let other = try LinearMixedModel("y ~ x + I(x^2) + (1 | user) + (1 | item)", data: table)

        let stop = StopRequest()
        let monitor = WorkMonitor(stop: stop) { progress in
            switch progress {
            case .reading(let state): print(state.byteCount, state.secondsLeft ?? .nan)
            case .fitting(let state): print(state.evaluation, state.criterion ?? .nan, state.secondsLeft ?? .nan)
            }
        }
        let fit = try model.fit(monitor: monitor)
        #expect(fit.status == .converged)
        if fit.status == .interrupted {
            let whole = try model.fit(startingFrom: fit.startingPoint)
            print(whole.status.name)
        }

        try SavedModel(fit, notes: []).write(to: path)
        let saved = try SavedSearch(contentsOf: path)
        let resumed = try saved.resume()
        let related = try other.fit(startingFrom: saved.startingPoint)
        #expect(resumed.status == .converged && related.status == .converged)
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
        print(try ResultsReport(within, of: fit, contrasts: differences).rendered(as: .markdown))
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

    @Test func cubes() throws {
        let data = try DataTable.bundled("orthodont")
        let cube = try DataCube("distance ~ age * Sex + (1 + age | Subject)", data: data)
        let growth = try cube.fit("distance ~ age + Sex + (1 | Subject)")
        let parallel = try cube.fit("distance ~ age * Sex + (age || Subject)", method: .likelihood)
        let own = try cube.fit()
        print(growth.criterion, parallel.criterion, own.criterion)
        let direct = try LinearMixedModel("distance ~ age + Sex + (1 | Subject)", data: data).fit()
        #expect(abs(growth.criterion - direct.criterion) <= 1e-10 * direct.criterion)

        let coded = try cube.fit("distance ~ age * Sex + (1 | Subject)", contrasts: ["Sex": .sum])
        print(coded.coefficientNames)
        #expect(coded.coefficientNames == ["(Intercept)", "age", "Sex1", "age:Sex1"])

        func rows(_ condition: String) throws -> DataTable {
            try data.filtered(where: TableExpression(parsing: condition), source: condition)
        }
        let formula = "distance ~ age * Sex + (1 + age | Subject)"
        let girls = try DataCube(formula, data: rows("Sex == 'Female'"))
        let boys = try DataCube(formula, data: rows("Sex == 'Male'"))
        let all = try DataCube.merging([girls, boys])
        let rest = try all.subtracting(rows("Subject == 'M09'"))
        print(try all.fit().criterion, try rest.fit().rowCount)
        #expect(try abs(all.fit().criterion - own.criterion) <= 1e-9 * own.criterion)
        #expect(rest.rowCount == 104)
    }

    @Test func largeData() throws {
        let data = try DataTable.bundled("insteval")
        let model = try LinearMixedModel("y ~ service + (1 | s) + (1 | d)", data: data)
        let plan = model.plan()
        print(plan.borderSize, plan.taken.path, plan.taken.seconds, plan.taken.bytes)
        for way in plan.ways where way.fitsInMemory { print(way.path, way.seconds) }
        #expect(plan.borderSize == 1130 && plan.taken.path == .exact)

        let quick = try model.fit(solver: .iterative)
        let exact = try model.fit(solver: .exact)
        print(quick.computation.search?.monteCarloError ?? 0, exact.computation.name)
        #expect(abs(quick.theta[0] - exact.theta[0]) < 1e-3)

        do {
            _ = try model.fit(solver: .exact, memory: .bytes(20_000_000))
        } catch {
            if case .notEnoughMemory(let shortage) = error { print(shortage.sentence, shortage.hint) }
        }
        #expect(throws: FitError.self) { try model.fit(solver: .exact, memory: .bytes(20_000_000)) }
    }

    @Test func rowsCertify() throws {
        let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: .bundled("sleepstudy")).fit()
        if let rows = fit.residuals?.agreement {
            print(rows.residualSumOfSquares, rows.largestStep, rows.holds)
        }
        let rows = try #require(fit.residuals?.agreement)
        #expect(rows.holds && rows.residualSumOfSquares < 1e-13 && rows.largestStep < 1e-12)
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

    @Test func predictionsAndPooling() throws {
        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
        let own = try fit.predictions(data, level: .group, interval: .prediction)
        print(own.fitted[0], own.lowerLimits?[0] ?? .nan, own.upperLimits?[0] ?? .nan)
        for sentence in own.sentences { print(sentence) }
        #expect(own.fitted.count == 180)

        let joint = try fit.conditionalCovariance()
        print(joint.matrix(levels: [0]))
        #expect(joint.effectCounts == [2])

        let study = try DataTable.bundled("sleepstudy_pooling")
        let model = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: study).fit()
        let pooling = try model.poolingComparison()
        print(ResultsReport(pooling).rendered(as: .text))
        for group in pooling.undetermined { print(group.level, group.rowCount, group.terms) }
        #expect(pooling.undetermined.map(\.level) == ["373"])
    }

    @Test func influenceAndRobustErrors() throws {
        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
        let influence = try fit.influence(of: "Subject", refitting: true)
        for deletion in influence.deletions where deletion.influence.cooksDistance > 4 / 18 {
            print(deletion.level, deletion.influence.changes, deletion.leverage)
            print(deletion.refit?.relativeVarianceChanges ?? [])
        }
        #expect(influence.deletions.count == 18)

        let plates = try DataTable.bundled("penicillin")
        let crossed = try LinearMixedModel("diameter ~ 1 + (1 | plate) + (1 | sample)", data: plates).fit()
        let samples = try crossed.influence(of: RowGroups("sample", of: crossed, data: plates))
        print(ResultsReport(samples, for: .text).rendered(as: .text))
        #expect(samples.deletions.count == 6)

        let rows = try fit.rowInfluence(fit.frame(of: data))
        print(rows.effectiveParameters, rows.leverages.max() ?? 0)
        #expect(rows.rows.count == 180)

        let robust = try fit.clusterRobust(by: "Subject", type: .CR2)
        for test in robust.coefficientTests() {
            print(test.term, test.standardError, test.degreesOfFreedom, test.pValue)
        }
        let line = try LinearMixedModel("Reaction ~ Days", data: data).fit()
        let bySubject = try line.clusterRobust(by: RowGroups("Subject", of: line, data: data))
        print(ResultsReport(bySubject, of: line).rendered(as: .text))
        // Balanced data: 17 degrees of freedom.
        #expect(robust.coefficientTests().allSatisfy { abs($0.degreesOfFreedom - 17) < 1e-6 })
    }

    @Test func bootstrap() throws {
        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: data).fit()
        let sample = try fit.bootstrap(replicates: 1000, seed: 1).adding("ratio") { replicate in
            replicate["sd_Days|Subject"] / replicate["sigma"]
        }
        for row in try sample.intervals(method: .percentile, level: 0.95) {
            print(row.term, row.estimate, row.bias, row.standardError, row.lowerLimit, row.upperLimit)
        }
        print(sample.countSentence)
        #expect(sample.failedCount == 0)

        let simple = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: data).fit()
        let test = try fit.bootstrapLikelihoodRatio(against: simple, replicates: 500, seed: 1)
        print(test.statistic, test.pValue, test.standardError, test.asymptoticPValue)
        #expect(abs(test.statistic - 42.139) < 1e-3 && test.pValue == 1 / 501.0)

        let simulated = try fit.simulatedResponses(for: data, replicates: 5, seed: 1)
        print(simulated.values[0].count, simulated.newLevels)
        #expect(simulated.values.count == 5 && simulated.newLevels.isEmpty)
    }

    @Test func comparingModels() throws {
        let data = try DataTable.bundled("sleepstudy")
        let simple = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: data).fit()
        let full = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
        let comparison = try simple.compare(with: full)
        print(ResultsReport(comparison).rendered(as: .text))
        #expect(abs((comparison.models[1].step?.statistic ?? 0) - 42.139) < 1e-3)

        let deletions = try full.randomTermDeletions()
        print(ResultsReport(deletions).rendered(as: .text))
        let independent = try full.refitting(ModelFormula(parsing: "Reaction ~ Days + (1 + Days || Subject)"))
        print(independent.logLikelihood)
        #expect(abs(independent.logLikelihood + 871.8346) < 1e-3)

        let profile = try full.profile(level: 0.95)
        for interval in profile.intervals { print(interval.term, interval.lowerLimit, interval.upperLimit) }
        for point in profile.profiles[0].points { print(point.value, point.zeta) }
        for note in profile.notes { print(note) }
        #expect(profile.profiles.count == 6 && profile.notes.isEmpty)
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
