// Help, versions, wrong usage, and the bundled data sets.

import MixedModels
import Testing

@Suite struct UsageTests {
    @Test func version() throws {
        let run = try CommandRun(["--version"])
        #expect(run.status == 0)
        #expect(run.output.split(separator: ".").count == 3)
    }

    @Test(arguments: [
        "fit", "summary", "ranef", "coef", "examples", "anova", "compare", "ranova", "confint", "bootstrap", "robust",
        "means", "slopes", "effects", "predict", "effectsize", "pooling", "influence", "simulate",
    ])
    func helpHasAnExample(_ subcommand: String) throws {
        let run = try CommandRun([subcommand, "--help"])
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(run.output.contains("Example"))
        #expect(run.output.contains("mixed fit '"))
    }

    @Test func helpOfTheWhole() throws {
        for arguments in [[], ["--help"]] {
            let run = try CommandRun(arguments)
            #expect(run.status == 0)
            #expect(run.output.contains("@sleepstudy"))
            #expect(run.output.contains("examples"))
        }
    }

    @Test func helpNamesTheOrderOfTheSteps() throws {
        let help = try CommandRun(["fit", "--help"]).output.replacing("\n", with: " ")
        #expect(
            help.contains("The data is read, then --mutate, --where, --factor and --levels are applied, in this order"))
    }

    @Test(arguments: [
        (["fit"], "Missing expected argument '<formula>'"),
        (["fit", "y ~ x"], "Missing expected argument '<data>'"),
        (["fit", "y ~ x", "a.csv", "--wrong"], "Unknown option '--wrong'"),
        (["fit", "y ~ x", "a.csv", "--level", "95"], "--level needs a number between 0 and 1, such as 0.95"),
        (["fit", "y ~ x", "a.csv", "--threads", "0"], "--threads needs a whole number from 1"),
        (
            ["fit", "y ~ x", "a.csv", "--family", "poisson"],
            "--family poisson: this version fits linear models, which have the family gaussian"
        ),
        (
            ["fit", "y ~ x", "a.csv", "--link", "log"],
            "--link log: this version fits linear models, which have the link identity"
        ),
        (["fit", "y ~ x", "a.csv", "--df", "kr"], "'kr'"),
        (["summary"], "Missing expected argument '<model>'"),
        (["sumary", "m.mixed"], "'sumary'"),
    ])
    func wrongUsage(_ arguments: [String], _ message: String) throws {
        let run = try CommandRun(arguments)
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(run.errors.contains(message))
    }

    @Test func gaussianIsAccepted() throws {
        let run = try CommandRun([
            "fit", "Yield ~ 1 + (1 | Batch)", "@dyestuff", "--family", "gaussian", "--link", "identity",
        ])
        #expect(run.status == 0)
    }
}

@Suite struct ExamplesTests {
    @Test func listNamesEveryDataSetWithItsSize() throws {
        let text = try CommandRun(["examples"])
        #expect(text.status == 0)
        for name in BundledData.names { #expect(text.output.contains("@\(name): ")) }
        let json = try CommandRun(["examples", "--format", "json"]).json()
        let rows = json["rows"]?.elements ?? []
        #expect(rows.compactMap { $0["name"]?.string } == BundledData.names)
        #expect(rows.first { $0["name"]?.string == "sleepstudy" }?["rows"]?.integer == 180)
    }

    @Test func everySuggestedModelCanBeFitted() throws {
        let rows = try CommandRun(["examples", "--format", "json"]).json()["rows"]?.elements ?? []
        for row in rows {
            let name = try #require(row["name"]?.string)
            let formula = try #require(row["formula"]?.string)
            #expect(row["command"]?.string == "mixed fit '\(formula)' @\(name)")
            #expect(try CommandRun(["fit", formula, "@\(name)"]).status == 0, "\(name)")
        }
    }

    @Test(arguments: ["sleepstudy", "@sleepstudy", "SleepStudy"])
    func dataAsCSV(_ name: String) throws {
        let run = try CommandRun(["examples", name])
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 181)
        #expect(lines[0] == "Reaction,Days,Subject")
        #expect(lines[1] == "249.56,0,308")
    }

    @Test func dataCanBeReadBack() throws {
        let folder = try TemporaryFolder()
        _ = try CommandRun(["examples", "oats", "-o", "oats.csv"], in: folder)
        let formula = "yield ~ nitro + Variety + (1 | Block/Variety)"
        let copy = try CommandRun(["fit", formula, "oats.csv"], in: folder)
        let bundled = try CommandRun(["fit", formula, "@oats"])
        #expect(copy.output == bundled.output)
    }

    @Test func dataAsJSON() throws {
        let json = try CommandRun(["examples", "dyestuff", "--format", "json"]).json()
        #expect(json["rows"]?.elements?.count == 30)
        #expect(json["rows"]?[0]?["Yield"]?.integer == 1545)
        #expect(json["rows"]?[0]?["Batch"]?.string == "A")
    }

    @Test func unknownName() throws {
        let run = try CommandRun(["examples", "slepstudy"])
        #expect(run.status == 1)
        #expect(run.errors.contains("did you mean '@sleepstudy'?"))
    }
}
