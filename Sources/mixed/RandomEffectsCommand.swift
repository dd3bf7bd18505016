// `mixed ranef`: the random effects of a saved model.

import ArgumentParser
import MixedModels

/// Shows each level's deviation from the average.
struct RandomEffectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ranef",
        abstract: "Show the random effects of a saved model: how each level deviates from the average.",
        discussion: """
            The values are the conditional modes (best linear unbiased predictions) with their conditional standard \
            deviations.

            Example: by how much each subject starts and climbs differently from the average one.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed ranef sleep.mixed
              mixed ranef sleep.mixed --format csv -o subjects.csv
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report = RandomEffectsReport(saved.fit)
        try outputOptions.put(notes: report.notes) { format, _ in report.rendered(as: format) }
    }
}
