// Every table of variance of the reference cases, to the accuracy to which lmer's default optimiser has converged.

import LinearMixedModels
import MixedInference
import MixedTestSupport
import Testing

@Suite struct AnovaReferenceTests {
    @Test(arguments: ReferenceCase.bundledNames)
    func bundledCase(name: String) throws { try check(name) }

    @Test(.enabled(if: ReferenceFolder.hasShared, "the course data are not here"), arguments: ReferenceCase.courseNames)
    func courseCase(name: String) throws { try check(name) }

    private func check(_ name: String) throws {
        let reference = try ReferenceCase.load(name)
        let (fit, _) = try ReferenceFits.fit(reference)
        // Where lmer stopped d above our criterion, θ is off by about √d standard errors, and what follows with it.
        let excess = max(0, (reference.criterion ?? fit.criterion) - fit.criterion - 1e-9)
        let tolerance = 1e-4 + excess.squareRoot()
        var differences = Differences()
        for (key, type, method) in [
            ("anova_I", HypothesisType.sequential, DegreesOfFreedomMethod.residual),
            ("anova_I_satterthwaite", .sequential, .satterthwaite),
            ("anova_II_satterthwaite", .withoutContaining, .satterthwaite),
            ("anova_III_satterthwaite", .balanced, .satterthwaite), ("anova_III_kr", .balanced, .kenwardRoger),
        ] {
            guard let table = reference.anova[key] else { continue }
            let tests = try fit.anova(type: type, degreesOfFreedom: method).tests
            for test in tests {
                for (column, value) in [
                    ("Sum Sq", test.sumOfSquares), ("Mean Sq", test.meanSquare),
                    ("NumDF", Double(test.numeratorDegreesOfFreedom)), ("Df", Double(test.numeratorDegreesOfFreedom)),
                    ("DenDF", test.denominatorDegreesOfFreedom), ("F value", test.statistic),
                ] where table.columnNames.contains(column) {
                    differences.compare(
                        "\(key) \(test.label) \(column)", value, try table.value(test.label, column),
                        relative: tolerance)
                }
                // A tail probability multiplies the relative error of its statistic.
                let p = try table.value(test.label, "Pr(>F)")
                differences.compare(
                    "\(key) \(test.label) p", test.pValue, p, relative: 100 * tolerance, absolute: 1e-300)
            }
        }
        if let table = reference.coefficientsKenwardRoger {
            for test in try fit.inference(.kenwardRoger).coefficientTests() {
                for (column, value) in [
                    ("Std. Error", test.standardError), ("df", test.degreesOfFreedom), ("t value", test.statistic),
                ] {
                    differences.compare(
                        "kr \(test.term) \(column)", value, try table.value(test.term, column), relative: tolerance,
                        absolute: column == "t value" ? tolerance : 0)
                }
            }
        }
        #expect(differences.isEmpty, "\(name), criterion below R's by \(excess)\n\(differences)")
    }
}
