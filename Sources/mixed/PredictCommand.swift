// `mixed predict`: predictions of a saved model for the rows of a table.

import ArgumentParser
import MixedModels

/// Predicts the response for the rows of a table.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict the response for the rows of a table, with standard errors and intervals.",
        discussion: """
            The table needs the columns of the fixed effects, and for --level group those of the grouping factors; a group that \
            the model has not seen gets the prediction of the average group, with a wider interval. Rows with missing values \
            keep their place and have no prediction.

            Example: each subject's expected reaction time, and where a new measurement of it would lie.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed predict sleep.mixed @sleepstudy --level group --interval prediction
              mixed predict sleep.mixed new.csv -o predicted.csv

            \(DataOptions.order)
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Argument(help: "The rows to predict: a text file (also .gz), '-' for standard input, or @NAME.")
    var data: String?

    @OptionGroup(title: "Predictions")
    var predictionOptions: PredictionOptions

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    @OptionGroup
    var threadOptions: ThreadOptions

    mutating func validate() throws {
        guard dataOptions.contrasts.isEmpty else {
            throw ValidationError(
                "--contrasts belongs to 'mixed fit': the model keeps the contrasts it was fitted with")
        }
    }

    mutating func run() throws {
        let saved = try argument.load()
        guard let data else { throw Self.noRows(argument.model) }
        let source = try DataSource(data)
        try outputOptions.check(inputs: [argument.model] + (source.path.map { [$0] } ?? []))
        let request = try DataRequest(dataOptions)
        let table = try LongWork.run(isQuiet: outputOptions.quiet) {
            try source.table(request.readingOptions(columns: nil), monitor: $0)
        }
        let prepared = try request.prepared(table)
        let predictions = try predict(saved.fit, prepared)
        let report = try PredictionReport(predictions, for: prepared.table)
        try outputOptions.put(notes: prepared.notes + predictions.remarks) { format, width in
            report.rendered(as: format, width: width)
        }
    }

    private func predict(_ fit: LinearMixedModelFit, _ prepared: PreparedData) throws -> Predictions {
        do {
            return try fit.predictions(
                prepared.table, level: predictionOptions.level, interval: predictionOptions.interval,
                confidence: predictionOptions.confidence, standardErrors: true,
                inference: try fit.inference(predictionOptions.degreesOfFreedom),
                threads: threadOptions.count)
        } catch PredictionError.design(let error) {
            throw CommandError(design: error, place: error.kind.row.flatMap(prepared.originalRow))
        }
    }

    /// Without data there is nothing to predict for: a saved model has no rows.
    private static func noRows(_ model: String) -> CommandError {
        CommandError(
            "A saved model holds no rows of its data, so it must be told which rows to predict",
            hint:
                "mixed predict \(model) DATA, with the file it was fitted to or a new one; without data there are mixed coef, mixed means and mixed effects"
        )
    }
}
