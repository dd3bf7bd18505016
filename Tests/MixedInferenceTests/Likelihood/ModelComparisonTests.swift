// Likelihood-ratio tables against R's, and what they refuse.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct ModelComparisonTests {
    @Test func equalsAnova() throws {
        var differences = Differences()
        let tables = try RecordedResults.load("compare.json", as: LikelihoodGoldens.Comparisons.self).tables
        for table in tables where table.kind == "compare" {
            let formulas = try #require(table.formulas)
            let fits = try formulas.enumerated().map { index, formula in
                (name: "m\(index + 1)", fit: try LikelihoodGoldens.fit(formula, table.data))
            }
            let comparison = try ModelComparison(fits, keepingRestrictedLikelihood: table.refit == false)
            #expect(comparison.models.map(\.name) == table.rows.compactMap(\.model))
            for (model, row) in zip(comparison.models, table.rows) {
                let label = "\(formulas) \(model.name)"
                #expect(model.parameterCount == row.npar, "\(label)")
                differences.compare("\(label) logLik", model.logLikelihood, row.logLik)
                differences.compare("\(label) AIC", model.akaikeInformation, row.AIC)
                differences.compare("\(label) BIC", model.bayesianInformation, try #require(row.BIC))
                #expect(model.step?.degreesOfFreedom == row.degrees, "\(label)")
                if let chisq = row.chisq, let step = model.step {
                    // A difference of two deviances of 10³ that each have ten digits.
                    differences.compare("\(label) statistic", step.statistic, chisq, relative: 1e-7, absolute: 1e-6)
                    if let pValue = row.pValue {
                        differences.compare("\(label) p", try #require(step.pValue), pValue, relative: 1e-6)
                    } else {
                        #expect(step.pValue == nil)
                    }
                }
            }
        }
        #expect(differences.comparisons > 60)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func equalsRanova() throws {
        var differences = Differences()
        let tables = try RecordedResults.load("compare.json", as: LikelihoodGoldens.Comparisons.self).tables
        for table in tables where table.kind == "ranova" {
            let formula = try #require(table.formula)
            let fit = try LikelihoodGoldens.fit(
                formula, table.data, method: table.REML == false ? .likelihood : .restrictedLikelihood)
            let deletions = try fit.randomTermDeletions(reducing: table.reduce == true)
            #expect(deletions.rows.count == table.rows.count, "\(formula)")
            for (deletion, row) in zip(deletions.rows, table.rows) {
                let label = "\(formula) \(deletion.term)"
                #expect(deletion.parameterCount == row.npar, "\(label)")
                differences.compare("\(label) logLik", deletion.logLikelihood, row.logLik)
                differences.compare("\(label) AIC", deletion.akaikeInformation, row.AIC)
                #expect(deletion.step?.degreesOfFreedom == row.degrees, "\(label)")
                if let chisq = row.chisq, let step = deletion.step {
                    differences.compare("\(label) LRT", step.statistic, chisq, relative: 1e-7, absolute: 1e-6)
                    differences.compare(
                        "\(label) p", try #require(step.pValue), try #require(row.pValue), relative: 1e-6)
                }
            }
        }
        #expect(differences.comparisons > 40)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(.enabled(if: ReferenceFolder.hasShared)) func equalsTheCoursesComparison() throws {
        var table = try DataTable(contentsOf: ReferenceFolder.dataPath("courses/plant_growth_repeated.csv"))
        table = try table.convertingToFactor("temp", levels: ["10", "15", "20"]).table
        let small = try LinearMixedModel("height ~ week * temp + (1 | plant_id)", data: table).fit()
        let large = try LinearMixedModel("height ~ week * temp + (1 + week | plant_id)", data: table).fit()
        let comparison = try small.compare(with: large)
        #expect(comparison.refitted.count == 2)
        let step = try #require(comparison.models[1].step)
        // plant-compare: R 4.2, lme4 1.1.31.
        #expect(isClose(comparison.models[0].akaikeInformation, 826.5069307409, relative: 1e-9))
        #expect(isClose(comparison.models[0].bayesianInformation, 854.3520421276, relative: 1e-9))
        #expect(isClose(comparison.models[1].akaikeInformation, 830.0095386763, relative: 1e-9))
        #expect(isClose(comparison.models[1].bayesianInformation, 864.8159279097, relative: 1e-9))
        #expect(comparison.models.map(\.parameterCount) == [8, 10])
        #expect(isClose(comparison.models[1].deviance, 810.0095386763, relative: 1e-9))
        #expect(isClose(step.statistic, 0.49739206456, relative: 1e-5))
        #expect(isClose(try #require(step.pValue), 0.77981697655, relative: 1e-5))
        let corrected = try #require(step.boundaryTest)
        #expect(corrected.distribution == .equalMixture(1))
        // 0.5 * pchisq(0.49739206456, 1, lower = FALSE) + 0.5 * pchisq(0.49739206456, 2, lower = FALSE)
        #expect(isClose(corrected.pValue, 0.630235, relative: 1e-4))
    }

    @Test func refusesWhatCannotBeCompared() throws {
        let file = "standard/sleepstudy.csv"
        let fit = try LikelihoodGoldens.fit("Reaction ~ Days + (1 | Subject)", file)
        let other = try LikelihoodGoldens.fit("log(Reaction) ~ Days + (1 | Subject)", file)
        #expect(throws: ComparisonError.fewerThanTwo) { try ModelComparison([("a", fit)]) }
        #expect(
            throws: ComparisonError.differentResponses(
                "Reaction", "log(Reaction)", names: ["model 1", "model 2"])
        ) { try fit.compare(with: other) }
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath(file))
        let fewer = try DataTable(
            columns: table.columns.map { Column($0.name, $0.values.selecting(rows: Array(0..<170))) })
        let shorter = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: fewer).fit()
        #expect(throws: ComparisonError.differentRowCounts(180, 170, names: ["model 1", "model 2"])) {
            try fit.compare(with: shorter)
        }
        guard case .double(var values)? = table["Reaction"]?.values else { return }
        values[3] += 1e-9
        let changed = try DataTable(
            columns: table.columns.map { $0.name == "Reaction" ? Column("Reaction", .double(values)) : $0 })
        let moved = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: changed).fit()
        #expect(throws: ComparisonError.differentRows(names: ["model 1", "model 2"])) { try fit.compare(with: moved) }
        let constant = try LikelihoodGoldens.fit("Reaction ~ 1 + (1 | Subject)", file)
        #expect(throws: ComparisonError.differentFixedEffects(names: ["model 2", "model 1"])) {
            try fit.compare(with: constant, keepingRestrictedLikelihood: true)
        }
    }

    @Test(arguments: [
        ("Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (1 + Days | Subject)", true),
        ("Reaction ~ Days + (1 + Days || Subject)", "Reaction ~ Days + (1 + Days | Subject)", true),
        ("Reaction ~ Days", "Reaction ~ Days + (1 | Subject)", true),
        ("Reaction ~ 1 + (1 | Subject)", "Reaction ~ Days + (1 | Subject)", true),
        ("Reaction ~ Days + (1 | Subject)", "Reaction ~ I(Days^2) + (1 + Days | Subject)", false),
        ("Reaction ~ Days + (0 + Days | Subject)", "Reaction ~ Days + I(Days^2) + (1 | Subject)", false),
    ])
    func knowsWhatIsNested(_ small: String, _ large: String, _ isNested: Bool) throws {
        let file = "standard/sleepstudy.csv"
        let comparison = try LikelihoodGoldens.fit(large, file).compare(with: LikelihoodGoldens.fit(small, file))
        #expect(comparison.models[1].step?.isNested == isNested)
    }

    @Test func likelihoodUnderHypotheses() throws {
        let file = "standard/orthodont.csv"
        let fit = try LikelihoodGoldens.fit("distance ~ age * Sex + (1 + age | Subject)", file)
        let small = try LikelihoodGoldens.fit(
            "distance ~ age + Sex + (1 + age | Subject)", file, method: .likelihood)
        func hypothesis(_ rows: [[Double]]) -> Matrix {
            var matrix = Matrix(rows: rows.count, columns: 4)
            for (row, values) in rows.enumerated() {
                for (column, value) in values.enumerated() { matrix[row, column] = value }
            }
            return matrix
        }
        let interaction = try fit.likelihoodDeviance(under: hypothesis([[0, 0, 0, 1]]))
        #expect(isClose(interaction, small.criterion, relative: 1e-11))
        // Rows that say the same twice, in other units.
        let both = try fit.likelihoodDeviance(under: hypothesis([[0, 0, 1e-3, 0], [0, 0, 1, 1e4]]))
        let smaller = try LikelihoodGoldens.fit("distance ~ age + (1 + age | Subject)", file, method: .likelihood)
        #expect(isClose(both, smaller.criterion, relative: 1e-11))
        let none = try fit.likelihoodDeviance(under: hypothesis([[1, 0, 0, 0]]))
        let withoutIntercept = try fit.droppingFixedTerm("(Intercept)", method: .likelihood)
        // R codes Sex by both indicators without an intercept: the same space as before.
        #expect(isClose(withoutIntercept.criterion, try fit.refitting(method: .likelihood).criterion, relative: 1e-11))
        #expect(none > withoutIntercept.criterion)
        // A difference of coefficients: the same slope for both.
        let dataFit = try LikelihoodGoldens.fit("distance ~ 0 + Sex + Sex:age + (1 | Subject)", file)
        let equalSlopes = try dataFit.likelihoodDeviance(under: hypothesis([[0, 0, 1, -1]]))
        let parallel = try LikelihoodGoldens.fit("distance ~ 0 + Sex + age + (1 | Subject)", file, method: .likelihood)
        #expect(isClose(equalSlopes, parallel.criterion, relative: 1e-11))
    }
}
