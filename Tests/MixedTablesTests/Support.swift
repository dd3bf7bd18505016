// Short ways to make tables and to look at what expressions give.

import MixedSyntax

@testable import MixedTables

/// The table that the text reads as.
func read(_ text: String, _ options: ReadingOptions = .init(), pieceSize: Int = TableAssembler.pieceSize)
    throws(TableError) -> DataTable
{
    try read(Array(text.utf8), options, pieceSize: pieceSize)
}

func read(_ bytes: [UInt8], _ options: ReadingOptions = .init(), pieceSize: Int = TableAssembler.pieceSize)
    throws(TableError) -> DataTable
{
    let source = try TextSource(bytes, named: "test.csv", encoding: options.encoding)
    return try DataTable(source, options: options, pieceSize: pieceSize)
}

/// The values of a column as text, `NA` for missing ones.
func shown(_ values: ColumnValues) -> [String] {
    (0..<values.count).map { values.text(at: $0) ?? "NA" }
}

func shown(_ table: DataTable, _ name: String) -> [String] {
    table[name].map { shown($0.values) } ?? []
}

/// The type of a column by R's name.
func type(_ values: ColumnValues) -> String {
    switch values {
    case .double: "double"
    case .integer: "integer"
    case .boolean: "logical"
    case .categorical(let values): values.kind == .text ? "character" : values.kind.rawValue
    }
}

extension DataTable {
    /// The values of an expression that is given as text.
    func evaluate(_ text: String) throws(Diagnostic) -> ColumnValues {
        try evaluate(TableExpression(parsing: text), source: text)
    }

    /// The values of an expression as text, blanks between them.
    func result(_ text: String) throws(Diagnostic) -> String {
        shown(try evaluate(text)).joined(separator: " ")
    }
}
