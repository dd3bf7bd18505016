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

            Ctrl-C ends a long search at its best point so far. With --save it can go on later:

              mixed fit 'y ~ x + (1 | user) + (1 | item)' big.csv --save big.mixed
              mixed fit --resume big.mixed --save big.mixed

            \(DataOptions.order)
            """)

    @Argument(help: "R's formula, in single quotes: response ~ predictors + (terms | group).")
    var formula: String?

    @Argument(
        help:
            "A text file (also .gz), '-' for standard input, @NAME for a data set of 'mixed examples', or a cube, for which the formula may be left out."
    )
    var data: String?

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Model options")
    var modelOptions: ModelOptions

    @Option(
        help: ArgumentHelp(
            "Begin the search where that of a saved model ended, such as one that Ctrl-C has interrupted or a related one. Without FORMULA and DATA, go on with the saved model itself.",
            valueName: "file"))
    var resume: String?

    /// Whether rows that are not held are read a second time.
    enum RowsAgain: String, CaseIterable, ExpressibleByArgument {
        case auto, always, never

        /// Whether the rows are to be gone through again, with so many bytes to read.
        func reads(_ byteCount: Int) -> Bool {
            switch self {
            case .auto: byteCount <= FitCommand.residualLimit
            case .always: true
            case .never: byteCount == 0
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "Whether a file is read a second time, for the residuals and to check the answer against the rows: auto does so up to 512 MB. A second look needs memory for one number a row.",
            valueName: "auto|always|never"))
    var residuals: RowsAgain = .auto

    @OptionGroup(title: "Tests and intervals")
    var inferenceOptions: InferenceOptions

    @OptionGroup(title: "Output options")
    var savingOptions: SavingOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    /// The longest file, in bytes, that is read a second time for its residuals.
    private static let residualLimit = 1 << 29

    /// Whether rows are read a second time for the residuals of a fit, where nothing else is asked for.
    static func readsResiduals(of rows: StreamedDesign) -> Bool { RowsAgain.auto.reads(rows.byteCount) }

    mutating func run() throws {
        guard let formula else {
            guard let resume else { throw ValidationError("Missing expected argument '<formula>'") }
            return try put(try resumed(resume))
        }
        let start = try resume.map { try SavedSearch(contentsOf: $0).startingPoint }
        let arguments = ModelArguments(formula: formula, data: data, command: "fit")
        if let cube = try arguments.cubePath() {
            return try put(try fitted(cube: cube, formula: data == nil ? nil : formula, startingFrom: start))
        }
        try put(try fitted(formula, try arguments.checkedData(), startingFrom: start))
    }

    /// A fit with what there is to say about how it came about.
    private struct Outcome {
        var fit: LinearMixedModelFit
        var notes: [String]
        var seconds: (read: Double, fit: Double)
    }

    /// Fits a model to rows.
    private func fitted(_ formula: String, _ data: String, startingFrom start: StartingPoint?) throws -> Outcome {
        let request = try DataRequest(dataOptions)
        let model = try ModelRequest(formula, modelOptions, contrasts: request.contrasts)
        let source = try DataSource(data)
        try checkOutput(inputs: source.path.map { [$0] } ?? [])

        let clock = ContinuousClock()
        let begin = clock.now
        return try LongWork.run(isQuiet: outputOptions.quiet) { monitor in
            let reading = request.readingOptions(columns: model.columnNames)
            let text = try source.text(reading.encoding, monitor: monitor)
            if let text, let rows = try model.stream(text, request, monitor: monitor) {
                let read = clock.now
                let fit = try model.fit(rows, startingFrom: start, monitor: monitor)
                let (whole, notes) = try Self.addingResiduals(
                    of: rows, to: fit, again: residuals, monitor: monitor)
                return Outcome(
                    fit: whole, notes: notes, seconds: ((read - begin).inSeconds, (clock.now - read).inSeconds))
            }
            let table = try source.table(reading, from: text, monitor: monitor)
            let prepared = try request.prepared(table)
            let read = clock.now
            let fit = try model.fit(prepared, startingFrom: start, monitor: monitor)
            return Outcome(
                fit: fit, notes: prepared.notes, seconds: ((read - begin).inSeconds, (clock.now - read).inSeconds))
        }
    }

    /// The fit with its residuals, for which a file that is not too long is read again.
    private static func addingResiduals(
        of rows: StreamedDesign, to fit: LinearMixedModelFit, again: RowsAgain, monitor: WorkMonitor
    ) throws -> (fit: LinearMixedModelFit, notes: [String]) {
        guard again.reads(rows.byteCount), fit.status != .interrupted else { return (fit, []) }
        do {
            return (try fit.addingResiduals(of: rows, monitor: monitor), [])
        } catch TableError.interrupted {
            return (fit, ["Interrupted when the model was fitted: the quantiles of the residuals are not known."])
        }
    }

    /// Fits a sub-model of a cube; its own model for the formula `.` and for none.
    private func fitted(
        cube path: String, formula: String?, startingFrom start: StartingPoint?
    ) throws -> Outcome {
        let request = try CubeFitRequest(dataOptions, modelOptions)
        try checkOutput(inputs: [path])
        let clock = ContinuousClock()
        let begin = clock.now
        let cube = try DataCube(contentsOf: path)
        let read = clock.now
        let fit = try LongWork.run(isQuiet: outputOptions.quiet) {
            try request.fit(cube, formula: formula == "." ? nil : formula, startingFrom: start, monitor: $0)
        }
        return Outcome(
            fit: fit,
            notes: cube.notes + ["Fitted from the cube '\(path)': the quantiles of the residuals need the rows."],
            seconds: ((read - begin).inSeconds, (clock.now - read).inSeconds))
    }

    /// Goes on with the search of a saved model.
    private func resumed(_ path: String) throws -> Outcome {
        let request = try ResumeRequest(dataOptions, modelOptions)
        try checkOutput(inputs: [])
        let clock = ContinuousClock()
        let begin = clock.now
        let saved = try SavedSearch(contentsOf: path)
        let read = clock.now
        let fit = try LongWork.run(isQuiet: outputOptions.quiet) { try request.fit(saved, monitor: $0) }
        return Outcome(
            fit: fit,
            notes: saved.notes + ["Resumed from '\(path)': the quantiles of the residuals need the rows."],
            seconds: ((read - begin).inSeconds, (clock.now - read).inSeconds))
    }

    /// Saves the model, then shows it.
    private func put(_ outcome: Outcome) throws {
        let isInterrupted = outcome.fit.status == .interrupted
        if let save = savingOptions.save { try SavedModel(outcome.fit, notes: outcome.notes).write(to: save) }
        var notes = outcome.notes
        if isInterrupted {
            notes.append(
                savingOptions.save.map { "The search is saved; to go on with it: mixed fit --resume \($0)" }
                    ?? "The search is not saved; with --save FILE it would be, and go on with: mixed fit --resume FILE")
        }
        let report = FitReport(
            outcome.fit, inference: try inferenceOptions.inference(outcome.fit), level: inferenceOptions.level,
            warnings: notes, seconds: outcome.seconds)
        try outputOptions.put(report)
        if isInterrupted { throw ExitCode(Interruption.exitStatus) }
    }

    private func checkOutput(inputs: [String]) throws(CommandError) {
        try outputOptions.check(inputs: inputs)
        try outputOptions.check(savingOptions.save, option: "--save", inputs: inputs)
    }
}
