// Joint tests against emmeans 1.8.4.1, which rounds F and degrees of freedom.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedTestSupport
import Testing

@Suite struct JointTestTests {
    private func compare(_ got: [JointTest], _ expected: GoldenRows, group: String? = nil, freedom: Double = 0.006) {
        var differences = Differences()
        differences.compare("rows", Double(got.count), Double(expected.count))
        for wanted in expected {
            let label = wanted["model term"]?.label ?? ""
            let test = got.first {
                $0.test.label == label && (group == nil || $0.group.first?.label == wanted[group ?? ""]?.label)
            }
            guard let test else {
                Issue.record("there is no test of \(label)")
                continue
            }
            differences.compare(
                "\(label) df1", Double(test.test.numeratorDegreesOfFreedom), wanted["df1"]?.number ?? 0)
            differences.compare("\(label) F", test.test.statistic, wanted["F.ratio"]?.number ?? 0, absolute: 5.1e-4)
            // emmeans takes the smallest of the rows' degrees of freedom, not those of the whole hypothesis.
            differences.compare(
                "\(label) df2", test.test.denominatorDegreesOfFreedom, wanted["df2"]?.number ?? 0, relative: freedom)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func balanced() throws {
        let fit = try MeansGolden.fit(
            "angle ~ recipe * temperature + (1 | recipe:replicate)", "cake", factors: [("temperature", nil)])
        compare(try fit.jointTests(), try MeansGolden.rows("cake", "joint"), freedom: 1e-4)
        compare(
            try fit.jointTests(by: ["temperature"]), try MeansGolden.rows("cake", "joint_by"), group: "temperature",
            freedom: 1e-4)
    }

    @Test func withNumbers() throws {
        let fit = try MeansGolden.fit("y ~ a * log(x + 1) + two + (1 | g)", "unbalanced")
        compare(try fit.jointTests(), try MeansGolden.rows("log-x", "joint"))
    }

    @Test func emptyCellsTakeDegreesOfFreedom() throws {
        let fit = try MeansGolden.fit("y ~ a * b + x + (1 | g)", "unbalanced")
        let tests = try fit.jointTests()
        let interaction = try #require(tests.first { $0.test.label == "a:b" })
        #expect(interaction.test.numeratorDegreesOfFreedom == 1)
        #expect(interaction.contrastCount == 2)
        let second = try #require(tests.first { $0.test.label == "b" })
        #expect(second.test.numeratorDegreesOfFreedom == 0 && second.test.pValue.isNaN)
        // What is left of the interaction is the coefficient that was estimated.
        let coefficient = try #require(fit.coefficientTests().first { $0.term == "aa2:bb2" })
        #expect(isClose(interaction.test.statistic, coefficient.statistic * coefficient.statistic, relative: 1e-8))
        #expect(isClose(interaction.test.pValue, coefficient.pValue, relative: 1e-8))
    }
}
