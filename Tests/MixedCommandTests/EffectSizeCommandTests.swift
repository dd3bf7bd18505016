// `mixed effectsize` as a person runs it.

import MixedModels
import Testing

@Suite struct EffectSizeCommandTests {
    private func folder(_ formula: String, _ data: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", formula, data, "--save", "m.mixed"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func allTables() throws {
        let folder = try folder("yield ~ nitro + Variety + (1 | Block/Variety)", "@oats")
        let json = try CommandRun(["effectsize", "m.mixed", "--format", "json"], in: folder).json()
        #expect(json.members?.map(\.key) == ["rows", "icc", "standardized", "vif", "notes"])
        #expect(json["rows"]?[0]?.members?.map(\.key) == ["term", "statistic", "NumDF", "DenDF", "r.squared"])
        // effectsize 0.8.3: standardize_parameters(m, method = "refit").
        #expect(abs((json["standardized"]?[1]?["estimate"]?.number ?? 0) - 0.613_026_57) < 1e-5)
        let text = try CommandRun(["effectsize", "m.mixed"], in: folder)
        #expect(text.status == 0 && text.errors == "")
        for words in ["R² by term", "Intraclass correlation", "Standardized coefficients", "Variance inflation"] {
            #expect(text.output.contains(words))
        }
    }

    @Test func oneTable() throws {
        let folder = try folder("Reaction ~ Days + (Days | Subject)", "@sleepstudy")
        let csv = try CommandRun(["effectsize", "m.mixed", "--table", "icc", "--format", "csv"], in: folder)
        #expect(csv.output.hasPrefix("group,covariate,value,icc\n"))
        #expect(csv.output.split(separator: "\n").count == 4)
        let empty = try CommandRun(["effectsize", "m.mixed", "--table", "vif"], in: folder)
        #expect(empty.status == 0)
        #expect(empty.output.contains("needs at least two terms"))
    }

    @Test func interactionsAreMentioned() throws {
        let folder = try folder("yield ~ nitro * Variety + (1 | Block/Variety)", "@oats")
        let run = try CommandRun(["effectsize", "m.mixed", "--table", "r2"], in: folder)
        #expect(run.output.contains("The model has interactions"))
    }

    @Test func modelsWithoutMuchToSay() throws {
        let folder = try folder("Yield ~ 1", "@dyestuff")
        let run = try CommandRun(["effectsize", "m.mixed"], in: folder)
        #expect(run.status == 0)
        #expect(run.output.contains("no random effects"))
    }

    @Test func wrongUsage() throws {
        let folder = try folder("Reaction ~ Days + (1 | Subject)", "@sleepstudy")
        let run = try CommandRun(["effectsize", "m.mixed", "--table", "r3"], in: folder)
        #expect(run.status == 64)
        #expect(run.errors.contains("r3"))
        let missing = try CommandRun(["effectsize", "none.mixed"], in: folder)
        #expect(missing.status == 1)
    }
}
