// `mixed effects`: predictions over one to three variables with the others held fixed.

import ArgumentParser
import MixedModels

/// Shows adjusted predictions.
struct EffectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effects",
        abstract: "Show predictions over one to three variables, the others held fixed, as R's ggpredict.",
        discussion: """
            A term is a variable, with the values wanted in brackets or without: [0:10 by=1], [1,5,9], [Low,High], [n=5], \
            [pretty], [minmax], [meansd], [zeromax]. The second term makes groups, the third facets.

            Example:

              mixed fit 'distance ~ age * Sex + (age | Subject)' @orthodont --save growth.mixed
              mixed effects growth.mixed --terms 'age [8:14 by=2], Sex'
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(
        parsing: .unconditional, help: ArgumentHelp("One to three variables with their values.", valueName: "terms"))
    var terms: String

    @Flag(
        exclusivity: .exclusive,
        help: "The other variables: numbers at their mean, and factors at their first level or averaged over.")
    var others: OtherVariablesFlag = .typical

    @OptionGroup
    var gridOptions: GridOptions

    @Flag(name: .customLong("transformed"), help: "Leave a transformed response as it is, log(y) for one.")
    var keepsTransformation = false

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let settings = try gridOptions.settings()
        let terms = try PredictionTerm.parse(terms)
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let predictions = try saved.fit.adjustedPredictions(
            terms, others: others == .average ? .averaged : .typical, at: settings,
            undoingTransformation: !keepsTransformation, inference: try inferenceOptions.inference(saved.fit),
            level: inferenceOptions.level)
        let report = ResultsReport(predictions, of: saved.fit)
        try outputOptions.put { report.rendered(as: $0, width: $1) }
    }
}

/// What becomes of the other variables, as flags.
enum OtherVariablesFlag: String, EnumerableFlag {
    case typical
    case average
}
