// The shares of variance against their definition, row by row.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct ExplainedVarianceTests {
    @Test(arguments: [
        ("sleepstudy", "Reaction ~ Days + (Days || Subject)"), ("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
        ("dyestuff2", "Yield ~ 1 + (1 | Batch)"), ("oats", "yield ~ nitro * Variety + (1 | Block/Variety)"),
    ])
    func equalsDefinition(data: String, formula: String) throws {
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(data).csv"))
        let model = try LinearMixedModel(formula, data: table)
        let fit = try model.fit()
        let rows = Double(model.frame.rowCount)
        let population = fit.fittedValues(model.frame, includingRandomEffects: false)
        let mean = population.reduce(0, +) / rows
        let fixed = population.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (rows - 1)
        var random = 0.0
        for (term, components) in zip(fit.design.randomTerms, fit.varianceComponents) {
            for row in 0..<model.frame.rowCount {
                let columns = (0..<term.columnCount).map {
                    model.frame.randomColumn(factor: term.factorIndex, term.columnOffset + $0)[row]
                }
                let image = components.covariance * columns
                random += zip(columns, image).reduce(0) { $0 + $1.0 * $1.1 } / rows
            }
        }
        var differences = Differences()
        differences.compare("fixed", fit.explainedVariance.fixed, fixed, relative: 1e-10, absolute: 1e-20)
        differences.compare("random", fit.explainedVariance.random, random, relative: 1e-10)
        differences.compare(
            "residual", fit.explainedVariance.residual,
            fit.residualStandardDeviation * fit.residualStandardDeviation, relative: 1e-14)
        #expect(differences.isEmpty, "\(differences)")
    }
}
