// Reading a table from a file, a pipe or bytes in memory.

extension DataTable {
    /// Reads a delimited text file, also a gzip-compressed one; the path `-` is standard input.
    ///
    /// Fields are separated by commas, tabs, semicolons, bars or white space, whichever the header and the first rows agree
    /// on. Blanks around numbers and names are dropped, text keeps its own, as in R's `read.csv`. Lines end with LF, CRLF or CR; blank lines
    /// are skipped. A byte-order mark is ignored. Columns without a name are called `V1`, `V2`, ... by their position.
    ///
    /// Where rows have one field more than the header, as in files of R's `write.table`, the first field names the rows. It
    /// is read only if `options.columns` names `row.names`.
    ///
    /// The type of a column is found from all its values: truth values (`TRUE`, `false`, `T`, ...), whole numbers, numbers,
    /// and text for everything else. Quoted numbers are numbers, as in R's `read.csv`. Whole numbers that `Int` cannot
    /// hold are text, so that long identifiers stay what they are. A column without any value has truth values, as in R.
    ///
    /// - **Complexity:** one pass over the bytes.
    /// - Throws: `TableError` for a file that is missing, empty, no text or not UTF-8, for ragged rows, open quotes and
    ///   repeated column names.
    public init(contentsOf path: String, options: ReadingOptions = .init()) throws(TableError) {
        let name = path == "-" ? "standard input" : path
        try self.init(FileBytes.open(path), named: name, options: options)
    }

    /// Reads delimited text, plain or gzip-compressed, from memory.
    ///
    /// - Parameter named: what messages call the text.
    /// - Throws: as `init(contentsOf:options:)`.
    public init(parsing bytes: [UInt8], named: String, options: ReadingOptions = .init()) throws(TableError) {
        var copy = GrowingBytes(capacity: bytes.count)
        guard let room = copy.room(atLeast: bytes.count) else {
            throw .unreadable(file: named, reason: "not enough memory")
        }
        room.copyBytes(from: bytes)
        copy.count = bytes.count
        try self.init(copy.finish(), named: named, options: options)
    }

    init(
        _ file: FileBytes, named name: String, options: ReadingOptions, pieceSize: Int = TableAssembler.pieceSize
    ) throws(TableError) {
        var contents = file
        if contents.isGzip { contents = try contents.inflated(named: name) }
        guard contents.bytes.count > 0 else { throw .empty(file: name) }
        if let kind = FileKind.nonText(contents.bytes) { throw .notText(file: name, looksLike: kind) }
        if options.encoding == .latin1 { contents = try contents.convertedFromLatin1(named: name) }
        self = try Self.parse(contents, named: name, options: options, pieceSize: pieceSize)
    }

    private static func parse(
        _ contents: FileBytes, named name: String, options: ReadingOptions, pieceSize: Int
    ) throws(TableError) -> DataTable {
        // The pointers into the contents live as long as this function does.
        defer { withExtendedLifetime(contents) {} }
        var text = contents.bytes.assumingMemoryBound(to: UInt8.self)
        var start = 0
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        text = UnsafeBufferPointer(rebasing: text[start...])
        guard let base = text.baseAddress, !text.isEmpty else { throw .empty(file: name) }

        let dialect = Dialect(of: text, options: options)
        let scanner = FieldScanner(base: base, count: text.count, delimiter: dialect.delimiter)
        let header = try FileHeader(scanner, from: 0, hasHeader: options.hasHeader, file: name)
        let isWanted = header.names.enumerated().map { index, column in
            options.columns?.contains(column) ?? !(index == 0 && header.hasUnnamedRowNames)
        }
        let assembler = TableAssembler(
            context: PieceContext(
                scanner: scanner, numbers: NumberScanner(base: base, decimalMark: dialect.decimalMark),
                missing: MissingCodes(options.missingCodes), fieldCount: header.fieldCount,
                hasTrailingDelimiter: header.hasTrailingDelimiter),
            file: name, names: header.names, isWanted: isWanted)
        let (columns, rowCount) = try assembler.columns(from: header.rowsStart, pieceSize: pieceSize)
        let omitted = zip(header.names, isWanted).filter { !$0.1 }.map(\.0)
        return DataTable(checked: columns, rowCount: rowCount, origin: name, omittedColumns: omitted)
    }
}

extension FileBytes {
    /// The text in UTF-8, where each byte was one character of ISO 8859-1.
    fileprivate func convertedFromLatin1(named name: String) throws(TableError) -> FileBytes {
        var output = GrowingBytes(capacity: bytes.count)
        guard let room = output.room(atLeast: bytes.count * 2) else {
            throw .unreadable(file: name, reason: "not enough memory")
        }
        var count = 0
        for byte in bytes {
            if byte < 0x80 {
                room[count] = byte
                count += 1
            } else {
                room[count] = 0xC0 | byte >> 6
                room[count + 1] = 0x80 | byte & 0x3F
                count += 2
            }
        }
        output.count = count
        return output.finish()
    }
}
