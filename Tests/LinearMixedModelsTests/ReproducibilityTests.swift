// The same bits from run to run and for any number of threads.

import LinearMixedModels
import MixedDesign
import MixedTables
import MixedTestSupport
import Testing

@Suite struct ReproducibilityTests {
    /// Three factors, two of them large: a border of more than a thousand columns, cut into tiles.
    @Test func threadsDoNotChangeABit() throws {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/insteval.csv"))
        let model = try LinearMixedModel("y ~ service + (1 | s) + (1 | d) + (1 | dept)", data: data)
        let first = try model.fit(threads: 1)
        let second = try model.fit(threads: 2)
        #expect(first.theta == second.theta)
        #expect(first.criterion == second.criterion)
        #expect(first.coefficients == second.coefficients)
        #expect(first.coefficientCovariance == second.coefficientCovariance)
        #expect(first.randomEffects == second.randomEffects)
        #expect(first.evaluations <= 10)
        #expect(first.certificate.newtonDecrement < 1e-10)
    }

    @Test func repeatedFitsAreEqual() throws {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv"))
        let model = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: data)
        let first = try model.fit()
        for _ in 0..<20 {
            let again = try model.fit()
            #expect(again.theta == first.theta)
            #expect(again.coefficients == first.coefficients)
            #expect(again.criterion == first.criterion)
        }
    }
}
