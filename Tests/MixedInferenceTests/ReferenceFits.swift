// Fits of the reference cases, with the factor declarations that R's data frames carried and a CSV file does not.

import LinearMixedModels
import MixedDesign
import MixedTables
import MixedTestSupport

enum ReferenceFits {
    /// Levels in R's order where they are not the sorted ones, and numbers that are factors in R.
    static let declarations: [String: [(column: String, levels: [String]?)]] = [
        "cake-interaction": [("recipe", nil), ("temperature", nil)],
        "ham-crossed": [("Product", nil), ("Information", nil)],
        "insteval": [("service", nil)],
        "insteval-nested": [("service", nil)],
        "orthodont": [("Sex", ["Male", "Female"])],
    ]

    /// Factors that R codes by polynomials because they are ordered.
    static let ordered: [String: [String]] = ["cake-interaction": ["temperature"]]

    static func fit(_ reference: ReferenceCase) throws -> (fit: LinearMixedModelFit, frame: ModelFrame) {
        var table = try DataTable(contentsOf: ReferenceFolder.dataPath(reference.data))
        for (column, levels) in declarations[reference.name] ?? [] {
            table = try table.convertingToFactor(column, levels: levels).table
        }
        for (column, levels) in reference.factors {
            table = try table.convertingToFactor(column, levels: levels).table
        }
        var options = DesignOptions()
        for column in ordered[reference.name] ?? [] { options.contrasts[column] = .polynomial }
        let model = try LinearMixedModel(
            reference.formula, data: table, method: reference.isREML == false ? .likelihood : .restrictedLikelihood,
            options: options)
        return (try model.fit(), model.frame)
    }
}
