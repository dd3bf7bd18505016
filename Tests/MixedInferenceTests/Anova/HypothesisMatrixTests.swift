// Hypotheses of types I, II and III against lmerTest's own matrices, on unbalanced designs with and without empty cells.

import LinearMixedModels
import MixedInference
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@Suite struct HypothesisMatrixTests {
    @Test(arguments: AnovaGolden.designs)
    func equalsLmerTest(design: AnovaGolden.Design) throws {
        let fit = try AnovaGolden.fit(design.formula, design.data, contrasts: design.contrasts)
        let expected = design.coefficients.map { name in
            name.replacing("splines::", with: "")
        }
        #expect(fit.coefficientNames == expected)
        var differences = Differences()
        for (type, terms) in [
            (HypothesisType.sequential, design.I), (.withoutContaining, design.II), (.balanced, design.III),
        ] {
            let hypotheses = try fit.hypotheses(type)
            for term in terms {
                let label = term.term.replacing("splines::", with: "")
                guard let own = hypotheses.first(where: { $0.label == label }) else {
                    Issue.record("no hypothesis for \(label)")
                    continue
                }
                #expect(own.matrix.rowCount == term.rows.count, "type \(type.rawValue) of \(label)")
                // lmerTest sets weights below 10⁻⁶ to zero (types I and II) and rounds to seven digits (III).
                let largest = term.rows.joined().map(abs).max() ?? 0
                for (row, values) in term.rows.enumerated() where row < own.matrix.rowCount {
                    differences.compare(
                        "\(type.rawValue) \(label) \(row)", own.matrix.row(row), values, relative: 1e-6,
                        absolute: 1.1e-6 * max(1, largest))
                }
            }
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(differences.comparisons > 0)
    }
}
