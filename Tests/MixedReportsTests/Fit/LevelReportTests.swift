// Random effects and coefficients level by level, against R's and in every format.

import LinearMixedModels
import MixedReports
import MixedTables
import MixedTestSupport
import Testing

@Suite struct LevelReportTests {
    @Test(arguments: ["sleepstudy-slope", "oats-split-plot", "penicillin-crossed"])
    func randomEffectsAreThoseOfR(name: String) throws {
        let reference = try ReferenceCase.load(name)
        let json = RandomEffectsReport(try ReportedFits.fit(reference)).json()
        #expect(json.members?.map(\.key) == ["rows"])
        let rows = json["rows"]?.elements ?? []
        #expect(rows.allSatisfy { $0.members?.map(\.key) == ["group", "level", "term", "estimate", "std.error"] })
        var differences = Differences()
        for effects in reference.randomEffects {
            for column in effects.columns {
                let own = rows.filter { $0["group"]?.string == effects.group && $0["term"]?.string == column.name }
                #expect(own.prefix(effects.levels.count).compactMap { $0["level"]?.string } == effects.levels)
                let scale = reference.sigma ?? 1
                for (row, mode) in zip(own, column.modes) {
                    differences.compare(
                        column.name, row["estimate"]?.number ?? .nan, mode, relative: 1e-4, absolute: 1e-5 * scale)
                }
                for (row, deviation) in zip(own, column.conditionalStandardDeviations) {
                    differences.compare("sd", row["std.error"]?.number ?? .nan, deviation, relative: 1e-4)
                }
            }
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(differences.comparisons > 5)
    }

    @Test func coefficientsAreFixedAndRandomEffectsTogether() throws {
        let fit = try ReportedFits.fit("Reaction ~ Days + (1 + Days | Subject)", "sleepstudy")
        let report = GroupCoefficientsReport(fit)
        let rows = report.json()["rows"]?.elements ?? []
        #expect(rows.count == 36)
        #expect(rows.allSatisfy { $0.members?.map(\.key) == ["group", "level", "term", "estimate"] })
        // R: coef(lmer(Reaction ~ Days + (1 + Days | Subject), sleepstudy))$Subject["308", ]
        #expect(isClose(rows[0]["estimate"]?.number ?? .nan, 253.6637, relative: 1e-5))
        #expect(isClose(rows[18]["estimate"]?.number ?? .nan, 19.66626, relative: 1e-5))
        let lines = report.rendered(as: .text).split(separator: "\n")
        #expect(lines.count == 20)
        #expect(lines[0] == "Coefficients by Subject")
        #expect(lines[1].hasPrefix("Subject") && lines[1].hasSuffix("Days"))
        #expect(lines[2].hasPrefix("308"))
    }

    @Test(arguments: ReportFormat.allCases)
    func everyFormatShowsEveryLevel(format: ReportFormat) throws {
        let fit = try ReportedFits.fit("yield ~ nitro + (1 | Block/Variety)", "oats")
        for text in [RandomEffectsReport(fit).rendered(as: format), GroupCoefficientsReport(fit).rendered(as: format)] {
            #expect(text.hasSuffix("\n"))
            for effects in fit.randomEffects {
                for level in effects.levels { #expect(text.contains(level)) }
            }
        }
    }

    @Test(arguments: ReportFormat.allCases)
    func aLinearModelHasNoLevels(format: ReportFormat) throws {
        let fit = try ReportedFits.fit("Reaction ~ Days", "sleepstudy")
        let effects = RandomEffectsReport(fit)
        #expect(!effects.rendered(as: format).isEmpty)
        #expect(effects.json() == ["rows": []])
        #expect(GroupCoefficientsReport(fit).rendered(as: format).contains("Days"))
    }

    /// A hundred thousand levels have a line each; a quadratic writer would not end.
    @Test func manyLevels() throws {
        var text = "y,g\n"
        var generator = SeededGenerator(seed: 1)
        for row in 0..<200_000 {
            text += "\(Double(row / 2 % 17) + Double.random(in: 0..<4, using: &generator)),\(row / 2)\n"
        }
        let table = try DataTable(parsing: Array(text.utf8), named: "many")
        let fit = try LinearMixedModel("y ~ 1 + (1 | g)", data: table).fit()
        let rendered = RandomEffectsReport(fit).rendered(as: .text)
        #expect(rendered.utf8.count { $0 == 0x0A } == 100_001)
        #expect(GroupCoefficientsReport(fit).rendered(as: .csv).utf8.count { $0 == 0x0A } == 100_001)
    }
}
