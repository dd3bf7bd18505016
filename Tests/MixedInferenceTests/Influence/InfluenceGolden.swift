// R's results on influence and robust covariance, and the models that they belong to.

import LinearMixedModels
import MixedTables
import MixedTestSupport

/// What `Goldens/influence.R` wrote.
struct InfluenceGolden: Decodable {
    let deletions: [String: [Deletion]]
    let refits: [String: [Refit]]
    let lme4: Own
    let hat: [String: [Double]]
    let cooksRows: [Double]
    let robust: [String: [String: Robust]]

    struct Deletion: Decodable {
        let level: String
        let change: Numbers
        let standardized: Numbers
        let cooks, mdffits, covratio, covtrace, leverage: Double
    }

    struct Refit: Decodable {
        let level: String
        let change: Numbers
        let standardized: Numbers
        let cooks: Double
        let variances: [Double]
    }

    struct Own: Decodable {
        let level: [String]
        let change: [[Double]]
        let cooks: [Double]
    }

    struct Robust: Decodable {
        let covariance, se, df, p: [Double]
        let F, Fdf: Double
    }

    /// R writes a vector of one number as a number.
    struct Numbers: Decodable {
        let values: [Double]
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Double.self) {
                values = [one]
            } else {
                values = try container.decode([Double].self)
            }
        }
    }

    static func load() throws -> InfluenceGolden {
        try RecordedResults.load("influence.json", as: InfluenceGolden.self)
    }
}

/// The models of the script, fitted here.
enum InfluenceModels {
    static func table(_ name: String) throws -> DataTable {
        switch name {
        case "slopes": try read("sleepstudy")
        case "short": try read("sleepstudy", without: Array(1...4) + [15] + Array(37...41) + [100] + Array(113...117))
        case "crossed", "sample": try read("penicillin", without: [2, 9, 10, 77, 80])
        default: try read("oats", without: [1, 2, 3, 20, 33, 40, 41])
        }
    }

    private static func read(_ name: String, without rows: [Int] = []) throws -> DataTable {
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(name).csv"))
        return table.selecting(rows: (0..<table.rowCount).filter { !rows.contains($0 + 1) })
    }

    static let formulas = [
        "slopes": "Reaction ~ Days + (1 + Days | Subject)",
        "short": "Reaction ~ Days + I(Days^2) + (1 + Days | Subject)",
        "nested": "yield ~ nitro + Variety + (1 | Block/Variety)",
        "crossed": "diameter ~ 1 + (1 | plate) + (1 | sample)",
        "sample": "diameter ~ 1 + (1 | plate) + (1 | sample)",
        "linear": "yield ~ nitro + Variety",
    ]
    static let groups = [
        "slopes": "Subject", "short": "Subject", "nested": "Block", "crossed": "plate", "sample": "sample",
        "linear": "Block",
    ]

    static func fit(_ name: String) throws -> (fit: LinearMixedModelFit, table: DataTable) {
        let table = try table(name)
        return (try LinearMixedModel(formulas[name] ?? "", data: table).fit(), table)
    }
}
