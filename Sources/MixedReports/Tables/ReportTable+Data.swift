// A table for other programs: CSV and JSON, with all digits of all numbers.

extension ReportTable {
    /// The table as CSV (RFC 4180) with a header line of the columns' names; `NA` stands for what is missing.
    ///
    /// - Parameter lineEnding: The RFC's, unless told otherwise.
    public func csv(lineEnding: String = "\r\n") -> String {
        var output = columns.map { Self.csvField($0.name) }.joined(separator: ",") + lineEnding
        for row in rows.indices {
            let fields = columns.indices.map { column -> String in
                switch cell(row, column) {
                // Quoted, the text "NA" is a text.
                case .text(let text): text == "NA" ? "\"NA\"" : Self.csvField(text)
                case .number(let value): NumberText.full(value)
                case .integer(let value): String(value)
                case .boolean(let value): value ? "TRUE" : "FALSE"
                case .missing: "NA"
                }
            }
            output += fields.joined(separator: ",") + lineEnding
        }
        return output
    }

    /// The rows as an array of objects whose keys are the columns' names; what is missing, NaN or infinite is `null`.
    public func json() -> JSONValue {
        .array(
            rows.indices.map { row in
                .object(columns.indices.map { JSONValue.Member(columns[$0].name, Self.jsonValue(cell(row, $0))) })
            })
    }

    private static func jsonValue(_ cell: Cell) -> JSONValue {
        switch cell {
        case .text(let text): .string(text)
        case .number(let value): value.isFinite ? .number(value) : .null
        case .integer(let value): .integer(value)
        case .boolean(let value): .boolean(value)
        case .missing: .null
        }
    }

    private static func csvField(_ text: String) -> String {
        let needsQuotes =
            text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
            || text.first == " " || text.last == " "
        guard needsQuotes else { return text }
        var output = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { output += "\"" }
            output.unicodeScalars.append(scalar)
        }
        return output + "\""
    }
}
