// Adjusted p-values and critical values against emmeans.

import MixedInference
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@Suite struct MultiplicityGoldenTests {
    struct File: Decodable {
        let cases: [Case]
    }

    struct Case: Decodable {
        let name: String
        let statistic: [Double]
        let df: [Double]
        let correlation: [Double]
        let means: Int?
        let rank: Int
        let alternative: String
        let adjusted: [String: Values]

        struct Values: Decodable {
            let p: [Double]
            let critical: [Double]
        }

        var family: ContrastFamily {
            let count = statistic.count
            return ContrastFamily(
                statistics: statistic, degreesOfFreedom: df.map { $0 > 1e299 ? .infinity : $0 },
                correlation: Matrix(rows: count, columns: count, columnMajor: correlation), comparedMeans: means,
                alternative: Alternative(rawValue: alternative) ?? .twoSided)
        }
    }

    /// How far emmeans' own numbers are from exact ones: R's studentized range has seven digits, its quantile four decimals, and pmvt an
    /// error of 1e-3 by default.
    private static func tolerance(_ word: String) -> (p: Double, critical: Double) {
        switch word {
        case "tukey": (2e-7, 2e-4)
        case "mvt": (1.5e-3, 1.5e-2)
        default: (1e-12, 1e-9)
        }
    }

    @Test func agreesWithEmmeans() throws {
        let file = try RecordedResults.load("multiplicity.json", as: File.self)
        var differences = Differences()
        for reference in file.cases {
            let family = reference.family
            #expect(family.rank == reference.rank, "\(reference.name)")
            for (word, expected) in reference.adjusted {
                let method = try #require(MultiplicityAdjustment(word: word))
                // emmeans truncates degrees of freedom for pmvt.
                if word == "mvt", reference.df.contains(where: { $0 < 1e299 && $0 != $0.rounded() }) { continue }
                let tolerance = Self.tolerance(word)
                let name = "\(reference.name), \(word)"
                differences.compare(
                    name, family.adjustedPValues(method).values, expected.p, relative: 1e-9, absolute: tolerance.p)
                differences.compare(
                    name + ", critical", family.criticalValues(method).values, expected.critical, relative: 1e-9,
                    absolute: tolerance.critical)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(differences.comparisons > 500)
    }
}
