// The list of the data sets that come with the program: what they are, how large, and a model to try on each.

import MixedModels

/// The bundled data sets with their sizes.
struct ExampleListing {
    private let examples: [(dataSet: BundledDataSet, rowCount: Int, columnNames: [String])]

    /// Reads all data sets, for their sizes.
    init() throws {
        examples = try BundledData.dataSets.map { dataSet in
            let table = try BundledData.table(dataSet.name)
            return (dataSet, table.rowCount, table.columnNames)
        }
    }

    /// The command that fits a model to a data set.
    private static func command(_ dataSet: BundledDataSet) -> String {
        "mixed fit '\(dataSet.formula)' @\(dataSet.name)"
    }

    /// One row for each data set.
    var table: ReportTable {
        ReportTable(
            columns: [
                .init("name", format: .text), .init("rows", format: .integer), .init("columns", format: .integer),
                .init("column_names", format: .text), .init("summary", format: .text),
                .init("formula", format: .text), .init("command", format: .text), .init("source", format: .text),
            ],
            rows: examples.map { example in
                [
                    .text(example.dataSet.name), .integer(example.rowCount), .integer(example.columnNames.count),
                    .text(example.columnNames.joined(separator: " ")), .text(example.dataSet.summary),
                    .text(example.dataSet.formula), .text(Self.command(example.dataSet)),
                    .text(example.dataSet.source),
                ]
            })
    }

    /// The list for a terminal of that width; commands are never broken, so that they can be copied.
    func text(width: Int) -> String {
        var lines = ["Data sets that come with mixed. Name one as @NAME wherever a data file can stand.", ""]
        for (dataSet, rowCount, columnNames) in examples {
            let size = "@\(dataSet.name): \(rowCount) rows of \(columnNames.joined(separator: ", "))"
            lines += Self.wrapped(size, width: width, indent: 4)
            lines += Self.wrapped("  " + dataSet.summary, width: width, indent: 2)
            lines += ["  \(Self.command(dataSet))", ""]
        }
        lines.append("The rows of one: mixed examples NAME")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text in lines that are no wider than `width`; all but the first are indented.
    private static func wrapped(_ text: String, width: Int, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = String(text.prefix { $0 == " " })
        var isNew = true
        for word in text.split(separator: " ") {
            if !isNew, line.count + 1 + word.count > width {
                lines.append(line)
                line = margin
                isNew = true
            }
            line += (isNew ? "" : " ") + word
            isNew = false
        }
        return lines + [line]
    }
}
