// `mixed compare`: likelihood-ratio tests of saved models.

import ArgumentParser
import MixedModels

/// Compares saved models of the same rows.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare saved models by likelihood-ratio tests, AIC and BIC, as R's anova(m1, m2).",
        discussion: """
            Models that were fitted by REML are fitted again by maximum likelihood, from what the files hold; the rows are \
            not needed. Where models differ by a variance, the naive p-value is too large: the right one stands beside it.

            Example: does the effect of sleep deprivation differ between subjects?

              mixed fit 'Reaction ~ Days + (1 | Subject)' @sleepstudy --save a.mixed
              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save b.mixed
              mixed compare a.mixed b.mixed
            """)

    @Argument(help: "Two or more models that were saved with: mixed fit FORMULA DATA --save FILE.")
    var models: [String]

    @Flag(help: "Compare by restricted likelihood, which models with the same fixed effects allow.")
    var reml = false

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        guard models.count >= 2 else { throw ComparisonError.fewerThanTwo }
        try outputOptions.check(inputs: models)
        let fits = try models.map { (name: $0, fit: try SavedModelArgument.load($0).fit) }
        let comparison = try ModelComparison(
            fits, keepingRestrictedLikelihood: reml, threads: Console.processorCount)
        let report = ResultsReport(comparison)
        try outputOptions.put(notes: report.notes) { report.rendered(as: $0, width: $1) }
    }
}
