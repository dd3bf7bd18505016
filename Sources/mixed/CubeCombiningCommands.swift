// `mixed cube add`, `subtract` and `merge`: cubes combined by the names of levels.

import ArgumentParser
import MixedModels

/// Adds a cube or rows to a cube.
struct CubeAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add the rows of another cube, or of a data file, to a cube.",
        discussion: """
            Example: yesterday's cube and today's rows. They are coded with the cube's levels, contrasts, means and knots; \
            grouping factors may have new levels.

              mixed cube add study.cube today.csv -o study.cube

            \(DataOptions.order) They are for a data file, and should be those that the cube was made with.
            """)

    @OptionGroup
    var operands: CubeOperands

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Output options")
    var outputOptions: CubeOutputOptions

    mutating func run() throws {
        let (cube, other) = try operands.load(dataOptions, outputOptions)
        try outputOptions.put(try cube.adding(other))
    }
}

/// Takes a cube or rows out of a cube.
struct CubeSubtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subtract",
        abstract: "Take the rows of another cube, or of a data file, out of a cube.",
        discussion: """
            Example: a participant withdraws. The rows are those of the file that the cube was made from.

              mixed cube subtract study.cube study.csv --where 'id == "S17"' -o study.cube

            Levels that lose all rows are gone. Rows that the cube does not have are refused.

            \(DataOptions.order) They are for a data file, and should be those that the cube was made with.
            """)

    @OptionGroup
    var operands: CubeOperands

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @OptionGroup(title: "Output options")
    var outputOptions: CubeOutputOptions

    mutating func run() throws {
        let (cube, other) = try operands.load(dataOptions, outputOptions)
        try outputOptions.put(try cube.subtracting(other))
    }
}

/// Merges cubes.
struct CubeMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge cubes of the same formula into one, by the names of levels.",
        discussion: """
            Example: hospitals that may not share rows make a cube each, and refuse to hand out cells of few patients.

              mixed cube 'bp ~ dose * sex + (1 | hospital)' north.csv --min-cell 5 -o north.cube
              mixed cube merge north.cube south.cube --min-cell 5 -o all.cube
              mixed fit 'bp ~ dose + sex + (1 | hospital)' all.cube
            """)

    @Argument(help: "Cubes that were made with the same formula and options.")
    var cubes: [String]

    @OptionGroup(title: "Output options")
    var outputOptions: CubeOutputOptions

    mutating func run() throws {
        try outputOptions.check(inputs: cubes)
        var loaded: [DataCube] = []
        for path in cubes {
            let cube = try CubeArgument.cube(path)
            try outputOptions.checkCells(cube)
            loaded.append(cube)
        }
        try outputOptions.put(try DataCube.merging(loaded))
    }
}

/// A cube, and what is added to it or taken out of it.
struct CubeOperands: ParsableArguments {
    @Argument(help: "A cube that was made with: mixed cube FORMULA DATA -o FILE.")
    var cube: String

    @Argument(help: "Another cube of the same formula, or a data file with the same columns.")
    var other: String

    /// Reads the cube and the other one, or the rows as one.
    func load(_ options: DataOptions, _ output: CubeOutputOptions) throws -> (DataCube, DataCube) {
        let request = try DataRequest(options)
        // The first cube may be replaced by the result.
        try output.check(inputs: [other])
        let first = try CubeArgument.cube(cube)
        if case .file(let path) = try DataSource(other), try SavedFileKind(contentsOf: path) == .cube {
            if let option = (request.rowOptions + (options.levels.isEmpty ? [] : ["--levels"])).first {
                throw CommandError("\(option) needs rows, and '\(path)' is a cube")
            }
            let second = try CubeArgument.cube(path)
            try output.checkCells(second)
            return (first, second)
        }
        let source = try DataSource(other)
        let reading = request.readingOptions(columns: Set(first.columnKinds.keys))
        let table = try LongWork.run(isQuiet: output.quiet) { try source.table(reading, monitor: $0) }
        let data = try request.prepared(table)
        let part = try data.placingErrors { try first.part(of: data.table, notes: data.notes) }
        return (first, part)
    }
}

/// Reading of cubes that an argument names.
enum CubeArgument {
    /// The cube of a file.
    static func cube(_ path: String) throws -> DataCube {
        if path.contains("~"), !Folder.exists(path) {
            throw CommandError(
                "'\(path)' is a formula, and a cube is needed",
                hint: "make it first: mixed cube '\(path)' DATA -o FILE.cube")
        }
        guard Folder.exists(path) else { throw CommandError(CommandError.missingFile(path)) }
        return try DataCube(contentsOf: path)
    }
}

/// Where a cube goes, and what it may not tell.
struct CubeOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the cube to this file, whole or not at all.", valueName: "file"))
    var output: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Refuse cubes in which a level, a pair of levels, or a combination of the factors' levels has fewer rows.",
            valueName: "k"))
    var minCell: Int?

    @Option(help: "The form of the description.")
    var format: ReportFormat = .text

    @Flag(help: "No description.")
    var quiet = false

    mutating func validate() throws {
        if let minCell, minCell < 1 { throw ValidationError("--min-cell needs a whole number from 1") }
    }

    /// Refuses an output file that cannot be written, before any work is done.
    func check(inputs: [String]) throws(CommandError) {
        guard output != "-" else {
            throw CommandError("A cube is written to a file, not to standard output", hint: "-o FILE.cube")
        }
        try Folder.checkWritable(output, option: "--output", inputs: inputs)
    }

    /// Refuses a cube with cells of fewer rows than are asked for.
    func checkCells(_ cube: DataCube) throws(CubeError) {
        if let minCell { try cube.requireCells(of: minCell) }
    }

    /// Writes the cube and shows what it holds.
    func put(_ cube: DataCube) throws {
        try checkCells(cube)
        try cube.write(to: output)
        guard !quiet else { return }
        var written = cube
        written.origin = output
        let report = ResultsReport(written, byteCount: Folder.size(of: output))
        try Console.write(report.rendered(as: format, width: Console.width))
    }
}
