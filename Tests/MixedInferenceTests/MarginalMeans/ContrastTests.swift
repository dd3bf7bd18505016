// Contrasts of marginal means and their adjustments against emmeans 1.8.4.1.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedTestSupport
import Testing

@Suite struct MarginalContrastTests {
    static let adjustments: [(String, ContrastMethod, MultiplicityAdjustment)] = [
        ("control", .reference(), .none), ("consecutive", .consecutive, .holm), ("poly", .polynomial, .none),
        ("scheffe", .pairwise, .scheffe), ("sidak", .pairwise, .sidak), ("bonferroni", .pairwise, .bonferroni),
        ("fdr", .pairwise, .falseDiscoveryRate), ("tukey", .pairwise, .tukey),
        (
            "custom",
            .custom([
                CustomContrast(name: "rest", weights: [-1, 1.0 / 3, 1.0 / 3, 1.0 / 3]),
                CustomContrast(name: "total", weights: [1, 1, 1, 1]),
            ]), .none
        ),
    ]

    @Test(arguments: [DegreesOfFreedomMethod.satterthwaite, .kenwardRoger])
    func splitPlot(_ method: DegreesOfFreedomMethod) throws {
        let fit = try MeansGolden.fit("yield ~ factor(nitro) + Variety + (1 | Block/Variety)", "oats")
        let means = try fit.marginalMeans(of: ["nitro"], inference: try fit.inference(method))
        var differences = Differences()
        for (key, family, adjustment) in Self.adjustments {
            let contrasts = try means.contrasts(family, adjustment: adjustment)
            differences.compare(key, contrasts, try MeansGolden.rows("oats-\(method.rawValue)", key))
        }
        let varieties = try fit.marginalMeans(of: ["Variety"], inference: try fit.inference(method))
        differences.compare(
            "pairs", try varieties.contrasts(.pairwise), try MeansGolden.rows("oats-\(method.rawValue)", "pairs"))
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func multivariateT() throws {
        let fit = try MeansGolden.fit("yield ~ factor(nitro) + Variety + (1 | Block/Variety)", "oats")
        let means = try fit.marginalMeans(of: ["nitro"])
        var differences = Differences()
        // mvtnorm's probabilities are simulated, to an error of some 1e-4.
        for (key, family) in [("control", .reference()), ("consecutive", .consecutive)] as [(String, ContrastMethod)] {
            let contrasts = try means.contrasts(family)
            #expect(contrasts.adjustment == .dunnett)
            for (row, wanted) in zip(contrasts.rows, try MeansGolden.rows("oats-mvt", key)) {
                differences.compare(
                    "\(key) \(row.contrast)", row.pValue, wanted["p.value"]?.number ?? 0, relative: 0.01, absolute: 3e-4
                )
            }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func withinGroups() throws {
        let fit = try MeansGolden.fit(
            "angle ~ recipe * temperature + (1 | recipe:replicate)", "cake", factors: [("temperature", nil)])
        let contrasts = try fit.marginalMeans(of: ["recipe"], by: ["temperature"]).contrasts(.pairwise)
        var differences = Differences()
        let expected = try MeansGolden.rows("cake", "by")
        differences.compare("by", contrasts, expected)
        #expect(differences.isEmpty, "\(differences)")
        #expect(contrasts.familySize == 3)
        #expect(contrasts.rows.map { $0.group[0].label } == expected.map { $0["temperature"]?.label ?? "" })
    }

    @Test func contrastsWithAnEmptyCell() throws {
        let fit = try MeansGolden.fit("y ~ a * b + x + two + (1 | g)", "unbalanced")
        let contrasts = try fit.marginalMeans(of: ["a"], by: ["b"]).contrasts(
            .pairwise, adjustment: MultiplicityAdjustment.none)
        var differences = Differences()
        differences.compare("b_pairs", contrasts, try MeansGolden.rows("unbalanced", "b_pairs"))
        #expect(differences.isEmpty, "\(differences)")
        #expect(contrasts.rows[4].obstacle == "there are no rows with a = a3, b = b2")
    }

    @Test func adjustmentsThatDoNotFit() throws {
        let fit = try MeansGolden.fit("yield ~ factor(nitro) + Variety + (1 | Block/Variety)", "oats")
        let contrasts = try fit.marginalMeans(of: ["nitro"]).contrasts(.consecutive, adjustment: .tukey)
        #expect(contrasts.adjustment == .sidak)
        #expect(contrasts.notes.contains { $0.contains("Tukey") })
        let two = try fit.marginalMeans(of: ["nitro"], at: ["nitro": [0, 0.6]]).contrasts(.pairwise)
        #expect(two.adjustment == MultiplicityAdjustment.none)
        #expect(two.rows.map(\.contrast) == ["nitro0 - nitro0.6"])
    }

    @Test func customContrastsAreRead() throws {
        #expect(try CustomContrast(parsing: "high vs low: -1 0 1") == .init(name: "high vs low", weights: [-1, 0, 1]))
        #expect(try CustomContrast(parsing: "-1/2, -1/2, 1") == .init(name: "-0.5 -0.5 1", weights: [-0.5, -0.5, 1]))
        for text in ["", "a:", "a: x y", "a: 0 0", "a: 1/0 1", "a: 1/2/3", "nan inf"] {
            #expect(throws: MarginalMeansError.self) { try CustomContrast(parsing: text) }
        }
        #expect(CustomContrast(name: "", weights: [1, -0.5, -0.5]).sumsToZero)
        #expect(!CustomContrast(name: "", weights: [1, 1]).sumsToZero)
    }

    @Test func badContrasts() throws {
        let fit = try MeansGolden.fit("yield ~ factor(nitro) + Variety + (1 | Block/Variety)", "oats")
        let means = try fit.marginalMeans(of: ["nitro"])
        let short = CustomContrast(name: "short", weights: [1, -1])
        #expect(
            throws: MarginalMeansError.weightCount(
                name: "short", given: 2, means: ["nitro0", "nitro0.2", "nitro0.4", "nitro0.6"])
        ) { try means.contrasts(.custom([short])) }
        #expect(throws: MarginalMeansError.self) { try means.contrasts(.reference("0.7")) }
        #expect(throws: MarginalMeansError.nothingToCompare(variables: [])) {
            try fit.marginalMeans(of: []).contrasts(.pairwise)
        }
        #expect(throws: MarginalMeansError.nothingToCompare(variables: ["nitro"])) {
            try fit.marginalMeans(of: ["nitro"], at: ["nitro": [0.2]]).contrasts(.consecutive)
        }
        let named = try means.contrasts(.reference("0.4"), adjustment: MultiplicityAdjustment.none)
        #expect(named.rows.map(\.contrast) == ["nitro0 - nitro0.4", "nitro0.2 - nitro0.4", "nitro0.6 - nitro0.4"])
    }
}
