// Marginal means against emmeans 1.8.4.1: balanced, unbalanced, with an empty cell, by every kind of weights.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedTestSupport
import Testing

@Suite struct MarginalMeansTests {
    @Test(arguments: [DegreesOfFreedomMethod.satterthwaite, .kenwardRoger])
    func splitPlot(_ method: DegreesOfFreedomMethod) throws {
        let fit = try MeansGolden.fit("yield ~ factor(nitro) + Variety + (1 | Block/Variety)", "oats")
        let inference = try fit.inference(method)
        var differences = Differences()
        for (name, key) in [("nitro", "nitro"), ("Variety", "variety")] {
            let means = try fit.marginalMeans(of: [name], inference: inference)
            differences.compare(key, means, try MeansGolden.rows("oats-\(method.rawValue)", key))
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func overallMean() throws {
        let fit = try MeansGolden.fit(
            "angle ~ recipe * temperature + (1 | recipe:replicate)", "cake", factors: [("temperature", nil)])
        let means = try fit.marginalMeans(of: [])
        var differences = Differences()
        differences.compare("overall", means, try MeansGolden.rows("cake", "overall"))
        #expect(differences.isEmpty, "\(differences)")
        #expect(means.averagedOver == ["recipe", "temperature"])
    }

    @Test func numbersAtChosenValues() throws {
        let fit = try MeansGolden.fit(
            "distance ~ age * Sex + (age | Subject)", "orthodont", factors: [("Sex", ["Male", "Female"])])
        let means = try fit.marginalMeans(of: ["Sex"], by: ["age"], at: ["age": [8, 14]])
        var differences = Differences()
        differences.compare("at", means, try MeansGolden.rows("orthodont", "at"))
        #expect(differences.isEmpty, "\(differences)")
        let ends = try fit.marginalMeans(of: ["Sex"], by: ["age"], at: ["age": [.minimum, .maximum]])
        #expect(ends.rows.map(\.estimate) == means.rows.map(\.estimate))
    }

    @Test func emptyCell() throws {
        let fit = try MeansGolden.fit("y ~ a * b + x + two + (1 | g)", "unbalanced")
        var differences = Differences()
        let cells = try fit.marginalMeans(of: ["a", "b"])
        differences.compare("ab", cells, try MeansGolden.rows("unbalanced", "ab"))
        let means = try fit.marginalMeans(of: ["a"])
        differences.compare("a", means, try MeansGolden.rows("unbalanced", "a"))
        let weighted = try fit.marginalMeans(of: ["a"], weights: .cells)
        // emmeans weights the two values of 'two' by their counts in each cell, which are not known without the rows.
        for (row, wanted) in zip(weighted.rows, try MeansGolden.rows("unbalanced", "cells")) {
            differences.compare("cells", row.estimate, wanted["emmean"]?.number ?? 0, relative: 1e-2)
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(cells.rows[5].obstacle == "there are no rows with a = a3, b = b2")
        #expect(means.rows[2].obstacle == "there are no rows with a = a3, b = b2")
        #expect(means.rows[2].estimate.isNaN && means.rows[2].lowerLimit.isNaN)
        #expect(means.averagedOver == ["b", "two"])
    }

    @Test func everyKindOfWeights() throws {
        let fit = try MeansGolden.fit("y ~ a + b + x + (1 | g)", "unbalanced")
        var differences = Differences()
        for (key, names, weights) in [
            ("equal", ["a"], .equal), ("proportional", ["a"], .proportional), ("outer", ["x"], .outer),
            ("prop_x", ["x"], .proportional), ("cells", ["a"], .cells), ("cells_b", ["b"], .cells),
        ] as [(String, [String], MarginalWeights)] {
            let means = try fit.marginalMeans(of: names, weights: weights)
            differences.compare(key, means, try MeansGolden.rows("additive", key))
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func variablesInsideTransformations() throws {
        let fit = try MeansGolden.fit("y ~ a * log(x + 1) + two + (1 | g)", "unbalanced")
        let means = try fit.marginalMeans(of: ["a"], by: ["x"], at: ["x": [1, 5]])
        var differences = Differences()
        differences.compare("means", means, try MeansGolden.rows("log-x", "means"))
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func numbersWithTwoValuesAreRecognized() throws {
        let fit = try MeansGolden.fit("y ~ two + x + (1 | g)", "unbalanced")
        let means = try fit.marginalMeans(of: ["two", "x"])
        #expect(means.rows.map { $0.values[0].label } == ["2", "5"])
        #expect(means.rows.count == 2)
    }

    @Test(.enabled(if: ReferenceFolder.hasShared)) func classroom() throws {
        let reference = try ReferenceCase.load("classroom-score")
        let fit = try ReferenceFits.fit(reference).fit
        let means = try fit.marginalMeans(of: ["SES"])
        // emmeans 1.8.4.1: classroom-emmeans.json
        let expected: [(Double, Double, Double, Double, Double)] = [
            (70.730962871, 2.1373702108, 7.7235887794, 65.7713056347, 75.6906201073),
            (75.3300852971, 2.1045904711, 7.2609477716, 70.3895473321, 80.270623262),
            (80.4978829659, 2.1718981898, 8.2336230238, 75.514105398, 85.4816605338),
        ]
        var differences = Differences()
        for (row, wanted) in zip(means.rows, expected) {
            differences.compare("mean", row.estimate, wanted.0, relative: 1e-6)
            differences.compare("SE", row.standardError, wanted.1, relative: 1e-5)
            differences.compare("df", row.degreesOfFreedom, wanted.2, relative: 1e-4)
            differences.compare("lower", row.lowerLimit, wanted.3, relative: 1e-5)
            differences.compare("upper", row.upperLimit, wanted.4, relative: 1e-5)
        }
        let contrasts = try means.contrasts(.pairwise)
        let expectedContrasts: [(Double, Double, Double, Double)] = [
            (-4.5991224261, 0.6907881352, 308.2820506455, -6.6577901265),
            (-9.7669200949, 0.87390801987, 308.1279828198, -11.1761419656),
            (-5.1677976688, 0.79549070984, 308.384114753, -6.4963645771),
        ]
        for (row, wanted) in zip(contrasts.rows, expectedContrasts) {
            differences.compare("estimate", row.estimate, wanted.0, relative: 1e-5)
            differences.compare("SE", row.standardError, wanted.1, relative: 1e-5)
            differences.compare("df", row.degreesOfFreedom, wanted.2, relative: 1e-4)
            differences.compare("t", row.statistic, wanted.3, relative: 1e-5)
        }
        for (row, wanted) in zip(
            contrasts.rows, [3.8301362082e-10, 1.2027046026e-12, 9.8965458051e-10])
        {
            // R's ptukey is accurate to about 1e-10 in absolute terms.
            differences.compare(row.contrast, row.pValue, wanted, relative: 1e-3, absolute: 1e-11)
        }
        #expect(means.rows.map { $0.values[0].label } == ["Low", "Medium", "High"])
        #expect(contrasts.rows.map(\.contrast) == ["Low - Medium", "Low - High", "Medium - High"])
        #expect(differences.isEmpty, "\(differences)")
    }
}
