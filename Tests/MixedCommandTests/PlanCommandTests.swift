// `mixed plan`, and fits that are refused for want of memory, as a person would use them.

import Foundation
import MixedModels
import Testing

@Suite struct PlanCommandTests {
    static let lecturers = "y ~ service + (1 | s) + (1 | d) + (1 | dept)"

    /// The lines of a text but for those with times or with sizes of memory.
    private func timeless(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("--solver") && !$0.hasPrefix("Reading them took") && !$0.hasPrefix("take ") }
            .joined(separator: "\n")
    }

    @Test func lecturersAsText() throws {
        let run = try CommandRun(["plan", Self.lecturers, "@insteval"], environment: ["COLUMNS": "80"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(
            timeless(run.output).replacing(/Way  .*/, with: "Way") == """
                Plan of y ~ service + (1 | s) + (1 | d) + (1 | dept)
                73,421 rows, 2 coefficients, 4,114 random effects.

                What a fit will take
                Way

                Groups
                Group  Levels  Effects of each  Nested in  Solved for
                s       2,972                1             level by level
                d       1,128                1  dept       all levels at once
                dept       14                1             all levels at once

                Levels that occur together
                Group  With   Pairs
                s      d     73,421
                s      dept  16,246
                d      dept   1,128

                Once the levels of s are solved for one by one, 1,144 equations are left that
                all depend on each other: the levels of d and dept, and the coefficients. So few
                are solved as a whole, exactly.
                To set them up takes 2.1 million multiplications for each set of variances that
                is tried.
                Times are estimates for this machine, good to a factor of two. Reading comes on
                top.

                """)
        let ways = run.output.split(separator: "\n").filter { $0.contains("--solver") }
        #expect(ways.count == 2)
        #expect(ways[0].hasPrefix("exact ") && ways[0].hasSuffix("<- taken"))
        #expect(ways[1].hasPrefix("iterative ") && !ways[1].contains("taken"))
    }

    @Test func lecturersAsJSON() throws {
        let plan = try CommandRun(["plan", Self.lecturers, "@insteval", "--format", "json"]).json()
        #expect(plan["formula"]?.string == Self.lecturers)
        #expect(plan["nobs"]?.integer == 73421 && plan["dropped"]?.integer == 0)
        #expect(plan["coefficients"]?.integer == 2 && plan["random_effects"]?.integer == 4114)
        #expect(plan["border"]?.integer == 1144 && plan["peeled"]?.integer == 0)
        #expect(plan["reason"]?.string == "smallBorder")
        let ways = plan["rows"]?.elements ?? []
        #expect(ways.map { $0["path"]?.string } == ["exact", "iterative"])
        #expect(ways.map { $0["option"]?.string } == ["exact", "iterative"])
        #expect(ways.map { $0["taken"] } == [.boolean(true), .boolean(false)])
        #expect(ways.allSatisfy { $0["fits"] == .boolean(true) })
        for way in ways {
            let (seconds, bytes) = (way["seconds"]?.number ?? 0, way["bytes"]?.integer ?? 0)
            #expect(seconds > 0 && seconds < 60 && bytes > 10_000_000 && bytes < 300_000_000, "\(way)")
        }
        #expect(plan["groups"]?.elements?.map { $0["levels"]?.integer } == [2972, 1128, 14])
        #expect(plan["pairs"]?.elements?.map { $0["pairs"]?.integer } == [73421, 16246, 1128])
        #expect(plan["machine"]?["operations_per_second"]?.number ?? 0 > 1e7)
        #expect(plan["read"]?["seconds"]?.number ?? 0 > 0)
        let asked = try CommandRun([
            "plan", Self.lecturers, "@insteval", "--format", "json", "--solver", "iterative", "--threads", "1",
        ]).json()
        #expect(asked["reason"]?.string == "asked")
        #expect(asked["rows"]?.elements?.last?["taken"] == .boolean(true))
    }

    @Test func sleepStudy() throws {
        let run = try CommandRun(["plan", "Reaction ~ Days + (1 + Days | Subject)", "@sleepstudy"])
        #expect(run.status == 0)
        for part in [
            "180 rows, 2 coefficients, 36 random effects.", "Subject      18                2  level by level",
            "The levels of Subject are solved for one by one: the time grows with their", "<- taken",
        ] { #expect(run.output.contains(part), "\(run.output)") }
        #expect(!run.output.contains("Levels that occur together") && !run.output.contains("iterative"))
        let plan = try CommandRun([
            "plan", "Reaction ~ Days + (1 + Days | Subject)", "@sleepstudy", "--ml", "--format", "json",
        ]).json()
        #expect(plan["border"]?.integer == 2 && plan["reason"]?.string == "nothingCrossed")
        #expect(plan["rows"]?.elements?.count == 1 && plan["pairs"]?.elements?.isEmpty ?? true)
    }

    @Test func otherFormats() throws {
        for (format, part) in [
            ("csv", "path,option,seconds,bytes,fits,taken"), ("markdown", "## Plan of "), ("html", "<h2>Plan of "),
            ("latex", "\\begin{tabular}"),
        ] {
            let run = try CommandRun(["plan", Self.lecturers, "@insteval", "--format", format])
            #expect(run.status == 0 && run.output.contains(part), "\(run.output)")
        }
    }

    @Test func aLinearModelHasOneStep() throws {
        let run = try CommandRun(["plan", "Reaction ~ Days", "@sleepstudy"])
        #expect(run.status == 0)
        #expect(run.output.contains("180 rows, 2 coefficients.\n"))
        #expect(run.output.contains("no random effects: a linear model, solved in one step"))
    }

    @Test func rowsThatLackValuesAreTold() throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools(row: 3, "score", is: "NA"), to: "data.csv")
        let run = try CommandRun(["plan", "score ~ hours + (1 | school)", "data.csv"], in: folder)
        #expect(run.output.contains("19 rows") && run.output.contains("Another 1 row lacks values and is not"))
        let filtered = try CommandRun(
            ["plan", "score ~ hours + (1 | school)", "data.csv", "--where", "school != 'north'", "--format", "json"],
            in: folder
        ).json()
        #expect(filtered["nobs"]?.integer == 16 && filtered["groups"]?.elements?.first?["levels"]?.integer == 4)
    }

    @Test func modelsOfACube() throws {
        let folder = try CubeCommandTests.folder()
        let own = try CommandRun(["plan", "a.cube"], in: folder)
        #expect(own.status == 0 && own.output.contains("Plan of score ~ hours * sex"), "\(own.errors)")
        #expect(own.output.contains("The cube's sums take") && !own.output.contains("Reading"))
        let smaller = try CommandRun(
            ["plan", "score ~ hours + (1 | school)", "a.cube", "--format", "json"], in: folder)
        #expect(try smaller.json()["coefficients"]?.integer == 2)
        #expect(try smaller.json()["random_effects"]?.integer == 5)
    }

    // MARK: Bad input

    @Test(arguments: [
        (["Reaction ~ Dayz + (1 | Subject)", "@sleepstudy"], "There is no column 'Dayz'"),
        (["Reaction ~ Days + (1 | Subject", "@sleepstudy"], "error"),
        (["@sleepstudy", "Reaction ~ Days"], "The formula comes first, then the data"),
        (["Reaction ~ Days", "@sleepstudi"], "did you mean '@sleepstudy'?"),
        (["Reaction ~ Days", "nothing.csv"], "nothing.csv: there is no such file"),
        (["Reaction ~ Days", "@sleepstudy", "--where", "Days > 100"], "none of the 180 rows"),
        (["Reaction ~ Days", "@sleepstudy", "--memory", "8 cats"], "8 cats"),
        (["Reaction ~ Days"], "<data>"),
    ])
    func mistakesAreTold(_ arguments: [String], message: String) throws {
        let run = try CommandRun(["plan"] + arguments)
        #expect(run.status != 0 && run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test(arguments: ["", "y,x,g\n", "y,x,g\nNA,1,a\nNA,2,b\n"])
    func dataWithoutRows(_ text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "data.csv")
        let run = try CommandRun(["plan", "y ~ x + (1 | g)", "data.csv"], in: folder)
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.firstError.hasPrefix("error: "), "\(run.errors)")
    }

    // MARK: Memory

    @Test func aFitThatNeedsMoreMemoryIsRefusedAtOnce() throws {
        let run = try CommandRun(["fit", Self.lecturers, "@insteval", "--memory", "10MB"])
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.firstError.hasPrefix("error: The fit needs "), "\(run.errors)")
        #expect(run.firstError.contains("and 10 MB can be had: it solves 1,144 equations as a whole"))
        #expect(
            run.errors.contains("hint: leave out random slopes") && run.errors.contains("allow more with --memory"))
        let enough = try CommandRun(["fit", Self.lecturers, "@insteval", "--memory", "4GB"])
        let unlimited = try CommandRun(["fit", Self.lecturers, "@insteval", "--memory", "unlimited"])
        #expect(enough.status == 0 && enough.output == unlimited.output)
    }

    @Test func aPlanSaysWhatDoesNotFit() throws {
        let run = try CommandRun(["plan", Self.lecturers, "@insteval", "--memory", "10MB"])
        #expect(run.status == 0)
        #expect(run.output.contains("<- taken, does not fit"))
        #expect(run.output.replacing("\n", with: " ").contains("Only 10 MB of memory can be had"))
        let plan = try CommandRun([
            "plan", Self.lecturers, "@insteval", "--memory", "10MB", "--format", "json",
        ]).json()
        #expect(plan["memory_limit"]?.integer == 10_000_000)
        #expect(plan["rows"]?.elements?.allSatisfy { $0["fits"] == .boolean(false) } == true)
    }

    @Test func cubesHaveTheSameLimitAndSolvers() throws {
        let folder = try TemporaryFolder()
        let cube = try CommandRun(["cube", Self.lecturers, "@insteval", "-o", "a.cube"], in: folder)
        #expect(cube.status == 0)
        let refused = try CommandRun(["fit", "a.cube", "--memory", "10MB"], in: folder)
        #expect(refused.status == 1 && refused.errors.contains("10 MB can be had"), "\(refused.errors)")
        let iterative = try CommandRun(["fit", "a.cube", "--solver", "iterative"], in: folder)
        #expect(iterative.output.contains("Computed iteratively"))
    }

    @Test func helpHasExamples() throws {
        let run = try CommandRun(["plan", "--help"])
        #expect(run.status == 0)
        for part in ["mixed plan 'y ~ service", "Nothing is fitted", "--memory", "--solver"] {
            #expect(run.output.contains(part))
        }
    }
}
