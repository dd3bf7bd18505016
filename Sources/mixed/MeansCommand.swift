// `mixed means`: marginal means of a saved model, their contrasts and joint tests.

import ArgumentParser
import MixedModels

/// Shows marginal means.
struct MeansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "means",
        abstract: "Show marginal means of a saved model and compare them, as R's emmeans.",
        discussion: """
            The model is evaluated at all combinations of the categories, numbers at their means, and averaged over what \
            is not named. --by names the variables whose means are wanted; within the levels of --within they are \
            compared separately (simple effects).

            Examples:

              mixed fit 'yield ~ factor(nitro) * Variety + (1 | Block/Variety)' @oats --save oats.mixed
              mixed means oats.mixed --by Variety --contrasts pairwise
              mixed means oats.mixed --by nitro --within Variety --contrasts poly
              mixed means oats.mixed --by nitro --contrast 'some vs none: -3/3 1/3 1/3 1/3' --df kenward-roger
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup
    var marginOptions: MarginOptions

    @OptionGroup
    var gridOptions: GridOptions

    @OptionGroup(title: "Contrasts")
    var contrastOptions: ContrastOptions

    @Flag(help: "F-tests of all terms on the same grid; with --within those of simple effects.")
    var joint = false

    @Flag(help: "Means on the scale of the response when the formula transforms it: log, sqrt and the like.")
    var response = false

    @Option(
        name: .customLong("bias-adjust"),
        help: "Beside them, the mean rather than the median of the response, by the total or the residual variance.")
    var biasAdjust: BiasVariance?

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func validate() throws {
        if biasAdjust != nil { response = true }
    }

    mutating func run() throws {
        let settings = try gridOptions.settings()
        let kind = try contrastOptions.method()
        let names = try marginOptions.variables()
        let groups = try marginOptions.groups()
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let inference = try inferenceOptions.inference(saved.fit)
        let means = try saved.fit.marginalMeans(
            of: names, by: groups, at: settings, weights: marginOptions.weights, inference: inference,
            level: inferenceOptions.level)
        let contrasts = try contrastOptions.contrasts(
            kind, of: means, isRatio: response && saved.fit.responseTransformation?.hasRatios == true)
        let tests = try joint ? saved.fit.jointTests(by: means.groups, at: settings, inference: inference) : nil
        let report = try ResultsReport(
            means, of: saved.fit, contrasts: contrasts, jointTests: tests.map { ($0, means.groups) },
            isOnResponseScale: response, bias: biasAdjust
        )
        try outputOptions.put { report.rendered(as: $0, width: $1) }
    }
}
