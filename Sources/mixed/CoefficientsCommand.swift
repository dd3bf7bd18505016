// `mixed coef`: the coefficients of each level of a saved model.

import ArgumentParser
import MixedModels

/// Shows each level's own coefficients.
struct CoefficientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coef",
        abstract: "Show the coefficients of each level of a saved model: fixed plus random effects.",
        discussion: """
            Example: the line of each subject, its intercept and its slope.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed coef sleep.mixed
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report = GroupCoefficientsReport(saved.fit)
        try outputOptions.put { format, _ in report.rendered(as: format) }
    }
}
