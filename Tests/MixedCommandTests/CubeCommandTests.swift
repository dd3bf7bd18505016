// `mixed cube` and fits from cubes, as a person would use them.

import Foundation
import MixedModels
import Testing

@Suite struct CubeCommandTests {
    static let formula = "score ~ hours * sex + SES + size + (1 + hours | school)"

    static func folder(_ options: [String] = []) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        let run = try CommandRun(["cube", formula, "data.csv", "-o", "a.cube"] + options, in: folder)
        guard run.status == 0 else { throw RunError(message: run.errors) }
        return folder
    }

    /// What two runs print in JSON, but for the time they took and their notes.
    static func expectSameFit(
        _ one: CommandRun, _ other: CommandRun, location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(one.status == 0 && other.status == 0, "\(one.errors) \(other.errors)", sourceLocation: location)
        let (left, right) = (try one.json(), try other.json())
        for key in ["criterion", "logLik", "AIC", "sigma"] {
            let (a, b) = (left[key]?.number ?? .nan, right[key]?.number ?? 0)
            #expect(abs(a - b) <= 1e-9 * abs(b), "\(key) \(a) \(b)", sourceLocation: location)
        }
        #expect(left["groups"] == right["groups"] && left["nobs"] == right["nobs"], sourceLocation: location)
        for (a, b) in zip(left["tidy"]?.elements ?? [], right["tidy"]?.elements ?? []) {
            #expect(a["term"] == b["term"], sourceLocation: location)
            if let x = a["estimate"]?.number, let y = b["estimate"]?.number {
                #expect(abs(x - y) <= 1e-6 * max(abs(y), 1), "\(a) \(b)", sourceLocation: location)
            }
        }
    }

    @Test func isDescribed() throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        let run = try CommandRun(["cube", Self.formula, "data.csv", "-o", "a.cube"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        for part in ["Cube of score ~ hours * sex", "20 rows", "school", "High, Low, Medium  treatment contrasts"] {
            #expect(run.output.contains(part), "\(run.output)")
        }
        let show = try CommandRun(["cube", "show", "a.cube"], in: folder)
        #expect(show.output.contains("20 rows") && show.output.contains("mixed fit FORMULA a.cube"))
        let json = try CommandRun(["cube", "show", "a.cube", "--format", "json"], in: folder).json()
        #expect(json["nobs"]?.integer == 20 && json["bytes"]?.integer ?? 0 > 0)
        let quiet = try CommandRun(["cube", Self.formula, "data.csv", "-o", "b.cube", "--quiet"], in: folder)
        #expect(quiet.output.isEmpty && quiet.status == 0)
        #expect(try folder.bytes("a.cube") == folder.bytes("b.cube"))
    }

    @Test(arguments: [
        ["score ~ hours + (1 | school)"], ["score ~ hours + sex + (1 | school)", "--ml"],
        ["score ~ SES + (1 | school)", "--contrasts", "SES=sum"],
        ["score ~ SES + hours + (1 | school)", "--levels", "SES=Low,Medium,High"],
        ["score ~ 0 + SES"], ["score ~ hours + (hours || school)", "--df", "kenward-roger"],
    ])
    func subFormulas(_ arguments: [String]) throws {
        let folder = try Self.folder()
        let rest = Array(arguments.dropFirst()) + ["--format", "json"]
        try Self.expectSameFit(
            CommandRun(["fit", arguments[0], "a.cube"] + rest, in: folder),
            CommandRun(["fit", arguments[0], "data.csv"] + rest, in: folder))
    }

    @Test func ownFormula() throws {
        let folder = try Self.folder()
        let rows = try CommandRun(["fit", Self.formula, "data.csv", "--format", "json"], in: folder)
        try Self.expectSameFit(CommandRun(["fit", "a.cube", "--format", "json"], in: folder), rows)
        try Self.expectSameFit(CommandRun(["fit", ".", "a.cube", "--format", "json"], in: folder), rows)
    }

    /// Every question to a saved model is answered for one that was fitted from a cube.
    @Test(arguments: [
        ["summary"], ["anova"], ["ranef"], ["coef"], ["confint"], ["ranova"], ["means", "--by", "sex"],
        ["slopes", "--of", "hours"], ["effects", "--terms", "hours"], ["pooling"], ["influence"],
        ["effectsize"], ["robust", "--cluster", "school"], ["bootstrap", "--replicates", "20", "--seed", "1"],
        ["predict", "data.csv"], ["simulate", "data.csv", "--seed", "1"],
    ])
    func savedFitsAnswerQuestions(_ question: [String]) throws {
        let folder = try Self.folder()
        let formula = "score ~ hours + sex + (1 | school)"
        let fit = try CommandRun(["fit", formula, "a.cube", "--save", "cube.mixed"], in: folder)
        #expect(fit.status == 0, "\(fit.errors)")
        #expect((fit.output + fit.errors).contains("the quantiles of the residuals need the rows"))
        _ = try CommandRun(["fit", formula, "data.csv", "--save", "rows.mixed"], in: folder)
        let rest = Array(question.dropFirst()) + ["--format", "json"]
        let run = try CommandRun([question[0], "cube.mixed"] + rest, in: folder)
        let other = try CommandRun([question[0], "rows.mixed"] + rest, in: folder)
        #expect(run.status == other.status, "\(question) \(run.errors) \(other.errors)")
        guard other.status == 0, question[0] != "summary" else { return }
        let (left, right) = (try run.json()["rows"]?.elements ?? [], try other.json()["rows"]?.elements ?? [])
        #expect(left.count == right.count && !left.isEmpty)
        for (a, b) in zip(left, right) {
            for (x, y) in zip(a.members ?? [], b.members ?? []) {
                guard let one = x.value.number, let two = y.value.number else { continue }
                #expect(abs(one - two) <= 1e-5 * max(1, abs(two)), "\(question) \(x) \(y)")
            }
        }
    }

    @Test func addSubtractMerge() throws {
        let folder = try TemporaryFolder()
        let lines = SmallData.schools.split(separator: "\n")
        func write(_ name: String, _ rows: some Sequence<Substring>) throws {
            try folder.write(([lines[0]] + rows).joined(separator: "\n") + "\n", to: name)
        }
        try folder.write(SmallData.schools, to: "data.csv")
        try write("first.csv", lines[1...7])
        try write("second.csv", lines[8...14])
        try write("third.csv", lines[15...])
        let formula = "score ~ hours + sex + (1 | school)"
        for name in ["first", "second", "third"] {
            let run = try CommandRun(["cube", formula, "\(name).csv", "-o", "\(name).cube"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
        func command(_ arguments: String...) throws {
            let run = try CommandRun(["cube"] + arguments, in: folder)
            #expect(run.status == 0, "\(arguments) \(run.errors)")
        }
        let json = ["--format", "json"]
        let rows = try CommandRun(["fit", formula, "data.csv"] + json, in: folder)
        try command("merge", "third.cube", "first.cube", "second.cube", "-o", "all.cube")
        try Self.expectSameFit(CommandRun(["fit", "all.cube"] + json, in: folder), rows)
        try command("add", "first.cube", "second.cube", "-o", "sum.cube")
        try command("add", "sum.cube", "third.csv", "-o", "sum.cube")
        try Self.expectSameFit(CommandRun(["fit", "sum.cube"] + json, in: folder), rows)

        let less = try CommandRun(["fit", formula, "data.csv", "--where", "school != 'east'"] + json, in: folder)
        try command("subtract", "all.cube", "data.csv", "--where", "school == 'east'", "-o", "less.cube")
        try Self.expectSameFit(CommandRun(["fit", "less.cube"] + json, in: folder), less)

        try command("subtract", "all.cube", "third.cube", "-o", "less.cube")
        try write("most.csv", lines[1...14])
        try Self.expectSameFit(
            CommandRun(["fit", "less.cube"] + json, in: folder),
            CommandRun(["fit", formula, "most.csv"] + json, in: folder))

        let again = try CommandRun(["cube", "subtract", "less.cube", "third.cube", "-o", "no.cube"], in: folder)
        #expect(again.status == 1)
        #expect(again.firstError.contains("in 'less.cube', and"), "\(again.errors)")
        #expect(try !folder.names().contains("no.cube"))
    }

    @Test func smallCells() throws {
        let folder = try Self.folder()
        let run = try CommandRun(
            ["cube", "score ~ hours + (1 | school)", "data.csv", "-o", "b.cube", "--min-cell", "5"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError.hasPrefix("error: Cells of fewer than 5 rows in "), "\(run.errors)")
        #expect(run.firstError.contains("5 levels of 'school'"), "\(run.errors)")
        #expect(try !folder.names().contains("b.cube"))
        let fine = try CommandRun(
            ["cube", "score ~ hours + (1 | school)", "data.csv", "-o", "b.cube", "--min-cell", "4"], in: folder)
        #expect(fine.status == 0, "\(fine.errors)")
        let merged = try CommandRun(["cube", "merge", "b.cube", "--min-cell", "6", "-o", "c.cube"], in: folder)
        #expect(merged.status == 1 && merged.firstError.contains("in 'b.cube'"))
    }

    @Test(arguments: [
        (["fit", "score ~ pupil + (1 | school)", "a.cube"], "error: The cube does not have 'pupil'"),
        (["fit", "score ~ hours + (1 | pupil)", "a.cube"], "error: The cube has no random effects of 'pupil'"),
        (["fit", "score ~ hours + (0 + sex | school)", "a.cube"], "random effects of 'sexf' by 'school'"),
        (["fit", "hours ~ score", "a.cube"], "error: The response of the cube is 'score', not 'hours'"),
        (
            ["fit", "score ~ hours", "a.cube", "--where", "hours > 3"],
            "error: --where needs rows, and a cube holds none"
        ),
        (
            ["fit", "score ~ hours", "a.cube", "--weights", "size"],
            "error: --weights size: the cube was made with no weights"
        ),
        (
            ["fit", "score ~ SES", "a.cube", "--levels", "SES=Low,High"],
            "error: A cube can put the levels of 'SES' in another"
        ),
        (["fit", "score ~ hours", "a.cube", "--contrasts", "hours=sum"], "error: The cube has no factor 'hours'"),
        (["fit", "a.cube", "score ~ hours"], "error: The formula comes first"),
        (["summary", "a.cube"], "error: 'a.cube' is a cube, not a saved model"),
        (["cube", "show", "m.mixed"], "error: 'm.mixed' is a saved model, not a cube"),
        (["cube", "show", "data.csv"], "error: 'data.csv' is not a cube"),
        (["cube", "show", "b.cube"], "error: b.cube: there is no such file; did you mean 'a.cube'?"),
        (["fit", "score ~ hours", "m.mixed"], "error: m.mixed: this is a saved model, and data is needed"),
        (["predict", "m.mixed", "a.cube"], "error: a.cube: this is a cube, and rows are needed"),
        (["cube", "score ~ hours", "a.cube", "-o", "c.cube"], "error: a.cube: this is a cube, and rows are needed"),
        (["cube", "data.csv", "score ~ hours", "-o", "c.cube"], "error: 'data.csv' is no formula, which comes first"),
        (["cube", "score ~ hours", "data.csv", "-o", "no/c.cube"], "error: no/c.cube: cannot be written"),
        (["cube", "score ~ hours", "data.csv", "-o", "data.csv"], "this is the file that is read"),
        (["cube", "score ~ hours", "data.csv", "-o", "-"], "error: A cube is written to a file"),
        (["cube", "merge", "a.cube", "m.mixed", "-o", "c.cube"], "error: 'm.mixed' is a saved model, not a cube"),
        (["cube", "add", "a.cube", "other.csv", "-o", "c.cube"], "error: 'size' has numbers in 'a.cube' and text in"),
        (["cube", "add", "a.cube", "a.cube", "--where", "hours > 3", "-o", "c.cube"], "error: --where needs rows"),
    ])
    func whatIsWrongIsSaid(_ arguments: [String], message: String) throws {
        let folder = try Self.folder()
        _ = try CommandRun(["fit", "score ~ hours", "data.csv", "--save", "m.mixed"], in: folder)
        try folder.write(SmallData.schools(row: 3, "size", is: "many"), to: "other.csv")
        let run = try CommandRun(arguments, in: folder)
        #expect(run.status == 1, "\(run.output)")
        #expect(run.firstError.contains(message), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count <= 3)
        #expect(try !folder.names().contains("c.cube"))
    }

    @Test(arguments: [
        ["cube", "score ~ hours", "data.csv"], ["cube"], ["cube", "merge", "-o", "c.cube"], ["fit", "score ~ x"],
    ])
    func wrongUsage(_ arguments: [String]) throws {
        let run = try CommandRun(arguments, in: Self.folder())
        #expect(run.status == 64, "\(run.status) \(run.errors)")
    }

    @Test func damagedCubes() throws {
        let folder = try Self.folder()
        let bytes = try folder.bytes("a.cube")
        try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "short.cube")
        var flipped = bytes
        flipped[bytes.count / 2] ^= 4
        try folder.write(flipped, to: "flipped.cube")
        let short = try CommandRun(["fit", "score ~ hours", "short.cube"], in: folder)
        #expect(short.errors == "error: 'short.cube' is cut short: part of the cube is missing. Make the cube again\n")
        let damaged = try CommandRun(["cube", "show", "flipped.cube"], in: folder)
        #expect(damaged.status == 1)
        #expect(damaged.firstError.hasPrefix("error: 'flipped.cube' is damaged: its checksum does not match"))
        // A full disk leaves what was there.
        if FileManager.default.fileExists(atPath: "/dev/full") {
            let full = try CommandRun(["cube", "score ~ hours", "data.csv", "-o", "/dev/full"], in: folder)
            #expect(full.status == 1 && full.firstError.contains("/dev/full"), "\(full.errors)")
        }
    }
}
