// Writing a table as delimited text.

extension DataTable {
    /// The table as delimited text, with a header and a line for each row.
    ///
    /// Fields are quoted only where they must be: when they hold the delimiter, a quote or a line end, or begin or end with a
    /// blank. Doubles have the fewest digits that give them back exactly; missing values are `NA`. Text that is empty or
    /// reads `NA` is written as it is, and comes back as missing unless it is read with other codes; a factor comes back as
    /// text.
    ///
    /// - Parameter delimiter: what stands between fields; `automatic` is a comma, `whitespace` a blank.
    /// - Throws: `TableError.unsuitableDelimiter` for delimiters that occur in numbers or are no ASCII characters.
    /// - **Complexity:** linear in the size of the text.
    public func delimitedText(delimiter: ReadingOptions.Delimiter = .comma) throws(TableError) -> [UInt8] {
        let writer = try DelimitedWriter(delimiter)
        var text: [UInt8] = []
        text.reserveCapacity((rowCount + 1) * columns.count * 8)
        for (index, column) in columns.enumerated() {
            if index > 0 { text.append(writer.delimiter) }
            writer.append(text: column.name, to: &text)
        }
        text.append(0x0A)
        let fields = columns.map { writer.quotedLevels($0.values) }
        for row in 0..<rowCount {
            for (index, column) in columns.enumerated() {
                if index > 0 { text.append(writer.delimiter) }
                writer.append(column.values, row, levels: fields[index], to: &text)
            }
            text.append(0x0A)
        }
        return text
    }

    /// Writes the table to a file, whole or not at all; the path `-` is standard output.
    ///
    /// The text goes to a temporary file beside the one to be written, which then takes its place.
    ///
    /// - Throws: `TableError.unwritable` when the folder does not exist or may not be written to.
    public func write(to path: String, delimiter: ReadingOptions.Delimiter = .comma) throws(TableError) {
        try FileReplacement.write(delimitedText(delimiter: delimiter), to: path)
    }
}

/// Turns values into fields.
private struct DelimitedWriter {
    let delimiter: UInt8

    init(_ choice: ReadingOptions.Delimiter) throws(TableError) {
        switch choice {
        case .automatic, .comma: delimiter = 0x2C
        case .tab: delimiter = 0x09
        case .semicolon: delimiter = 0x3B
        case .whitespace: delimiter = 0x20
        case .other(let byte):
            let isPlain = byte >= 0x20 && byte < 0x7F && !Set("0123456789+-.eEnaINF\"".utf8).contains(byte)
            guard isPlain || byte == 0x09 else {
                throw .unsuitableDelimiter(
                    reason: "The delimiter must be an ASCII character that is not part of numbers")
            }
            delimiter = byte
        }
    }

    /// Quotes a text where it must be.
    func append(text: String, to output: inout [UInt8]) {
        let bytes = Array(text.utf8)
        let isBlankAtEnds = bytes.first.map { $0 <= 0x20 } ?? true || bytes.last.map { $0 <= 0x20 } ?? true
        let isSpecial = bytes.contains { byte in
            byte == delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D
                || (delimiter == 0x20 && byte == 0x09)
        }
        guard isBlankAtEnds || isSpecial else {
            output += bytes
            return
        }
        output.append(0x22)
        for byte in bytes {
            if byte == 0x22 { output.append(0x22) }
            output.append(byte)
        }
        output.append(0x22)
    }

    /// The fields of the levels of a column of text.
    func quotedLevels(_ values: ColumnValues) -> [[UInt8]] {
        guard case .categorical(let values) = values else { return [] }
        return values.levels.map { level in
            var field: [UInt8] = []
            append(text: level, to: &field)
            return field
        }
    }

    func append(_ values: ColumnValues, _ row: Int, levels: [[UInt8]], to output: inout [UInt8]) {
        if values.isMissing(at: row) {
            output += "NA".utf8
            return
        }
        switch values {
        case .double(let values): output += Self.shortest(values[row]).utf8
        case .integer(let values): output += String(values[row]).utf8
        case .boolean(let values): output += (values[row] != 0 ? "TRUE" : "FALSE").utf8
        case .categorical(let values): output += levels[Int(values.codes[row])]
        }
    }

    /// The fewest digits that give the number back: `0.1`, `100`, `1e-05`.
    private static func shortest(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "Inf" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
