// `mixed effectsize`: effect sizes of a saved model.

public import ArgumentParser
public import MixedModels

/// Shows R² by term, intraclass correlations, standardized coefficients and variance inflation.
struct EffectSizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effectsize",
        abstract: "Show effect sizes of a saved model: R² by term, ICC by group, standardized coefficients, VIF.",
        discussion: """
            Example: how much of the variation the days of sleep loss explain, and how alike the measurements of a subject are \
            on each of them.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed effectsize sleep.mixed
              mixed effectsize sleep.mixed --table r2 --format csv
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(help: "Show only this table: r2, icc, standardized or vif.")
    var table: EffectSizeTable?

    @Option(
        help: ArgumentHelp(
            "How coefficients are standardized: refit (numeric variables are scaled, factors are not) or basic (every column is scaled).",
            valueName: "method"))
    var standardize: Standardization = .variables

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report = ResultsReport(
            effectSizesOf: saved.fit, inference: try inferenceOptions.inference(saved.fit),
            tables: table.map { [$0] } ?? EffectSizeTable.allCases, standardization: standardize,
            level: inferenceOptions.level)
        try outputOptions.put { format, width in report.rendered(as: format, width: width) }
    }
}

extension EffectSizeTable: ExpressibleByArgument {}
extension Standardization: ExpressibleByArgument {}
