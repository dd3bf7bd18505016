// What `Goldens/anova.R` wrote, and fits of its models.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

struct AnovaGolden: Decodable, Sendable {
    struct Row: Decodable, Sendable {
        let term: String
        let sumsq: Double
        let meansq: Double
        let NumDF: Int
        let DenDF: Double
        let statistic: Double
        let p: Double
    }

    struct Coefficient: Decodable, Sendable {
        let se: Double
        let df: Double
    }

    struct Test: Decodable, Sendable {
        let NumDF: Double
        let DenDF: Double
        let statistic: Double
        let scale: Double?
    }

    struct Hypothesis: Decodable, Sendable {
        let rows: [[Double]]
        let satterthwaite: Test
        let kenwardRoger: Test
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let formula: String
        let data: String
        let weights: String?
        let factors: [String: [String]]
        let contrasts: [String: String]
        let criterion: Double
        let theta: [Double]
        let sigma: Double
        let satterthwaite: [Coefficient]
        let kenwardRoger: [Coefficient]
        let adjusted: [[Double]]
        let I: [Row]
        let II: [Row]
        let III: [Row]
        let III_kr: [Row]
        let II_kr: [Row]
        let hypothesis: Hypothesis

        var testDescription: String { name }
    }

    struct Term: Decodable, Sendable {
        let term: String
        let rows: [[Double]]
    }

    struct Design: Decodable, Sendable, CustomTestStringConvertible {
        let formula: String
        let data: String
        let contrasts: [String: String]
        let coefficients: [String]
        let I: [Term]
        let II: [Term]
        let III: [Term]

        var testDescription: String { "\(formula), \(data) \(contrasts)" }
    }

    struct LinearRow: Decodable, Sendable {
        let term: String
        let sumsq: Double
        let df: Double
        let statistic: Double?
        let p: Double?
    }

    struct LinearModel: Decodable, Sendable, CustomTestStringConvertible {
        let formula: String
        let data: String
        let weighted: Bool
        let contrasts: [String: String]
        let I: [LinearRow]
        let II: [LinearRow]
        let III: [LinearRow]

        var testDescription: String { "\(formula), \(data) \(contrasts)" }
    }

    struct Deletion: Decodable, Sendable {
        let term: String
        let npar: Int
        let AIC: Double
        let statistic: Double
        let p: Double
    }

    struct DroppedModel: Decodable, Sendable, CustomTestStringConvertible {
        let formula: String
        let data: String
        let rows: [Deletion]

        var testDescription: String { formula }
    }

    let tables: [String: String]
    let cases: [Case]
    let designs: [Design]
    let linear: [LinearModel]
    let dropped: [DroppedModel]

    static func load() throws -> AnovaGolden { try RecordedResults.load("anova.json", as: AnovaGolden.self) }

    static let values = try? load()

    static var cases: [Case] { values?.cases ?? [] }
    static var designs: [Design] { values?.designs ?? [] }
    static var linear: [LinearModel] { values?.linear ?? [] }
    static var dropped: [DroppedModel] { values?.dropped ?? [] }

    /// The fit of a formula to one of the file's tables or a bundled one.
    static func fit(
        _ formula: String, _ data: String, weights: String? = nil, factors: [String: [String]] = [:],
        contrasts: [String: String] = [:], method: EstimationMethod = .restrictedLikelihood
    ) throws -> LinearMixedModelFit {
        var table: DataTable
        if let text = values?.tables[data] {
            table = try DataTable(parsing: Array(text.utf8), named: data)
        } else {
            table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(data).csv"))
        }
        for (column, levels) in factors { table = try table.convertingToFactor(column, levels: levels).table }
        var options = DesignOptions()
        for (column, name) in contrasts { options.contrasts[column] = ContrastCoding(named: name) }
        if let weights { options.weights = try TableExpression(parsing: weights) }
        let plain = formula.replacing("splines::", with: "")
        return try LinearMixedModel(plain, data: table, method: method, options: options).fit()
    }
}
