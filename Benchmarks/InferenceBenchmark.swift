// Questions to a fit: whole processes on a saved model of a million rows, and single computations on the sleep study.

import ArgumentParser
import MixedModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Times every table of a saved model and the computations that repeat a fit.
struct InferenceBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inference",
        abstract: "Time the answers about a fit: tables of a saved model of a million rows, bootstrap, profile.")

    @Option(help: "How often each thing is timed; medians are shown.")
    var repeats = 11

    @Option(help: "The command that is timed; the one beside this program otherwise.")
    var mixed: String?

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats must be at least 1") }
    }

    /// The subcommands and what follows the model.
    private static let questions = [
        "summary", "coef", "ranef", "anova", "anova --type 2", "anova --df kenward-roger", "anova --test lrt", "ranova",
        "compare", "confint --method wald", "means --by f --contrasts pairwise", "means --by h --within f",
        "slopes --of x --by h", "effects --terms x,h", "effectsize", "pooling", "influence", "robust --cluster g",
        "predict", "predict --level group --interval prediction",
    ]

    func run() throws {
        let command = mixed ?? String(CommandLine.arguments[0].prefixUpToLast("/") + "mixed")
        let folder = try Self.temporaryFolder()
        defer { Self.remove(folder) }
        // A process counts the memory of the one that started it: this one stays small until the others are done.
        try savedModel(command, folder: folder)
        try library()
    }

    /// A saved model of a million rows: its fit from a file, then every table of it.
    private func savedModel(_ command: String, folder: String) throws {
        func path(_ name: String) -> String { folder + "/" + name }
        try MillionRows.write(to: path("rows.csv"))
        try Self.writeNewRows(to: path("new.csv"))
        print("\(MillionRows.rowCount) rows, \(MillionRows.groupCount) groups, whole processes:\n")
        print("| mixed | seconds | of processors | MB |\n| :--- | ---: | ---: | ---: |")
        try time(
            command, ["fit", MillionRows.formula, path("rows.csv"), "--save", path("model.mixed")], as: "fit --save")
        let smaller = ["fit", MillionRows.smallerFormula, path("rows.csv"), "--save", path("smaller.mixed")]
        _ = try WholeProcess(command, smaller)
        try Self.checkCoefficients(path("model.mixed"))
        for question in Self.questions {
            var words = question.split(separator: " ").map(String.init)
            words.insert(path("model.mixed"), at: 1)
            if words[0] == "compare" { words.insert(path("smaller.mixed"), at: 2) }
            if words[0] == "predict" { words.insert(path("new.csv"), at: 2) }
            try time(command, words, as: question)
        }
    }

    private func time(_ command: String, _ arguments: [String], as name: String) throws {
        let runs = try (0..<repeats).map { _ in try WholeProcess(command, arguments) }
        let peak = Double(runs.map(\.peakBytes).max() ?? 0) / 1e6
        print(
            "| \(name) | \(runs.map(\.seconds).median.shown(decimals: 3))"
                + " | \(runs.map(\.processorSeconds).median.shown(decimals: 3)) | \(peak.shown(decimals: 0)) |")
    }

    /// Kenward and Roger's method, a profile and bootstrap refits of the sleep study, within this process.
    private func library() throws {
        let data = try DataTable.bundled("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: data).fit()
        let error = try fit.inference(.kenwardRoger).coefficientTests()[1].standardError
        try Self.check(abs(error - 1.545789) < 1e-5, "the slope's standard error is \(error)")
        print("\nThe sleep study, Reaction ~ Days + (Days | Subject), milliseconds:\n")
        print("| | median | smallest |\n| :--- | ---: | ---: |")
        try time("Kenward-Roger") { _ = try fit.inference(.kenwardRoger).coefficientTests() }
        try time("profile of all parameters") { _ = try fit.profile() }
        try time("1,000 bootstrap refits") {
            let sample = try fit.bootstrap(replicates: 1000, seed: 1)
            try Self.check(sample.failedCount == 0, "\(sample.failedCount) refits failed")
        }
        try time("each group left out, refitted") { _ = try fit.influence(of: "Subject", refitting: true) }
    }

    private func time(_ name: String, _ body: () throws -> Void) throws {
        let clock = ContinuousClock()
        let times = try (0..<repeats).map { _ in try clock.measure(body).seconds * 1e3 }
        print("| \(name) | \(times.median.shown(decimals: 2)) | \((times.min() ?? .nan).shown(decimals: 2)) |")
    }

    private static func writeNewRows(to path: String) throws {
        let rows = "x,z,h,f,g\n" + (0..<1000).map { "0.\($0),1,yes,b,g\($0 * 10)\n" }.joined()
        guard let file = fopen(path, "w") else { throw WholeProcess.Failure(description: "cannot write \(path)") }
        fputs(rows, file)
        fclose(file)
    }

    private static func checkCoefficients(_ path: String) throws {
        let fit = try SavedModel(contentsOf: path).fit
        for (name, value) in MillionRows.truth {
            let found = fit[coefficient: name] ?? .nan
            try check(abs(found - value) < 0.05, "the coefficient \(name) is \(found), made with \(value)")
        }
    }

    private static func check(_ isRight: Bool, _ problem: String) throws {
        guard isRight else { throw WholeProcess.Failure(description: "Wrong answer: \(problem)") }
    }

    private static func temporaryFolder() throws -> String {
        var template = Array("/tmp/mixed-benchmark-XXXXXX".utf8CString)
        guard let name = mkdtemp(&template) else { throw WholeProcess.Failure(description: "no temporary folder") }
        return String(cString: name)
    }

    private static func remove(_ folder: String) {
        for name in ["rows.csv", "new.csv", "model.mixed", "smaller.mixed"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }
}

extension String {
    /// What stands before the last of a character, and that character.
    func prefixUpToLast(_ character: Character) -> Substring {
        lastIndex(of: character).map { self[...$0] } ?? ""
    }
}
