// `mixed fit`: from a formula and data to a fitted model.

import ArgumentParser
import MixedModels

/// Fits a linear mixed model and shows its summary.
struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fit a linear mixed model, or a linear model, and show its summary.",
        discussion: """
            Example: reaction times over days of sleep loss; every subject has its own start and its own slope.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy

            The same as data for other programs, and saved for later questions:

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy \\
                --format json --save sleep.mixed

            From a cube that 'mixed cube' has made, where a formula of '.' is the cube's own:

              mixed fit 'y ~ x1 + (1 | g)' big.cube

            \(DataOptions.order)
            """)

    @Argument(help: "R's formula, in single quotes: response ~ predictors + (terms | group).")
    var formula: String

    @Argument(
        help:
            "A text file (also .gz), '-' for standard input, @NAME for a data set of 'mixed examples', or a cube, for which the formula may be left out."
    )
    var data: String?

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Model options")
    var modelOptions: ModelOptions

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var savingOptions: SavingOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    /// The longest file, in bytes, that is read a second time for its residuals.
    private static let residualLimit = 1 << 29

    /// Whether rows are read a second time for the residuals of a fit.
    static func readsResiduals(of rows: StreamedDesign) -> Bool { rows.byteCount <= residualLimit }

    mutating func run() throws {
        let arguments = ModelArguments(formula: formula, data: data, command: "fit")
        if let cube = try arguments.cubePath() { return try fit(cube: cube) }
        let data = try arguments.checkedData()
        let request = try DataRequest(dataOptions)
        let model = try ModelRequest(formula, modelOptions, contrasts: request.contrasts)
        let source = try DataSource(data)
        try checkOutput(source)

        let clock = ContinuousClock()
        let start = clock.now
        var notes: [String] = []
        var fit: LinearMixedModelFit
        let read: ContinuousClock.Instant
        if let path = source.path, let rows = try model.stream(path, request) {
            read = clock.now
            fit = try model.fit(rows)
            if Self.readsResiduals(of: rows) { fit = try fit.addingResiduals(of: rows) }
        } else {
            let table = try source.table(request.readingOptions(columns: model.columnNames))
            let prepared = try request.prepared(table)
            read = clock.now
            notes = prepared.notes
            fit = try model.fit(prepared)
        }
        let seconds = (read: (read - start).inSeconds, fit: (clock.now - read).inSeconds)

        let report = FitReport(
            fit, inference: try inferenceOptions.inference(fit), level: inferenceOptions.level,
            warnings: notes, seconds: seconds)
        if let save = savingOptions.save { try SavedModel(fit, notes: notes).write(to: save) }
        try outputOptions.put(report)
    }

    /// Fits a sub-model of a cube; its own model for the formula `.` and for none.
    private func fit(cube path: String) throws {
        let request = try CubeFitRequest(dataOptions, modelOptions)
        try outputOptions.check(inputs: [path])
        try outputOptions.check(savingOptions.save, option: "--save", inputs: [path])
        let clock = ContinuousClock()
        let start = clock.now
        let cube = try DataCube(contentsOf: path)
        let read = clock.now
        let fit = try request.fit(cube, formula: data == nil || formula == "." ? nil : formula)
        let seconds = (read: (read - start).inSeconds, fit: (clock.now - read).inSeconds)
        let notes = cube.notes + ["Fitted from the cube '\(path)': the quantiles of the residuals need the rows."]
        let report = FitReport(
            fit, inference: try inferenceOptions.inference(fit), level: inferenceOptions.level, warnings: notes,
            seconds: seconds)
        if let save = savingOptions.save { try SavedModel(fit, notes: notes).write(to: save) }
        try outputOptions.put(report)
    }

    private func checkOutput(_ source: DataSource) throws(CommandError) {
        let inputs = source.path.map { [$0] } ?? []
        try outputOptions.check(inputs: inputs)
        try outputOptions.check(savingOptions.save, option: "--save", inputs: inputs)
    }
}
