// Effect sizes against performance, effectsize, car and lmerTest.

import LinearMixedModels
import MixedInference
import MixedTables
import MixedTestSupport
import Testing

@Suite struct EffectSizeGoldenTests {
    struct File: Decodable {
        let cases: [Case]
        let gvif: [Inflation]

        struct Inflation: Decodable {
            let data: String
            let formula: String
            let vif: Factors

            struct Factors: Decodable {
                let term: [String]
                let gvif: [Double]
                let scaled: [Double]
            }
        }
    }

    struct Case: Decodable {
        let name: String
        let data: String
        let formula: String
        let icc: Groups
        let vif: Terms?
        let basic: Coefficients
        let refit: Coefficients
        let anova: Tests?

        struct Groups: Decodable {
            let group: [String]
            let value: [Double]
        }
        struct Terms: Decodable {
            let term: [String]
            let value: [Double]
        }
        struct Coefficients: Decodable {
            let term: [String]
            let estimate: [Double]
        }
        struct Tests: Decodable {
            let term: [String]
            let F: [Double]
            let num: [Int]
            let den: [Double]
        }
    }

    private static func fit(_ data: String, _ formula: String) throws -> LinearMixedModelFit {
        let path =
            data == "unbalanced"
            ? RecordedResults.path("unbalanced-sleep.csv") : try ReferenceFolder.dataPath("standard/\(data).csv")
        return try LinearMixedModel(formula, data: DataTable(contentsOf: path)).fit()
    }

    @Test func intraclassCorrelations() throws {
        let file = try RecordedResults.load("effect-sizes.json", as: File.self)
        var differences = Differences()
        for reference in file.cases {
            let fit = try Self.fit(reference.data, reference.formula)
            let groups = fit.intraclassCorrelations()
            #expect(groups.map(\.group) == reference.icc.group, "\(reference.name)")
            differences.compare(reference.name, groups.map(\.correlation), reference.icc.value, relative: 1e-5)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func standardizedCoefficients() throws {
        let file = try RecordedResults.load("effect-sizes.json", as: File.self)
        var differences = Differences()
        for reference in file.cases {
            let fit = try Self.fit(reference.data, reference.formula)
            for (standardization, expected) in [
                (Standardization.columns, reference.basic), (.variables, reference.refit),
            ] {
                let coefficients = fit.standardizedCoefficients(standardization)
                #expect(coefficients.map(\.term) == expected.term)
                differences.compare(
                    "\(reference.name), \(standardization)", coefficients.map(\.estimate), expected.estimate,
                    relative: 1e-5, absolute: 1e-6)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func varianceInflation() throws {
        let file = try RecordedResults.load("effect-sizes.json", as: File.self)
        var differences = Differences()
        for reference in file.cases {
            let factors = try Self.fit(reference.data, reference.formula).varianceInflation()
            #expect(factors.map(\.term) == (reference.vif?.term ?? []), "\(reference.name)")
            differences.compare(reference.name, factors.map(\.factor), reference.vif?.value ?? [], relative: 1e-6)
        }
        for reference in file.gvif {
            let factors = try Self.fit(reference.data, reference.formula).varianceInflation()
            #expect(factors.map(\.term) == reference.vif.term)
            differences.compare("gvif", factors.map(\.factor), reference.vif.gvif, relative: 1e-6)
            differences.compare("scaled", factors.map(\.standardErrorFactor), reference.vif.scaled, relative: 1e-6)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// lmerTest's type III tests are of the terms' own coefficients in models without interactions of factors.
    @Test func semiPartialRSquared() throws {
        let file = try RecordedResults.load("effect-sizes.json", as: File.self)
        var differences = Differences()
        for reference in file.cases.prefix(2) {
            let tests = try #require(reference.anova)
            let terms = try Self.fit(reference.data, reference.formula).semiPartialRSquared()
            #expect(terms.map(\.term) == tests.term)
            #expect(terms.map(\.numeratorDegreesOfFreedom) == tests.num)
            differences.compare("F", terms.map(\.statistic), tests.F, relative: 1e-5)
            differences.compare("df", terms.map(\.denominatorDegreesOfFreedom), tests.den, relative: 1e-4)
            let expected = tests.F.indices.map { index in
                let ratio = Double(tests.num[index]) * tests.F[index] / tests.den[index]
                return ratio / (1 + ratio)
            }
            differences.compare("R2", terms.map(\.rSquared), expected, relative: 1e-4)
        }
        #expect(differences.isEmpty, "\(differences)")
    }
}
