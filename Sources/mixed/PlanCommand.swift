// `mixed plan`: what a fit will take, before it is begun.

import ArgumentParser
import MixedModels

/// Shows the size of a model's equations, and the time and memory of each way to solve them.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what a fit will take, in time and memory, before it is begun.",
        discussion: """
            The data are read once, which takes as long as it does for a fit; groups and pairs of groups are counted, and the \
            machine's speed is measured in a moment. Nothing is fitted.

            Example: students who rate lecturers of several departments.

              mixed plan 'y ~ service + (1 | s) + (1 | d) + (1 | dept)' @insteval

            Whether a model would fit on a laptop with 8 GB, and what a smaller model from a cube takes:

              mixed plan 'rating ~ age + (1 | user) + (1 | film)' ratings.csv --memory 8GB
              mixed plan 'rating ~ 1 + (1 | film)' ratings.cube

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

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    /// The time of a second pass over rows relative to that of the first, which adds up pairs of levels as well.
    private static let residualShare = 0.8
    /// The same where the rows are still there.
    private static let heldShare = 0.15

    mutating func run() throws {
        let arguments = ModelArguments(formula: formula, data: data, command: "plan")
        if let cube = try arguments.cubePath() { return try plan(cube: cube) }
        let data = try arguments.checkedData()
        let request = try DataRequest(dataOptions)
        let model = try ModelRequest(formula, modelOptions, contrasts: request.contrasts)
        let source = try DataSource(data)
        try outputOptions.check(inputs: source.path.map { [$0] } ?? [])

        let clock = ContinuousClock()
        let start = clock.now
        let plan: FitPlan
        let pass: DataPass
        var notes: [String] = []
        var text = formula
        let reading = request.readingOptions(columns: model.columnNames)
        let (opened, streamed) = try LongWork.run(isQuiet: outputOptions.quiet) { monitor in
            let opened = try source.text(reading.encoding, monitor: monitor)
            return (
                opened,
                try opened.flatMap { try model.stream($0, request, memory: .available, monitor: monitor) }
            )
        }
        if let rows = streamed {
            let seconds = (clock.now - start).inSeconds
            pass = DataPass(
                seconds: seconds, name: data,
                residualSeconds: FitCommand.readsResiduals(of: rows)
                    ? (rows.byteCount == 0 ? Self.heldShare : Self.residualShare) * seconds : 0)
            plan = model.plan(rows, readingBytes: pass.bytes)
            text = rows.design.formula.description
        } else {
            let table = try LongWork.run(isQuiet: outputOptions.quiet) {
                try source.table(reading, from: opened, monitor: $0)
            }
            let prepared = try request.prepared(table)
            notes = prepared.notes
            pass = DataPass(seconds: (clock.now - start).inSeconds, name: data)
            let found = try model.plan(prepared)
            plan = found.plan
            text = found.formula.description
        }
        try put(plan, text, pass, notes)
    }

    /// Plans a sub-model of a cube; its own model for the formula `.` and for none.
    private func plan(cube path: String) throws {
        let request = try CubeFitRequest(dataOptions, modelOptions)
        try outputOptions.check(inputs: [path])
        let clock = ContinuousClock()
        let start = clock.now
        let cube = try DataCube(contentsOf: path)
        let pass = DataPass(seconds: (clock.now - start).inSeconds, name: path, isCube: true)
        let (plan, formula) = try request.plan(cube, formula: data == nil || formula == "." ? nil : formula)
        try put(plan, formula.description, pass, cube.notes)
    }

    private func put(_ plan: FitPlan, _ formula: String, _ pass: DataPass, _ notes: [String]) throws {
        let report = ResultsReport(plan, formula: formula, pass: pass, notes: notes)
        try outputOptions.put(notes: notes) { format, width in report.rendered(as: format, width: width) }
    }
}
