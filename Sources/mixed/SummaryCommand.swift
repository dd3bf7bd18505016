// `mixed summary`: the summary of a saved model.

import ArgumentParser
import MixedModels

/// Shows the summary of a saved model.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Show the summary of a saved model.",
        discussion: """
            Example: a model is fitted and saved once, and its summary shown as a table for a paper.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed summary sleep.mixed --format markdown
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report = FitReport(
            saved.fit, inference: try inferenceOptions.inference(saved.fit), level: inferenceOptions.level,
            warnings: saved.notes)
        try outputOptions.put(report)
    }
}
