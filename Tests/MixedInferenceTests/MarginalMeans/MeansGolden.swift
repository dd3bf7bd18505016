// The results of emmeans and ggeffects that Goldens/means.R wrote, and the models they are of.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedTables
import MixedTestSupport
import Testing

/// A cell of a table of R's.
enum GoldenCell: Decodable {
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .number(.nan)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    var number: Double { if case .number(let value) = self { value } else { .nan } }
    var label: String {
        switch self {
        case .number(let value): GridValue.number(value).label
        case .text(let text): text
        }
    }
}

typealias GoldenRows = [[String: GoldenCell]]

enum MeansGolden {
    /// What stands in the file by a name: a table, a number, or something else.
    private enum Entry: Decodable {
        case rows(GoldenRows)
        case number(Double)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let rows = try? container.decode(GoldenRows.self) {
                self = .rows(rows)
            } else {
                self = .other
            }
        }
    }

    private static func entry(_ name: String, _ key: String) throws -> Entry {
        let cases = try RecordedResults.load("means.json", as: [String: [String: Entry]].self)
        return try #require(cases[name]?[key])
    }

    /// A table of one of the cases.
    static func rows(_ name: String, _ table: String) throws -> GoldenRows {
        guard case .rows(let rows) = try entry(name, table) else { throw MissingEntry(name: name, key: table) }
        return rows
    }

    static func number(_ name: String, _ key: String) throws -> Double {
        guard case .number(let value) = try entry(name, key) else { throw MissingEntry(name: name, key: key) }
        return value
    }

    /// The file has something else by this name.
    private struct MissingEntry: Error {
        let name: String
        let key: String
    }

    /// A fit of bundled data or of `means-unbalanced`.
    static func fit(
        _ formula: String, _ data: String, factors: [(String, [String]?)] = []
    ) throws -> LinearMixedModelFit {
        let path =
            data == "unbalanced"
            ? RecordedResults.path("means-unbalanced.csv")
            : try ReferenceFolder.dataPath("standard/\(data).csv")
        var table = try DataTable(contentsOf: path)
        for (column, levels) in factors { table = try table.convertingToFactor(column, levels: levels).table }
        return try LinearMixedModel(formula, data: table).fit()
    }
}

extension Differences {
    /// Compares estimates with rows of R's by the names of emmeans, in order.
    mutating func compare(_ name: String, _ got: MarginalEstimates, _ expected: GoldenRows, estimate: String = "emmean")
    {
        compare("\(name): rows", Double(got.rows.count), Double(expected.count))
        for (index, (row, wanted)) in zip(got.rows, expected).enumerated() {
            for (variable, value) in zip(got.variables, row.values) {
                let isSame =
                    wanted[variable]?.label == value.label
                    || abs((wanted[variable]?.number ?? .nan) - (value.number ?? .nan)) < 1e-9
                compare("\(name)[\(index)] \(variable) is \(value.label)", isSame ? 1 : 0, 1)
            }
            compare("\(name)[\(index)]", row.estimate, wanted[estimate]?.number ?? 0, relative: 1e-6, absolute: 1e-9)
            compare("\(name)[\(index)] SE", row.standardError, wanted["SE"]?.number ?? 0, relative: 1e-6)
            compare("\(name)[\(index)] df", row.degreesOfFreedom, wanted["df"]?.number ?? 0, relative: 1e-4)
            compare(
                "\(name)[\(index)] lower", row.lowerLimit, wanted["lower.CL"]?.number ?? 0, relative: 1e-5,
                absolute: 1e-6)
            compare(
                "\(name)[\(index)] upper", row.upperLimit, wanted["upper.CL"]?.number ?? 0, relative: 1e-5,
                absolute: 1e-6)
        }
    }

    /// Compares contrasts with rows of R's by the names of emmeans, in order.
    mutating func compare(
        _ name: String, _ got: MarginalContrasts, _ expected: GoldenRows, probability: Double = 1e-4
    ) {
        compare("\(name): rows", Double(got.rows.count), Double(expected.count))
        for (index, (row, wanted)) in zip(got.rows, expected).enumerated() {
            let isNamed = wanted["contrast"]?.label == row.contrast
            compare("\(name)[\(index)] is \(row.contrast)", isNamed ? 1 : 0, 1)
            compare("\(name)[\(index)]", row.estimate, wanted["estimate"]?.number ?? 0, relative: 1e-6, absolute: 1e-8)
            compare("\(name)[\(index)] SE", row.standardError, wanted["SE"]?.number ?? 0, relative: 1e-6)
            compare("\(name)[\(index)] df", row.degreesOfFreedom, wanted["df"]?.number ?? 0, relative: 1e-4)
            compare(
                "\(name)[\(index)] t", row.statistic, wanted["t.ratio"]?.number ?? 0, relative: 1e-6, absolute: 1e-8)
            compare(
                "\(name)[\(index)] p", row.pValue, wanted["p.value"]?.number ?? 0, relative: probability, absolute: 1e-9
            )
            guard let lower = wanted["lower.CL"]?.number, let upper = wanted["upper.CL"]?.number else { continue }
            compare("\(name)[\(index)] lower", row.lowerLimit, lower, relative: 1e-4, absolute: 1e-6)
            compare("\(name)[\(index)] upper", row.upperLimit, upper, relative: 1e-4, absolute: 1e-6)
        }
    }
}
