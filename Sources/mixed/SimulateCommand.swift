// `mixed simulate`: new responses for the rows of a table.

import ArgumentParser
import MixedModels

/// Draws responses from a saved model for the rows of a table.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate responses from a saved model for the rows of a table.",
        discussion: """
            The table comes out with the columns sim_1, sim_2, ... Every level of a grouping factor has new random effects, \
            levels that the model has not seen included; with --conditional, levels that it has seen keep theirs.

            Example: five responses for the rows the model was fitted to.

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy --save sleep.mixed
              mixed simulate sleep.mixed @sleepstudy --replicates 5 -o simulated.csv

            \(DataOptions.order)
            """)

    @OptionGroup
    var argument: SavedModelArgument

    @Argument(help: "A text file (also .gz), '-' for standard input, or @NAME for a data set of 'mixed examples'.")
    var data: String?

    @OptionGroup(title: "Data options")
    var dataOptions: DataOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("How many responses to simulate.", valueName: "n"))
    var replicates = 1

    @Option(help: ArgumentHelp("Names the random numbers: a whole number from 0.", valueName: "seed"))
    var seed: UInt64 = 1

    @Flag(help: "Keep the random effects of the levels that the model knows, and draw errors only.")
    var conditional = false

    @Flag(help: "Write the simulated columns only, not the data beside them.")
    var only = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the CSV to this file instead of standard output, whole or not at all.", valueName: "file"))
    var output: String?

    @Flag(help: "No notes or warnings on standard error.")
    var quiet = false

    mutating func run() throws {
        let saved = try argument.load()
        guard let data else {
            throw CommandError(
                "Responses are simulated for rows, and a saved model keeps no rows: name the data as well",
                hint: "mixed simulate \(argument.model) DATA.csv -o simulated.csv")
        }
        let request = try DataRequest(dataOptions)
        let source = try DataSource(data)
        if let output {
            try Folder.checkWritable(
                output, option: "--output", inputs: [argument.model] + (source.path.map { [$0] } ?? []))
        }
        let table = try LongWork.run(isQuiet: quiet) {
            try source.table(request.readingOptions(columns: nil), monitor: $0)
        }
        let prepared = try request.prepared(table)
        let fit = saved.fit
        let simulated = try fit.simulatedResponses(
            for: prepared.table, replicates: replicates, seed: seed, conditional: conditional)
        let result = try self.table(prepared.table, simulated)
        if let output, output != "-" {
            try result.write(to: output)
        } else {
            try Console.write(String(decoding: result.delimitedText(), as: UTF8.self))
        }
        guard !quiet else { return }
        for note in prepared.notes + notes(fit, simulated, rowCount: prepared.table.rowCount) {
            Console.writeError("note: \(note)")
        }
    }

    /// The table with the simulated columns; rows without a response have missing values.
    private func table(_ table: DataTable, _ simulated: SimulatedResponses) throws -> DataTable {
        var columns = only ? [] : table.columns
        for (index, values) in simulated.values.enumerated() {
            let name = "sim_\(index + 1)"
            guard only || table[name] == nil else {
                throw CommandError(
                    "The data has a column '\(name)' already", hint: "write the simulated columns alone: --only")
            }
            var filled = [Double](repeating: .nan, count: table.rowCount)
            for (row, value) in zip(simulated.rows, values) { filled[row] = value }
            columns.append(Column(name, .double(filled)))
        }
        return try DataTable(columns: columns)
    }

    private func notes(_ fit: LinearMixedModelFit, _ simulated: SimulatedResponses, rowCount: Int) -> [String] {
        var notes: [String] = []
        let missing = rowCount - simulated.rows.count
        if missing > 0 {
            notes.append(
                "\(missing) of \(rowCount) rows miss a variable of the model and have no simulated response (NA).")
        }
        for (group, levels) in simulated.newLevels.sorted(by: { $0.key < $1.key }) {
            let shown = levels.prefix(5).joined(separator: ", ")
            notes.append(
                "\(levels.count) \(levels.count == 1 ? "level" : "levels") of \(group) that the model has not seen had random effects drawn: \(shown)\(levels.count > 5 ? ", ..." : "")."
            )
        }
        if !conditional, fit.hasRandomEffects {
            notes.append("All groups have new random effects; with --conditional they keep those of the model.")
        }
        return notes
    }
}
