// `mixed robust`: cluster-robust standard errors of a saved model.

public import ArgumentParser
public import MixedModels

/// Shows the coefficients with cluster-robust standard errors.
struct RobustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "robust",
        abstract: "Show cluster-robust standard errors of the coefficients beside those of the model.",
        discussion: """
            They hold even where the rows of a cluster depend on one another in other ways than the model says. The estimates \
            stay those of the model. The random effects must be nested in the clusters. Nothing is read but the model, unless \
            the cluster is no grouping factor of it: then name the data file, too.

            Example: a slope model whose residuals may be correlated within subjects as well.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed robust sleep.mixed --cluster Subject

            Example: plain regression with standard errors by subject.

              mixed fit 'Reaction ~ Days' @sleepstudy --save line.mixed
              mixed robust line.mixed @sleepstudy --cluster Subject --type CR2
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @OptionGroup
    var rowsArgument: FitRowsArgument

    @Option(
        help: ArgumentHelp("The grouping factor, or with data any column, that makes the clusters.", valueName: "group")
    )
    var cluster: String

    @Option(help: "How residuals are adjusted; CR2 is the choice for few clusters.")
    var type: ClusterRobustType = .CR2

    @OptionGroup
    var levelOptions: LevelOptions

    @OptionGroup
    var threadOptions: ThreadOptions

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let fit = try argument.load().fit
        try outputOptions.check(inputs: [argument.model] + rowsArgument.inputs)
        let robust = try robust(fit, threads: threadOptions.count)
        let report = ResultsReport(robust, of: fit, level: levelOptions.level)
        try outputOptions.put { report.rendered(as: $0, width: $1) }
    }

    /// From the model alone where that is enough, otherwise from the rows.
    private func robust(_ fit: LinearMixedModelFit, threads: Int) throws -> ClusterRobustInference {
        do {
            return try fit.clusterRobust(by: cluster, type: type, threads: threads)
        } catch {
            guard error.isAnsweredByRows, let table = try rowsArgument.table(dataOptions, isQuiet: outputOptions.quiet)
            else { throw error }
            return try fit.clusterRobust(by: RowGroups(cluster, of: fit, data: table), type: type, threads: threads)
        }
    }
}

extension ClusterRobustType: ExpressibleByArgument {}

extension GroupingError {
    /// Whether the rows of the data would answer the question.
    var isAnsweredByRows: Bool {
        switch self {
        case .unknownGroup, .crossedNeedsRows, .groupNeedsRows: true
        default: false
        }
    }
}
