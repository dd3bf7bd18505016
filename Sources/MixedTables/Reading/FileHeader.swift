// The first record of a file: the names of its columns.

/// The columns of a file, from its header and its first row.
struct FileHeader {
    /// The name of each field that makes a column; `row.names` for the unnamed first field of `write.table`'s files.
    var names: [String]
    /// How many fields every record has.
    var fieldCount: Int
    /// Whether each record ends with a delimiter too many.
    var hasTrailingDelimiter = false
    /// Whether the first field of the rows has no name in the header.
    var hasUnnamedRowNames = false
    /// Where the rows begin.
    var rowsStart: Int

    /// What unnamed row names are called.
    static let rowNames = "row.names"

    init(
        _ scanner: FieldScanner, from start: Int, hasHeader: Bool, file: String, lines: TextSource
    ) throws(TableError) {
        let first = scanner.startOfRecord(start)
        guard first < scanner.count else { throw .empty(file: file) }
        let (fields, next) = scanner.record(at: first)
        if let open = fields.last, open.isUnterminated {
            throw .unterminatedQuote(file: file, line: lines.line(of: open.start - 1))
        }
        fieldCount = fields.count
        guard hasHeader else {
            names = fields.indices.map { "V\($0 + 1)" }
            rowsStart = first
            return
        }
        rowsStart = next
        names = []
        for (index, field) in fields.enumerated() {
            let bytes = scanner.contents(field)
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw .notUTF8(file: file, line: lines.line(of: field.start), column: nil)
            }
            if bytes.contains(0) { throw .notText(file: file, looksLike: "binary data") }
            names.append(name.isEmpty ? "V\(index + 1)" : name)
        }
        try fitToRows(scanner, header: fields)
        var positions: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let earlier = positions.updateValue(index, forKey: name) {
                throw .duplicateHeader(file: file, name: name, first: earlier + 1, second: index + 1)
            }
        }
    }

    /// Where the rows have one field more than the header, finds out which field has no name.
    private mutating func fitToRows(_ scanner: FieldScanner, header: [Field]) throws(TableError) {
        let row = scanner.startOfRecord(rowsStart)
        guard row < scanner.count else { return }
        let fields = scanner.record(at: row).fields
        if fields.count == header.count + 1, let last = fields.last {
            fieldCount = fields.count
            if last.end == last.start, !last.isQuoted {
                hasTrailingDelimiter = true
            } else {
                names.insert(Self.rowNames, at: 0)
                hasUnnamedRowNames = true
            }
        } else if let last = header.last, header.count > 1, last.start == last.end, !last.isQuoted,
            fields.count == header.count, let end = fields.last, end.start == end.end, !end.isQuoted
        {
            // Header and rows both end with a delimiter too many: the last column has no name and no values.
            names.removeLast()
            hasTrailingDelimiter = true
        }
    }
}
