// `mixed anova` from a saved model: types, degrees of freedom, likelihood-ratio tests, and what is refused.

import MixedModels
import Testing

@Suite struct AnovaTests {
    private func folder(_ formula: String, _ data: String, _ options: [String] = []) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", formula, data, "--save", "m.mixed"] + options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    private static let oats = "yield ~ nitro * Variety + (1 | Block/Variety)"

    @Test func tableOfTypeThree() throws {
        let folder = try folder(Self.oats, "@oats")
        let run = try CommandRun(["anova", "m.mixed", "--format", "json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let rows = try run.json()["rows"]?.elements ?? []
        #expect(
            rows.first?.members?.map(\.key) == ["term", "sumsq", "meansq", "NumDF", "DenDF", "statistic", "p.value"])
        #expect(rows.compactMap { $0["term"]?.string } == ["nitro", "Variety", "nitro:Variety"])
        // lmerTest 3.1-3: anova(lmer(yield ~ nitro * Variety + (1 | Block/Variety), Oats))
        #expect(abs((rows[0]["statistic"]?.number ?? 0) - 121.22) < 0.1)
        #expect(try run.json()["type"]?.string == "III")
        let text = try CommandRun(["anova", "m.mixed"], in: folder).output
        #expect(text.contains("Analysis of variance, type III"))
        #expect(text.contains("Satterthwaite"))
    }

    @Test(arguments: ["I", "II", "III", "1", "2", "3", "ii"])
    func types(type: String) throws {
        let folder = try folder(Self.oats, "@oats")
        let run = try CommandRun(["anova", "m.mixed", "--type", type], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("nitro:Variety"))
    }

    @Test(arguments: ["satterthwaite", "kenward-roger", "residual", "asymptotic"])
    func methods(method: String) throws {
        let folder = try folder(Self.oats, "@oats")
        for arguments in [["anova", "m.mixed", "--df", method], ["summary", "m.mixed", "--df", method]] {
            let run = try CommandRun(arguments + ["--format", "json"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
        #expect(try CommandRun(["anova", "m.mixed", "--df", method], in: folder).status == 0)
    }

    @Test func kenwardRogerInFit() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(
            ["fit", "Reaction ~ Days + (1 + Days | Subject)", "@sleepstudy", "--df", "kenward-roger"], in: folder)
        #expect(run.status == 0)
        #expect(run.output.contains("Kenward and Roger's degrees of freedom"))
    }

    @Test func kenwardRogerNeedsREML() throws {
        let folder = try folder(Self.oats, "@oats", ["--ml"])
        let run = try CommandRun(["anova", "m.mixed", "--df", "kenward-roger"], in: folder)
        #expect(run.status == 1)
        #expect(run.errors.contains("REML"))
        #expect(run.errors.contains("hint: fit it without --ml"))
        #expect(run.output == "")
    }

    @Test func likelihoodRatioTests() throws {
        let folder = try folder("yield ~ nitro + Variety + (1 | Block)", "@oats")
        let run = try CommandRun(["anova", "m.mixed", "--test", "LRT", "--format", "json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let rows = try run.json()["rows"]?.elements ?? []
        #expect(rows.first?.members?.map(\.key) == ["term", "npar", "AIC", "deviance", "statistic", "df", "p.value"])
        #expect(rows.compactMap { $0["df"]?.number } == [1, 2])
        #expect(
            try CommandRun(["anova", "m.mixed", "--test", "lrt"], in: folder).output.contains("maximum likelihood"))
    }

    @Test func linearModel() throws {
        let folder = try folder("Reaction ~ Days * Subject", "@sleepstudy")
        let run = try CommandRun(["anova", "m.mixed", "--type", "I"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Residuals"))
        #expect(run.output.contains("exact"))
        let csv = try CommandRun(["anova", "m.mixed", "--type", "I", "--format", "csv"], in: folder).output
        #expect(csv.split(separator: "\n").count == 5)
    }

    @Test func interceptOnly() throws {
        let folder = try folder("Yield ~ 1 + (1 | Batch)", "@dyestuff")
        for test in ["F", "LRT"] {
            let run = try CommandRun(["anova", "m.mixed", "--test", test], in: folder)
            #expect(run.status == 0)
        }
        #expect(try CommandRun(["anova", "m.mixed"], in: folder).output.contains("no term to test"))
    }

    @Test(arguments: [
        ["--type", "IV"], ["--df", "kr"], ["--test", "Wald"], ["--test", "LRT", "--type", "II"],
        ["--test", "LRT", "--df", "residual"],
    ])
    func wrongUsage(options: [String]) throws {
        let folder = try folder("Yield ~ 1 + (1 | Batch)", "@dyestuff")
        let run = try CommandRun(["anova", "m.mixed"] + options, in: folder)
        #expect(run.status == 64)
        #expect(run.output == "")
    }
}
