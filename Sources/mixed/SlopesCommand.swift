// `mixed slopes`: slopes of a variable by groups, their comparisons, and the Johnson-Neyman interval.

import ArgumentParser
import MixedModels

/// Shows slopes of a variable.
struct SlopesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slopes",
        abstract: "Show how the response changes with a number, by groups, as R's emtrends.",
        discussion: """
            Examples: growth by sex, whether it differs, and where along a second number an effect is significant.

              mixed fit 'distance ~ age * Sex + (age | Subject)' @orthodont --save growth.mixed
              mixed slopes growth.mixed --of age --by Sex --contrasts pairwise
              mixed slopes model.mixed --of dose --johnson-neyman weight
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(parsing: .unconditional, help: ArgumentHelp("The variable whose slopes are wanted.", valueName: "column"))
    var of: String

    @OptionGroup
    var marginOptions: MarginOptions

    @OptionGroup
    var gridOptions: GridOptions

    @OptionGroup(title: "Contrasts")
    var contrastOptions: ContrastOptions

    @Option(
        name: .customLong("johnson-neyman"), parsing: .unconditional,
        help: ArgumentHelp(
            "Where along this number the slope differs from zero, for each combination of --by and --within.",
            valueName: "column"))
    var johnsonNeyman: String?

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let settings = try gridOptions.settings()
        let kind = try contrastOptions.method()
        let names = try marginOptions.variables()
        let groups = try marginOptions.groups()
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let fit = saved.fit
        let inference = try inferenceOptions.inference(fit)
        let slopes = try fit.slopes(
            of: of, by: names, within: groups, at: settings, weights: marginOptions.weights, inference: inference,
            level: inferenceOptions.level)
        let contrasts = try contrastOptions.contrasts(kind, of: slopes)
        let intervals = try johnsonNeyman.map { moderator throws(MarginalMeansError) in
            try fit.johnsonNeyman(
                of: of, along: moderator, by: slopes.variables, at: settings, weights: marginOptions.weights,
                inference: inference, level: inferenceOptions.level)
        }
        let report = try ResultsReport(slopes, of: fit, contrasts: contrasts, johnsonNeyman: intervals ?? [])
        try outputOptions.put { report.rendered(as: $0, width: $1) }
    }
}
