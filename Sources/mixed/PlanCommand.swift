// `mixed plan`: what a fit will take, before it is begun.

import ArgumentParser
import MixedModels

/// Shows the size of a model's equations, and the time and memory of each way to solve them.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what a fit will take, in time and memory, before it is begun.",
        discussion: """
            The data are read and their groups counted, and the machine's speed is measured; nothing is fitted.

            Example: students who rate lecturers of several departments.

              mixed plan 'y ~ service + (1 | s) + (1 | d) + (1 | dept)' @insteval
            """)

    @Argument(help: "R's formula, in single quotes: response ~ predictors + (terms | group).")
    var formula: String

    @Argument(help: "A text file (also .gz), '-' for standard input, or @NAME for a data set of 'mixed examples'.")
    var data: String

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Model options")
    var modelOptions: ModelOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let request = try DataRequest(dataOptions)
        let model = try ModelRequest(formula, modelOptions, contrasts: request.contrasts)
        let source = try DataSource(data)
        try outputOptions.check(inputs: source.path.map { [$0] } ?? [])
        let machine = MachineSpeed.measured(threads: modelOptions.threadOptions.count)
        let report = ResultsReport(try model.plan(source, request, machine: machine), formula: formula)
        try outputOptions.put { format, width in report.rendered(as: format, width: width) }
    }
}
