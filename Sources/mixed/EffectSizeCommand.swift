// `mixed effectsize`: effect sizes of a saved model.

public import ArgumentParser
public import MixedModels

/// Shows R² by term, intraclass correlations, standardized coefficients and variance inflation.
struct EffectSizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effectsize",
        abstract: "Show effect sizes of a saved model: R² by term, ICC by group, standardized coefficients, VIF.",
        discussion: """
            Example: how much each treatment of an experiment explains, and how alike plants of a block are.

              mixed fit 'yield ~ nitro + Variety + (1 | Block/Variety)' @oats --save oats.mixed
              mixed effectsize oats.mixed
              mixed effectsize oats.mixed --table r2 --format csv
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(help: "Show only this table: r2, icc, standardized or vif.")
    var table: EffectSizeReport.Table?

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
        let report = EffectSizeReport.report(
            saved.fit, inference: try inferenceOptions.inference(saved.fit),
            tables: table.map { [$0] } ?? EffectSizeReport.Table.allCases, standardization: standardize,
            level: inferenceOptions.level)
        try outputOptions.put { format, width in report.rendered(as: format, width: width) }
    }
}

extension EffectSizeReport.Table: ExpressibleByArgument {}
extension Standardization: ExpressibleByArgument {}
