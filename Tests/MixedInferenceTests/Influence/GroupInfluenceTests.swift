// Leaving out groups against dense generalized least squares and refits in R.

import LinearMixedModels
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedInference

@Suite struct GroupInfluenceTests {
    private func compare(
        _ own: GroupInfluence, _ golden: [InfluenceGolden.Deletion], sigma: Double
    ) -> Differences {
        var differences = Differences()
        #expect(own.deletions.count == golden.count)
        for expected in golden {
            guard let found = own.deletions.first(where: { $0.level == expected.level }) else {
                Issue.record("no level \(expected.level)")
                continue
            }
            let name = expected.level
            // Both differ from the truth by what their θ differ, about 1e-7.
            differences.compare(
                "\(name) change", found.influence.changes, expected.change.values, relative: 1e-5,
                absolute: 1e-6 * sigma)
            differences.compare(
                "\(name) standardized", found.influence.standardizedChanges, expected.standardized.values,
                relative: 1e-5, absolute: 1e-6)
            differences.compare("\(name) cooks", found.influence.cooksDistance, expected.cooks, relative: 1e-5)
            differences.compare("\(name) mdffits", found.influence.mdffits, expected.mdffits, relative: 1e-5)
            differences.compare("\(name) covratio", found.influence.covarianceRatio, expected.covratio, relative: 1e-5)
            differences.compare(
                "\(name) covtrace", found.influence.covarianceTrace, expected.covtrace, relative: 1e-5)
            differences.compare("\(name) leverage", found.leverage, expected.leverage, relative: 1e-6)
        }
        return differences
    }

    @Test(arguments: ["slopes", "short", "nested"])
    func fromCrossProducts(name: String) throws {
        let (fit, _) = try InfluenceModels.fit(name)
        let own = try fit.influence(of: InfluenceModels.groups[name] ?? "")
        let golden = try #require(try InfluenceGolden.load().deletions[name])
        let differences = compare(own, golden, sigma: fit.residualStandardDeviation)
        #expect(differences.isEmpty, "\(differences)")
        let total = own.deletions.reduce(0) { $0 + $1.leverage }
        #expect(isClose(total, Double(fit.coefficients.count), relative: 1e-10))
    }

    @Test(arguments: ["slopes", "short", "nested", "crossed", "sample"])
    func fromRows(name: String) throws {
        let (fit, table) = try InfluenceModels.fit(name)
        let groups = try RowGroups(InfluenceModels.groups[name] ?? "", of: fit, data: table)
        let golden = try #require(try InfluenceGolden.load().deletions[name])
        for threads in [1, 2] {
            let differences = compare(
                try fit.influence(of: groups, threads: threads), golden, sigma: fit.residualStandardDeviation)
            #expect(differences.isEmpty, "\(differences)")
        }
    }

