// Type III tests where contrasts do not tell all levels apart, against lmerTest's.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

/// What `Goldens/reduced-contrasts.R` wrote.
struct ReducedContrasts: Decodable, Sendable {
    /// A named coding, or one row of weights for each level.
    enum Coding: Decodable, Sendable {
        case named(String)
        case rows([[Double]])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                self = .named(name)
            } else {
                self = .rows(try container.decode([[Double]].self))
            }
        }

        var coding: ContrastCoding? {
            switch self {
            case .named(let name): ContrastCoding(named: name)
            case .rows(let rows): .custom(rows: rows, names: nil)
            }
        }
    }

    struct Row: Decodable, Sendable {
        let term: String
        let hypothesis: [[Double]]
        let NumDF: Int
        let DenDF: Double
        let statistic: Double
        let p: Double
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let formula: String
        let data: String
        let contrasts: [String: Coding]
        let coefficients: Int
        let rows: [Row]

        var testDescription: String { "\(formula), \(data)" }
    }

    let cases: [Case]

    static let values = try? RecordedResults.load("reduced-contrasts.json", as: ReducedContrasts.self)
}

@Suite struct ReducedContrastTests {
    private func fit(_ example: ReducedContrasts.Case) throws -> LinearMixedModelFit {
        let text = try #require(AnovaGolden.values?.tables[example.data])
        let table = try DataTable(parsing: Array(text.utf8), named: example.data)
        let options = DesignOptions(contrasts: example.contrasts.compactMapValues(\.coding))
        return try LinearMixedModel(example.formula, data: table, options: options).fit()
    }

    @Test func thereAreCases() { #expect(ReducedContrasts.values?.cases.count == 8) }

    @Test(arguments: ReducedContrasts.values?.cases ?? [])
    func equalsLmerTest(example: ReducedContrasts.Case) throws {
        let fit = try fit(example)
        #expect(fit.coefficients.count == example.coefficients)
        let hypotheses = try fit.hypotheses(.balanced)
        let analysis = try fit.anova(type: .balanced)
        var differences = Differences()
        #expect(hypotheses.map(\.label) == example.rows.map(\.term))
        for ((own, test), expected) in zip(zip(hypotheses, analysis.tests), example.rows) {
            #expect(own.matrix.rowCount == expected.hypothesis.count, "\(expected.term)")
            for (row, values) in expected.hypothesis.enumerated() where row < own.matrix.rowCount {
                differences.compare(
                    "\(expected.term) \(row)", own.matrix.row(row), values, relative: 1e-9, absolute: 1e-9)
            }
            #expect(test.numeratorDegreesOfFreedom == expected.NumDF, "\(expected.term)")
            differences.compare(
                "df of \(expected.term)", test.denominatorDegreesOfFreedom, expected.DenDF, relative: 1e-5)
            differences.compare(
                "F of \(expected.term)", test.statistic, expected.statistic, relative: 1e-5, absolute: 1e-9)
            differences.compare("p of \(expected.term)", test.pValue, expected.p, relative: 1e-5, absolute: 1e-9)
        }
        #expect(differences.isEmpty, "\(differences)")
    }
}
