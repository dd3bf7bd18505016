// `mixed bootstrap` and `mixed simulate` as a person runs them.

import MixedModels
import Testing

@testable import mixed

@Suite struct BootstrapCommandTests {
    private func folderWithModel(
        _ formula: String = "Reaction ~ Days + (1 + Days | Subject)", _ data: String = "@sleepstudy"
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", formula, data, "--save", "m.mixed", "--quiet"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func showsIntervals() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(["bootstrap", "m.mixed", "--replicates", "200"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Parametric bootstrap"))
        #expect(run.output.contains("cor_Days.(Intercept)|Subject"))
        #expect(run.output.contains("Of 200 replicates"))
        // No bar where there is no terminal.
        #expect(!run.errors.contains("["))
    }

    @Test func givesJSON() throws {
        let folder = try folderWithModel()
        let options = ["--replicates", "100", "--seed", "7", "--format", "json", "--quiet"]
        let run = try CommandRun(["bootstrap", "m.mixed"] + options, in: folder)
        let json = try run.json()
        let rows = json["rows"]?.elements ?? []
        #expect(rows.count == 6)
        #expect(rows[0].members?.map(\.key) == ["term", "estimate", "bias", "std.error", "conf.low", "conf.high"])
        #expect(json["replicates"]?.number == 100)
        let counts = ["converged", "singular", "failed"].compactMap { json[$0]?.number }
        #expect(counts.reduce(0, +) == 100)
        #expect(json["seed"]?.number == 7)
        let again = try CommandRun(["bootstrap", "m.mixed", "--threads", "1"] + options, in: folder)
        #expect(again.output == run.output)
    }

    @Test(arguments: ["percentile", "basic", "normal"])
    func methods(_ method: String) throws {
        let folder = try folderWithModel()
        let run = try CommandRun(
            ["bootstrap", "m.mixed", "--replicates", "60", "--method", method, "--level", "0.9", "--conditional"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        // Lines break where they must.
        let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("Intervals: \(method), 90%"))
        #expect(text.contains("keeping the random effects"))
    }

    @Test func writesTheReplicates() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(
            ["bootstrap", "m.mixed", "--replicates", "30", "--save-replicates", "r.csv"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let lines = try folder.text("r.csv").split(separator: "\n")
        #expect(lines.count == 31)
        #expect(lines[0].hasPrefix("replicate,status,criterion,sd_(Intercept)|Subject,"))
        #expect(try folder.names() == ["m.mixed", "r.csv"])
        let refused = try CommandRun(
            ["bootstrap", "m.mixed", "--replicates", "30", "--save-replicates", "none/r.csv"], in: folder)
        #expect(refused.status == 1)
        #expect(refused.output == "")
        let same = try CommandRun(
            ["bootstrap", "m.mixed", "--replicates", "30", "--save-replicates", "m.mixed"], in: folder)
        #expect(same.status == 1)
    }

    @Test(arguments: [
        ("0", "error: A bootstrap needs at least 2 replicates, and 0 were asked for"),
        ("1", "error: A bootstrap needs at least 2 replicates, and 1 was asked for"),
        ("-20", "error: A bootstrap needs at least 2 replicates, and -20 were asked for"),
        (
            "900000000000",
            "error: A bootstrap of this model can have at most 10000000 replicates, and 900000000000 were asked for"
        ),
    ])
    func impossibleNumbers(_ count: String, _ message: String) throws {
        let folder = try folderWithModel()
        let run = try CommandRun(["bootstrap", "m.mixed", "--replicates", count], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError == message)
        #expect(run.output == "")
    }

    @Test(arguments: [["--replicates", "many"], ["--seed", "-1"], ["--method", "bca"], ["--level"]])
    func wrongUsage(_ options: [String]) throws {
        let folder = try folderWithModel()
        #expect(try CommandRun(["bootstrap", "m.mixed"] + options, in: folder).status == 64)
    }

    @Test(arguments: ["bootstrap", "confint"])
    func levelsAndThreads(_ command: String) throws {
        let level = try CommandRun([command, "m.mixed", "--level", "95"])
        #expect(level.status == 64 && level.firstError.contains("--level needs a number between 0 and 1"))
        let threads = try CommandRun([command, "m.mixed", "--threads", "-3"])
        #expect(threads.status == 64 && threads.firstError.contains("--threads needs a whole number from 1"))
    }

    @Test func mostlySingular() throws {
        let folder = try folderWithModel("Yield ~ 1 + (1 | Batch)", "@dyestuff2")
        let run = try CommandRun(["bootstrap", "m.mixed", "--replicates", "200"], in: folder)
        #expect(run.status == 0)
        #expect(run.output.contains("Most replicates are singular"))
    }

    @Test func theBarSaysWhatIsLeft() {
        #expect(
            ProgressBar.line("bootstrap", done: 250, of: 1000, elapsed: 3)
                == "bootstrap [#####...............] 25%, 9 s left")
        #expect(ProgressBar.line("b", done: 1, of: 1000, elapsed: 1).hasSuffix("0%, 17 min left"))
        #expect(ProgressBar.line("b", done: 0, of: 0, elapsed: 0).contains("[....................] 0%"))
        #expect(ProgressBar.line("b", done: 9, of: 3, elapsed: 1).contains("100%"))
    }
}
