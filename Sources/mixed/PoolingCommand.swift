// `mixed pooling`: complete, no and partial pooling of the groups of a saved model.

import ArgumentParser
import MixedModels

/// Shows what pooling does to each group.
struct PoolingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pooling",
        abstract: "Compare complete, no and partial pooling of the groups of a saved model.",
        discussion: """
            Complete pooling is one regression on all rows, no pooling one regression for each group, partial pooling the mixed \
            model, which draws a group's own estimate towards the average: the more, the less its rows say.

            Example: the lines of the subjects of a sleep study, two of whom were hardly measured.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy_pooling --save sleep.mixed
              mixed pooling sleep.mixed
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(help: ArgumentHelp("The grouping factor; otherwise the one with most random effects.", valueName: "name"))
    var group: String?

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report = ResultsReport(try saved.fit.poolingComparison(group: group))
        try outputOptions.put { format, width in report.rendered(as: format, width: width) }
    }
}
