// The values that predict.R wrote.

import MixedTables
import MixedTestSupport

/// Predictions of lme4 and lm, and the separate regressions of lmList.
struct PredictionGolden: Decodable {
    struct Case: Decodable {
        let data: String
        let formula: String
        let reml: Bool
        let weights: [Double]?
        let new: [String: [Field]]
        let population: [Double]
        let group: [Double]
        let standardErrorOfPopulation: [Double]
        let standardErrorOfGroup: [Double]
        let sigma: Double

        enum CodingKeys: String, CodingKey {
            case data, formula, reml, weights, new, population, group, sigma
            case standardErrorOfPopulation = "se_population"
            case standardErrorOfGroup = "se_group"
        }
    }

    /// Levels that the model has not seen.
    struct Unknown: Decodable {
        let new: [String: [Field]]
        let fitted: [Double]
        let se: [Double]
    }

    struct Linear: Decodable {
        struct Intervals: Decodable {
            let fit: [Double]
            let lwr: [Double]
            let upr: [Double]
        }
        let new: [String: [Field]]
        let confidence: Intervals
        let prediction: Intervals
        let se: [Double]
    }

    struct Pooling: Decodable {
        struct Lines: Decodable {
            let data: String?
            let level: [String]
            let intercept: [Double?]
            let slope: [Double?]
            let average: [Double]?
        }
        let complete: [Double]
        let lists: [Lines]
        let partial: Lines
    }

    let cases: [Case]
    let unknown: Unknown
    let linear: Linear
    let pooling: Pooling

    /// A number or a text.
    enum Field: Decodable {
        case number(Double)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    static func load() throws -> PredictionGolden {
        try RecordedResults.load("predict.json", as: PredictionGolden.self)
    }

    /// Columns of numbers and text as a table.
    static func table(_ columns: [String: [Field]]) throws -> DataTable {
        try DataTable(
            columns: columns.map { name, fields in
                var numbers: [Double] = []
                var texts: [String] = []
                for field in fields {
                    switch field {
                    case .number(let value): numbers.append(value)
                    case .text(let text): texts.append(text)
                    }
                }
                return Column(name, texts.isEmpty ? .double(numbers) : .texts(texts))
            })
    }

    static func data(_ name: String) throws -> DataTable {
        try DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(name).csv"))
    }
}

extension ColumnValues {
    /// Text as it would be read from a file.
    static func texts(_ values: [String]) -> ColumnValues {
        var levels: [String] = []
        let codes = values.map { value -> Int32 in
            if let known = levels.firstIndex(of: value) { return Int32(known) }
            levels.append(value)
            return Int32(levels.count - 1)
        }
        return .categorical(CategoricalValues(codes: codes, levels: levels, kind: .text))
    }
}
