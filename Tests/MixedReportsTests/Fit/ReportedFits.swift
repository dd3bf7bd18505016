// The fits that reports are tested with.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedSyntax
import MixedTables
import MixedTestSupport

enum ReportedFits {
    /// A fit to one of the standard data files.
    static func fit(
        _ formula: String, _ data: String, method: EstimationMethod = .restrictedLikelihood,
        options: DesignOptions = .init()
    ) throws -> LinearMixedModelFit {
        try LinearMixedModel(formula, data: table(data), method: method, options: options).fit()
    }

    static func table(_ name: String) throws -> DataTable {
        try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(name).csv"))
    }

    /// The sleep study with every seventh reaction and the third day of the first person missing.
    static func withMissingValues() throws -> DataTable {
        let path = try ReferenceFolder.dataPath("standard/sleepstudy.csv")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        let changed = lines.enumerated().map { index, line -> String in
            var fields = line.split(separator: ",").map(String.init)
            if index > 0, (index - 1) % 7 == 3 { fields[0] = "NA" }
            if index == 3 { fields[1] = "NA" }
            return fields.joined(separator: ",")
        }
        return try DataTable(parsing: Array(changed.joined(separator: "\n").utf8), named: "missing.csv")
    }

    /// Levels in R's order where they are not the sorted ones, and numbers that are factors in R.
    private static let declarations: [String: [(column: String, levels: [String]?)]] = [
        "cake-interaction": [("recipe", nil), ("temperature", nil)],
        "ham-crossed": [("Product", nil), ("Information", nil)],
        "insteval": [("service", nil)],
        "insteval-nested": [("service", nil)],
        "orthodont": [("Sex", ["Male", "Female"])],
    ]

    /// The fit of a reference case.
    static func fit(_ reference: ReferenceCase) throws -> LinearMixedModelFit {
        var table = try DataTable(contentsOf: ReferenceFolder.dataPath(reference.data))
        for (column, levels) in declarations[reference.name] ?? [] {
            table = try table.convertingToFactor(column, levels: levels).table
        }
        for (column, levels) in reference.factors {
            table = try table.convertingToFactor(column, levels: levels).table
        }
        var options = DesignOptions()
        if reference.name == "cake-interaction" { options.contrasts["temperature"] = .polynomial }
        return try LinearMixedModel(
            reference.formula, data: table, method: reference.isREML == false ? .likelihood : .restrictedLikelihood,
            options: options
        ).fit()
    }
}
