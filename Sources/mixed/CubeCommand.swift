// `mixed cube`: the cross-products of a wide formula, kept, combined and described.

import ArgumentParser
import MixedModels

/// Makes and combines cubes.
struct CubeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cube",
        abstract: "Keep what models need of the rows: one pass, then every sub-model without the data.",
        discussion: """
            A cube holds the cross-products of a formula's columns. It grows with groups and pairs of groups, not with rows, \
            and every model with fewer terms is fitted from it exactly as from the rows.

              mixed cube 'y ~ x1 * x2 + f + (1 + x1 | g) + (1 | h)' big.csv -o big.cube
              mixed fit 'y ~ x1 + (1 | g)' big.cube
              mixed cube show big.cube

            Today's rows are added, a participant is withdrawn, and hospitals that may not share rows are pooled:

              mixed cube add big.cube today.csv -o big.cube
              mixed cube subtract big.cube big.csv --where 'g == "g17"' -o rest.cube
              mixed cube merge hospital-*.cube --min-cell 5 -o all.cube
            """,
        subcommands: [
            CubeCollectCommand.self, CubeShowCommand.self, CubeAddCommand.self, CubeSubtractCommand.self,
            CubeMergeCommand.self,
        ],
        defaultSubcommand: CubeCollectCommand.self)
}

/// Collects a cube from data.
struct CubeCollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Make a cube of a formula and data; the word may be left out: mixed cube FORMULA DATA -o FILE.",
        discussion: """
            Example: all that may be asked of a study, collected at once.

              mixed cube 'distance ~ age * Sex + (1 + age | Subject)' @orthodont -o teeth.cube
              mixed fit 'distance ~ age + (1 | Subject)' teeth.cube

            \(DataOptions.order) Rows in which any variable of the formula is missing are left out.
            """)

    @Argument(help: "R's formula with all terms that models may need, in single quotes.")
    var formula: String

    @Argument(help: "A text file (also .gz), '-' for standard input, or @NAME for a data set of 'mixed examples'.")
    var data: String

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Precision weights: the residual variance of a row is divided by its weight.", valueName: "expr"))
    var weights: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Added to the prediction with a coefficient of 1.", valueName: "expr"))
    var offset: String?

    @OptionGroup(title: "Output options")
    var outputOptions: CubeOutputOptions

    mutating func run() throws {
        guard formula.contains("~") else {
            throw CommandError(
                "'\(formula)' is no formula, which comes first",
                hint:
                    "mixed cube 'response ~ predictors + (1 | group)' DATA -o FILE; with cubes: mixed cube show, add, subtract, merge"
            )
        }
        let request = try DataRequest(dataOptions)
        let model = try ModelRequest(formula, weights: weights, offset: offset, contrasts: request.contrasts)
        let source = try DataSource(data)
        try outputOptions.check(inputs: source.path.map { [$0] } ?? [])
        let cube = try LongWork.run(isQuiet: outputOptions.quiet) { monitor in
            let reading = request.readingOptions(columns: model.columnNames)
            let text = try source.text(reading.encoding, monitor: monitor)
            if let text, let rows = try model.stream(text, request, monitor: monitor) {
                return try DataCube(rows, monitor: monitor)
            }
            let table = try source.table(reading, from: text, monitor: monitor)
            return try model.cube(request.prepared(table))
        }
        try outputOptions.put(cube)
    }
}

/// Describes a cube.
struct CubeShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Say what a cube holds: rows, terms, levels, pairs of levels.",
        discussion: """
            Example: what can be asked of a cube.

              mixed cube show big.cube
            """)

    @Argument(help: "A cube that was made with: mixed cube FORMULA DATA -o FILE.")
    var cube: String

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        let cube = try CubeArgument.cube(self.cube)
        try outputOptions.check(inputs: [self.cube])
        let report = ResultsReport(cube, byteCount: Folder.size(of: self.cube))
        try outputOptions.put { format, width in report.rendered(as: format, width: width) }
    }
}
