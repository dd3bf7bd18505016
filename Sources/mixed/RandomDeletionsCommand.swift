// `mixed ranova`: each random term of a saved model dropped in turn.

import ArgumentParser
import MixedModels

/// Tests the random terms of a saved model.
struct RandomDeletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ranova",
        abstract: "Test each random term of a saved model by dropping it, as lmerTest's ranova.",
        discussion: """
            A term such as (1 + Days | Subject) is reduced to (1 | Subject); --whole-terms drops it whole. The models are \
            fitted by the criterion of the saved one. A variance cannot be negative, so that the naive p-value is too \
            large: the right one stands beside it.

            Example: is the variation of the slopes needed?

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed ranova sleep.mixed
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Flag(help: "Drop terms whole instead of part by part.")
    var wholeTerms = false

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report = ResultsReport(
            try saved.fit.randomTermDeletions(reducing: !wholeTerms, threads: Console.processorCount))
        try outputOptions.put(notes: report.notes) { report.rendered(as: $0, width: $1) }
    }
}
