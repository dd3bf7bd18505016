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
              mixed compare a.mixed b.mixed --bootstrap 2000 --seed 1
            """)

    @Argument(help: "Two or more models that were saved with: mixed fit FORMULA DATA --save FILE.")
    var models: [String]

    @Flag(help: "Compare by restricted likelihood, which models with the same fixed effects allow.")
    var reml = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Test nested models by so many responses simulated from the smaller one as well, as pbkrtest's PBmodcomp.",
            valueName: "n"))
    var bootstrap: Int?

    @Option(
        help: ArgumentHelp(
            "Names the random numbers of --bootstrap: a whole number from 0. 1 otherwise.", valueName: "seed"))
    var seed: UInt64?

    @OptionGroup
    var threadOptions: ThreadOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func validate() throws {
        if bootstrap != nil, reml {
            throw ValidationError("--bootstrap compares by maximum likelihood: leave out --reml")
        }
        if seed != nil, bootstrap == nil { throw ValidationError("--seed goes with --bootstrap") }
    }

    mutating func run() throws {
        guard models.count >= 2 else { throw ComparisonError.fewerThanTwo }
        try outputOptions.check(inputs: models)
        let fits = try models.map { (name: $0, fit: try SavedModelArgument.load($0).fit) }
        let report = ResultsReport(try comparison(fits))
        try outputOptions.put(notes: report.notes) { report.rendered(as: $0, width: $1) }
    }

    private func comparison(_ fits: [(name: String, fit: LinearMixedModelFit)]) throws -> ModelComparison {
        guard let bootstrap else {
            return try ModelComparison(fits, keepingRestrictedLikelihood: reml, threads: threadOptions.count)
        }
        let total = (fits.count - 1) * min(max(bootstrap, 0), 10_000_000)
        let bar = ProgressBar("bootstrap", total: total, isQuiet: outputOptions.quiet)
        defer { bar.finish() }
        let simulation = ModelComparison.Simulation(replicates: bootstrap, seed: seed ?? 1) { done, _ in
            bar.update(done)
        }
        return try ModelComparison(fits, bootstrapping: simulation, threads: threadOptions.count)
    }
}