    /// The equations of single rows give what the elimination of groups gives.
    @Test(arguments: ["short", "nested"])
    func crossedAlgorithmOnNestedFactors(name: String) throws {
        let (fit, table) = try InfluenceModels.fit(name)
        let groups = try RowGroups(InfluenceModels.groups[name] ?? "", of: fit, data: table)
        let golden = try #require(try InfluenceGolden.load().deletions[name])
        let differences = compare(
            try fit.influenceFromRows(of: groups), golden, sigma: fit.residualStandardDeviation)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: ["slopes", "nested", "crossed"])
    func refits(name: String) throws {
        let (fit, table) = try InfluenceModels.fit(name)
        // The script leaves out the samples of the crossed model.
        let group = name == "crossed" ? "sample" : InfluenceModels.groups[name] ?? ""
        let own =
            name == "crossed"
            ? try fit.influence(of: RowGroups(group, of: fit, data: table), refitting: true)
            : try fit.influence(of: group, refitting: true)
        let golden = try #require(try InfluenceGolden.load().refits[name])
        var differences = Differences()
        for expected in golden {
            let found = try #require(own.deletions.first { $0.level == expected.level }?.refit)
            #expect(found.hasConverged)
            let sigma = fit.residualStandardDeviation
            differences.compare(
                "\(expected.level) change", found.influence.changes, expected.change.values, relative: 1e-5,
                absolute: 1e-5 * sigma)
            differences.compare(
                "\(expected.level) standardized", found.influence.standardizedChanges, expected.standardized.values,
                relative: 1e-5, absolute: 1e-5)
            differences.compare(
                "\(expected.level) cooks", found.influence.cooksDistance, expected.cooks, relative: 1e-4,
                absolute: 1e-8)
            differences.compare(
                "\(expected.level) variances", found.relativeVarianceChanges, expected.variances, relative: 1e-4,
                absolute: 1e-5)
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(own.isRefitted && own.varianceNames.last == "Residual.var__Observation")
    }

    /// lme4's influence(), whose changes have the other sign and whose Cook's distances are multiplied by (J − p)/J.
    @Test func lme4Influence() throws {
        let (fit, _) = try InfluenceModels.fit("slopes")
        let own = try fit.influence(of: "Subject", refitting: true)
        let golden = try InfluenceGolden.load().lme4
        var differences = Differences()
        for (index, level) in golden.level.enumerated() {
            let found = try #require(own.deletions.first { $0.level == level }?.refit).influence
            differences.compare(
                "\(level) change", found.changes, golden.change.map { -$0[index] }, relative: 1e-3, absolute: 1e-3)
            differences.compare(
                "\(level) cooks", found.cooksDistance * 16 / 18, golden.cooks[index], relative: 1e-3, absolute: 1e-7)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: ["slopes", "nested", "crossed"])
    func hatValues(name: String) throws {
        let (fit, table) = try InfluenceModels.fit(name)
        let golden = try #require(try InfluenceGolden.load().hat[name])
        var differences = Differences()
        differences.compare("hat", try fit.leverages(fit.frame(of: table)), golden, relative: 1e-6)
        #expect(differences.isEmpty, "\(differences)")
    }

    /// lme4's cooks.distance() of single rows.
    @Test func cooksDistancesOfRows() throws {
        let (fit, table) = try InfluenceModels.fit("slopes")
        let own = try fit.rowInfluence(fit.frame(of: table))
        var differences = Differences()
        differences.compare(
            "cooks", own.cooksDistances, try InfluenceGolden.load().cooksRows, relative: 1e-5, absolute: 1e-9)
        #expect(differences.isEmpty, "\(differences)")
        #expect(own.rows == Array(1...180))
    }

    @Test func whatCannotBeAnswered() throws {
        let (crossed, table) = try InfluenceModels.fit("crossed")
        #expect(throws: GroupingError.crossedNeedsRows(group: "plate", other: "sample")) {
            try crossed.influence(of: "plate")
        }
        #expect(throws: GroupingError.unknownGroup(name: "dish", known: ["plate", "sample"])) {
            try crossed.influence(of: "dish")
        }
        #expect(throws: GroupingError.missingColumn("dish")) { try RowGroups("dish", of: crossed, data: table) }
        let other = table.selecting(rows: Array(0..<table.rowCount - 1))
        #expect(throws: GroupingError.otherRows(expected: table.rowCount, found: table.rowCount - 1)) {
            try RowGroups("plate", of: crossed, data: other)
        }
        let (nested, _) = try InfluenceModels.fit("nested")
        #expect(throws: GroupingError.crossedNeedsRows(group: "Variety:Block", other: "Block")) {
            try nested.influence(of: "Variety:Block")
        }
    }

    /// A coefficient that only one group knows of is not estimable without it.
    @Test func inestimableWithoutAGroup() throws {
        let table = try InfluenceModels.table("slopes")
        let formula = "Reaction ~ Days + I(Days * (Subject == 308)) + (1 | Subject)"
        let fit = try LinearMixedModel(formula, data: table).fit()
        for refitting in [false, true] {
            let own = try fit.influence(of: "Subject", refitting: refitting)
            let first = try #require(own.deletions.first { $0.level == "308" })
            #expect(first.influence.cooksDistance.isNaN && first.influence.changes.count == 3)
            #expect(own.deletions.filter { $0.influence.cooksDistance.isNaN }.count == 1)
            if refitting { #expect(first.refit?.influence.cooksDistance.isNaN == true) }
        }
    }
}
