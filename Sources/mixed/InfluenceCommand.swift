// `mixed influence`: what each group, or each row, contributes to a saved model.

import ArgumentParser
import MixedModels

/// Leaves out one group at a time.
struct InfluenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "influence",
        abstract: "Show what each group contributes: how the coefficients change without it.",
        discussion: """
            Every group is left out in turn, exactly: generalized least squares without it, with variances and correlations \
            held, or all parameters estimated again (--refit). Nothing is read but the model, except where groups are crossed \
            with other random effects, or are no grouping factor of the model: then name the data file, too. With the data \
            file and without --by it is the rows: leverage and Cook's distance of each.

            Example: which subjects move the average slope most.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed influence sleep.mixed --by Subject
              mixed influence sleep.mixed --by Subject --refit --format csv -o subjects.csv
              mixed influence sleep.mixed @sleepstudy
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup
    var rowsArgument: FitRowsArgument

    @Option(
        help: ArgumentHelp(
            "The grouping factor, or with data any column, whose levels are left out.", valueName: "group"))
    var by: String?

    @Flag(help: "Estimate variances and correlations again without each group, too.")
    var refit = false

    @OptionGroup
    var threadOptions: ThreadOptions

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let fit = try argument.load().fit
        try outputOptions.check(inputs: [argument.model] + rowsArgument.inputs)
        let threads = threadOptions.count
        let format = outputOptions.chosenFormat
        let report: ResultsReport
        if let group = try group(fit) {
            report = ResultsReport(try influence(fit, of: group, threads: threads), for: format)
        } else {
            guard let table = try rowsArgument.table(dataOptions, isQuiet: outputOptions.quiet) else { return }
            report = ResultsReport(try fit.rowInfluence(fit.frame(of: table), threads: threads), for: format)
        }
        try outputOptions.put { report.rendered(as: $0, width: $1) }
    }

    /// The group that is left out; `nil` for single rows.
    private func group(_ fit: LinearMixedModelFit) throws(CommandError) -> String? {
        if let by { return by }
        if rowsArgument.data != nil { return nil }
        let names = fit.design.groupingFactors.map(\.name)
        if let only = names.first, names.count == 1 { return only }
        throw CommandError(
            names.isEmpty
                ? "The model has no grouping factor: what is to be left out?"
                : "The model has several grouping factors: whose levels are to be left out?",
            hint: names.isEmpty
                ? "name a column and the data: mixed influence \(argument.model) DATA --by COLUMN"
                : "--by \(names.joined(separator: ", or --by "))")
    }

    /// From the model alone where that is enough, otherwise from the rows.
    private func influence(
        _ fit: LinearMixedModelFit, of group: String, threads: Int
    ) throws -> GroupInfluence {
        do {
            return try fit.influence(of: group, refitting: refit, threads: threads)
        } catch {
            guard error.isAnsweredByRows, let table = try rowsArgument.table(dataOptions, isQuiet: outputOptions.quiet)
            else { throw error }
            return try fit.influence(
                of: RowGroups(group, of: fit, data: table), refitting: refit, threads: threads)
        }
    }
}
