// Tables of variance of linear models against R's anova and car, and terms left out of mixed models against drop1.

import LinearMixedModels
import MixedInference
import MixedTestSupport
import Testing

@Suite struct LinearModelAnovaTests {
    @Test(arguments: AnovaGolden.linear)
    func table(golden: AnovaGolden.LinearModel) throws {
        let fit = try AnovaGolden.fit(golden.formula, golden.data, weights: golden.weighted ? "weight" : nil, contrasts: golden.contrasts)
        var differences = Differences()
        for (type, expected) in [
            (HypothesisType.sequential, golden.I), (.withoutContaining, golden.II), (.balanced, golden.III),
        ] where !expected.isEmpty {
            let analysis = try fit.anova(type: type)
            let rows = expected.filter { $0.term != "(Intercept)" }
            for row in rows.dropLast() {
                guard let test = analysis.tests.first(where: { $0.label == row.term }) else {
                    Issue.record("no test of \(row.term)")
                    continue
                }
                let label = "\(type.rawValue) \(row.term)"
                differences.compare("\(label) sumsq", test.sumOfSquares, row.sumsq, relative: 1e-9)
                #expect(Double(test.numeratorDegreesOfFreedom) == row.df)
                differences.compare("\(label) F", test.statistic, row.statistic ?? .nan, relative: 1e-9)
                differences.compare("\(label) p", test.pValue, row.p ?? .nan, relative: 1e-7)
            }
            let last = try #require(rows.last)
            #expect(Double(analysis.residuals?.degreesOfFreedom ?? 0) == last.df)
            differences.compare("residuals", analysis.residuals?.sumOfSquares ?? .nan, last.sumsq, relative: 1e-9)
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(differences.comparisons > 5)
    }

    @Test func everyMethodIsExact() throws {
        let fit = try AnovaGolden.fit("y ~ x * a", "full")
        let exact = try fit.anova(degreesOfFreedom: .residual).tests
        #expect(try fit.anova(degreesOfFreedom: .satterthwaite).tests == exact)
        #expect(try fit.anova(degreesOfFreedom: .kenwardRoger).tests == exact)
        #expect(try fit.anova(degreesOfFreedom: .asymptotic).tests[0].denominatorDegreesOfFreedom == .infinity)
    }

    @Test(arguments: AnovaGolden.dropped)
    func likelihoodRatio(golden: AnovaGolden.DroppedModel) throws {
        let deletions = try AnovaGolden.fit(golden.formula, golden.data).termDeletions()
        #expect(deletions.isRefitted)
        #expect(deletions.tests.map(\.label) == golden.rows.map(\.term))
        var differences = Differences()
        for (test, row) in zip(deletions.tests, golden.rows) {
            #expect(test.degreesOfFreedom == row.npar)
            differences.compare("AIC \(row.term)", test.akaikeInformation, row.AIC, relative: 1e-8)
            differences.compare("LRT \(row.term)", test.statistic, row.statistic, relative: 1e-5, absolute: 1e-6)
            differences.compare("p \(row.term)", test.pValue, row.p, relative: 1e-5)
        }
        #expect(differences.isEmpty, "\(differences)")
    }
}
