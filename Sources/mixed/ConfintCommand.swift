// `mixed confint`: confidence intervals of all parameters of a saved model.

import ArgumentParser
import MixedModels

/// Shows confidence intervals by one of three methods.
struct ConfintCommand: ParsableCommand {
    /// How intervals are made.
    enum Method: String, CaseIterable, ExpressibleByArgument {
        case wald, profile, bootstrap
    }

    static let configuration = CommandConfiguration(
        commandName: "confint",
        abstract: "Show confidence intervals of a saved model's parameters: Wald, profile likelihood or bootstrap.",
        discussion: """
            Profiles are of the likelihood, also for a model that was fitted by REML, as in lme4. The rows are not needed.

            Example: intervals of the standard deviations too, and the profiles for a plot.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed confint sleep.mixed --method profile --profile-points points.csv
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(help: "How the intervals are made.")
    var method: Method = .profile

    @OptionGroup
    var levelOptions: LevelOptions

    @Option(
        name: .customLong("parm"), parsing: .singleValue,
        help: ArgumentHelp("Only this parameter, such as Days or sigma; may be repeated.", valueName: "name"))
    var parameters: [String] = []

    @Option(
        name: .customLong("df"),
        help: "Degrees of freedom of Wald intervals. The normal distribution otherwise, as in lme4.")
    var degreesOfFreedom: DegreesOfFreedomMethod = .asymptotic

    @Option(
        help: ArgumentHelp(
            "Write the points of the profiles to this CSV file, whole or not at all.", valueName: "file"))
    var profilePoints: String?

    @OptionGroup(title: "Bootstrap options")
    var bootstrapOptions: BootstrapOptions

    @Option(help: "How bootstrap intervals are made: percentile, basic or normal.")
    var intervals: BootstrapIntervalMethod = .percentile

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func validate() throws {
        if profilePoints != nil, method != .profile {
            throw ValidationError("--profile-points goes with --method profile")
        }
    }

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        try outputOptions.check(profilePoints, option: "--profile-points", inputs: [argument.model])
        let report = try report(saved.fit).keeping(parameters)
        try outputOptions.put(notes: report.notes) { report.rendered(as: $0, width: $1) }
    }

    private func report(_ fit: LinearMixedModelFit) throws -> ResultsReport {
        switch method {
        case .wald:
            return ResultsReport(intervals: try fit.inference(degreesOfFreedom), of: fit, level: levelOptions.level)
        case .profile:
            let profile = try fit.profile(
                parameters.isEmpty ? nil : parameters, level: levelOptions.level,
                threads: bootstrapOptions.threadOptions.count)
            if let profilePoints { try profile.table().write(to: profilePoints) }
            return ResultsReport(intervals: profile, of: fit)
        case .bootstrap:
            let bar = ProgressBar("bootstrap", total: bootstrapOptions.replicates, isQuiet: outputOptions.quiet)
            defer { bar.finish() }
            let sample = try fit.bootstrap(
                replicates: bootstrapOptions.replicates, seed: bootstrapOptions.seed,
                threads: bootstrapOptions.threadOptions.count, progress: { bar.update($0) })
            bar.finish()
            return try ResultsReport(intervals: sample, of: fit, method: intervals, level: levelOptions.level)
        }
    }
}

extension ResultsReport {
    /// The report with the rows of some terms only; with all of them where none is named.
    ///
    /// - Throws: `ProfileError` for a name that there is not.
    fileprivate func keeping(_ names: [String]) throws -> ResultsReport {
        guard !names.isEmpty, let section = sections.first else { return self }
        func term(_ row: [ReportTable.Cell]) -> String {
            if case .text(let name)? = row.first { name } else { "" }
        }
        let known = section.table.rows.map(term)
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw ProfileError.unknownParameter(unknown, available: known)
        }
        var table = section.table
        table.rows = table.rows.filter { names.contains(term($0)) }
        return ResultsReport(
            title: title, introduction: introduction, sections: [Section(section.key, table)] + sections.dropFirst(),
            notes: notes, details: details)
    }
}
