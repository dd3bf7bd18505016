// Partial pooling against the tutorial's model in the reference results.

import LinearMixedModels
import MixedInference
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@Suite struct PoolingReferenceTests {
    @Test func partialPoolingIsThatOfTheReference() throws {
        let reference = try ReferenceCase.load("pooling-partial")
        let comparison = try ReferenceFits.fit(reference).fit.poolingComparison()
        let effects = try #require(reference.randomEffects.first)
        var differences = Differences()
        for (index, level) in effects.levels.enumerated() {
            let row = try #require(comparison.levels.firstIndex(of: level))
            for (term, column) in effects.columns.enumerated() {
                differences.compare(
                    "\(column.name) of \(level)", comparison.partial[row, term],
                    comparison.average[term] + column.modes[index], relative: 1e-5)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(differences.comparisons > 0)
    }
}
