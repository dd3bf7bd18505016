// `mixed anova`: tests of the fixed terms of a saved model.

public import ArgumentParser
public import MixedModels

/// Shows a test of every fixed term of a saved model.
struct AnovaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anova",
        abstract: "Test each fixed term of a saved model.",
        discussion: """
            Types I, II and III say what is tested of a term that is part of an interaction, or of unbalanced data: given \
            the terms before it (I), given all that do not contain it (II), or averaged over the levels of what it \
            interacts with (III). Likelihood-ratio tests leave out each term in turn, and fit again from what the model has \
            stored; they need no data either.

            Example: which terms of a split-plot experiment matter.

              mixed fit 'yield ~ nitro * Variety + (1 | Block/Variety)' @oats --save oats.mixed
              mixed anova oats.mixed
              mixed anova oats.mixed --type II --df kenward-roger
              mixed anova oats.mixed --test LRT
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Option(help: "What is tested of each term: I, II or III. III otherwise.")
    var type: HypothesisType?

    @Option(
        name: .customLong("df"),
        help:
            "Denominator degrees of freedom: satterthwaite, kenward-roger, residual or asymptotic. satterthwaite otherwise."
    )
    var degreesOfFreedom: DegreesOfFreedomMethod?

    @Option(help: "F-tests, or likelihood-ratio tests (LRT).")
    var test: TermTest = .f

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func validate() throws {
        if test == .likelihoodRatio, type != nil || degreesOfFreedom != nil {
            throw ValidationError(
                "--test LRT compares the model with and without each term; \(type != nil ? "--type" : "--df") belongs to --test F"
            )
        }
    }

    mutating func run() throws {
        let saved = try argument.load()
        try outputOptions.check(inputs: [argument.model])
        let report: ResultsReport
        switch test {
        case .f:
            let analysis = try saved.fit.anova(
                type: type ?? .balanced, degreesOfFreedom: degreesOfFreedom ?? .satterthwaite)
            report = ResultsReport(analysis, of: saved.fit)
        case .likelihoodRatio: report = ResultsReport(try saved.fit.termDeletions())
        }
        try outputOptions.put { format, width in report.rendered(as: format, width: width) }
    }
}

/// How terms are tested.
enum TermTest: ExpressibleByArgument, CaseIterable {
    case f
    case likelihoodRatio

    init?(argument: String) {
        switch argument.lowercased() {
        case "f": self = .f
        case "lrt", "chisq": self = .likelihoodRatio
        default: return nil
        }
    }

    var defaultValueDescription: String { self == .f ? "F" : "LRT" }

    static var allValueStrings: [String] { ["F", "LRT"] }
}

extension HypothesisType: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }
}
