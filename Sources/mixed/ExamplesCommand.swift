// `mixed examples`: the data sets that come with the program.

import ArgumentParser
import MixedModels

/// Lists the bundled data sets, or puts one out.
struct ExamplesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "examples",
        abstract: "List the data sets that come with mixed, with a model to try on each, or put one out as CSV.",
        discussion: """
            Example: look at a data set, fit a model to it, and keep a copy.

              mixed examples sleepstudy | head
              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy
              mixed examples sleepstudy -o sleepstudy.csv
            """)

    @Argument(help: "The data set to put out; without it all are listed.")
    var name: String?

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    mutating func run() throws {
        try outputOptions.check(inputs: [])
        guard let name else {
            let listing = try ExampleListing()
            return try outputOptions.put { format, width in
                format == .text ? listing.text(width: width) : listing.table.rendered(as: format)
            }
        }
        let plain = name.hasPrefix("@") ? String(name.dropFirst()) : name
        let table = try BundledData.table(DataSource.bundledName(plain))
        let text = try String(decoding: table.delimitedText(), as: UTF8.self)
        // Data has no other plain form than CSV.
        try outputOptions.put { format, _ in
            format == .text || format == .csv ? text : ReportTable(table).rendered(as: format)
        }
    }
}

extension ReportTable {
    /// The rows of a data table.
    fileprivate init(_ table: DataTable) {
        self.init(
            columns: table.columns.map { column in
                switch column.values {
                case .double: Column(column.name, format: .estimate())
                case .integer: Column(column.name, format: .integer)
                case .boolean, .categorical: Column(column.name, format: .text)
                }
            },
            rows: (0..<table.rowCount).map { row in table.columns.map { Self.cell($0.values, row) } })
    }

    private static func cell(_ values: ColumnValues, _ row: Int) -> Cell {
        if values.isMissing(at: row) { return .missing }
        switch values {
        case .double(let values): return .number(values[row])
        case .integer(let values): return .integer(values[row])
        case .boolean(let values): return .boolean(values[row] != 0)
        case .categorical(let values): return .text(values.levels[Int(values.codes[row])])
        }
    }

    /// The table in a format; in JSON the object `{"rows": [...]}`.
    fileprivate func rendered(as format: ReportFormat) -> String {
        switch format {
        case .text: text()
        case .json: JSONValue.object([.init("rows", json())]).text(.pretty)
        case .csv: csv(lineEnding: "\n")
        case .markdown: markdown()
        case .html: html()
        case .latex: latex()
        }
    }
}
