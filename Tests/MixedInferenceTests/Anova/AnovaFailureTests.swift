// Questions that have no answer are refused with a sentence, and fits that have been restored answer as before.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct AnovaFailureTests {
    @Test func kenwardRogerNeedsREML() throws {
        let fit = try AnovaGolden.fit("y ~ x * a + (1 | g)", "full", method: .likelihood)
        let error = #expect(throws: AnovaError.self) { try fit.anova(degreesOfFreedom: .kenwardRoger) }
        guard case .degreesOfFreedom(.needsRestrictedLikelihood) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.sentence.contains("REML") == true)
        #expect(try fit.anova(degreesOfFreedom: .satterthwaite).tests.count == 3)
    }

    @Test func hypothesisWithoutRank() throws {
        let fit = try AnovaGolden.fit("y ~ x * a + (1 | g)", "full")
        for method in DegreesOfFreedomMethod.allCases {
            let inference = try fit.inference(method)
            for rows in [[], [[0, 0, 0, 0, 0, 0]]] as [[[Double]]] {
                let test = inference.test(LinearHypothesis(label: "nothing", rows: rows))
                #expect(test.numeratorDegreesOfFreedom == 0)
                #expect(test.pValue.isNaN)
            }
            // Repeated rows add nothing.
            let once = inference.test(LinearHypothesis(label: "a", rows: [[0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]]))
            let twice = inference.test(
                LinearHypothesis(
                    label: "a", rows: [[0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 1, 1, 0, 0]]))
            #expect(twice.numeratorDegreesOfFreedom == 2)
            #expect(abs(twice.statistic - once.statistic) < 1e-9 * once.statistic)
        }
    }

    /// Rows that differ by orders of magnitude are no fewer hypotheses.
    @Test func rowsOfDifferentScale() throws {
        let fit = try AnovaGolden.fit("y ~ x * a + (1 | g)", "full")
        let plain = LinearHypothesis(label: "a", rows: [[0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]])
        let scaled = LinearHypothesis(label: "a", rows: [[0, 0, 1e-9, 0, 0, 0], [0, 0, 0, 1e9, 0, 0]])
        for method in [DegreesOfFreedomMethod.kenwardRoger, .residual, .satterthwaite] {
            let inference = try fit.inference(method)
            #expect(inference.test(scaled).numeratorDegreesOfFreedom == 2)
            let difference = inference.test(scaled).statistic - inference.test(plain).statistic
            #expect(abs(difference) < 1e-9 * inference.test(plain).statistic)
        }
    }
}
