// `mixed bootstrap`: confidence intervals from simulated responses.

public import ArgumentParser
public import MixedModels

/// Simulates responses from a saved model, fits it to each, and shows what the estimates make of it.
struct BootstrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract:
            "Bootstrap a saved model: bias, standard errors and intervals of all parameters from simulated responses.",
        discussion: """
            Responses are drawn from the fitted model, and the model is fitted to each. The rows are not needed. The same \
            seed gives the same numbers, on any machine and for any number of threads.

            Example: intervals for the variation between subjects, and the replicates for a plot.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed bootstrap sleep.mixed --replicates 2000 --save-replicates replicates.csv
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup(title: "Bootstrap options")
    var options: BootstrapOptions

    @Option(help: "How intervals are made: percentile, basic or normal.")
    var method: BootstrapIntervalMethod = .percentile

    @OptionGroup
    var levelOptions: LevelOptions

    @Flag(help: "Keep the random effects and draw errors only: intervals for these groups, not for others like them.")
    var conditional = false

    @Option(
        help: ArgumentHelp(
            "Write the parameters of every replicate to this CSV file, whole or not at all.", valueName: "file"))
    var saveReplicates: String?

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        try outputOptions.check(saveReplicates, option: "--save-replicates", inputs: [argument.model])
        let bar = ProgressBar("bootstrap", total: options.replicates, isQuiet: outputOptions.quiet)
        defer { bar.finish() }
        let sample = try saved.fit.bootstrap(
            replicates: options.replicates, seed: options.seed, threads: options.threadOptions.count,
            conditional: conditional,
            progress: { bar.update($0) })
        bar.finish()
        if let saveReplicates { try sample.table().write(to: saveReplicates) }
        let report = try ResultsReport(sample, of: saved.fit, method: method, level: levelOptions.level)
        try outputOptions.put(notes: report.notes) { report.rendered(as: $0, width: $1) }
    }
}

/// How many replicates, from which random numbers, on how many threads.
struct BootstrapOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("How many responses to simulate.", valueName: "n"))
    var replicates = 1000

    @Option(help: ArgumentHelp("Names the random numbers: a whole number from 0.", valueName: "seed"))
    var seed: UInt64 = 1

    @OptionGroup
    var threadOptions: ThreadOptions
}

extension BootstrapIntervalMethod: ExpressibleByArgument {}
