// Reading a table from a file, a pipe or bytes in memory.

public import MixedProgress

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
    /// - Parameter monitor: Is told how far the reading is, and can stop it.
    /// - **Complexity:** one pass over the bytes.
    /// - Throws: `TableError` for a file that is missing, empty, no text or not UTF-8, for ragged rows, open quotes and
    ///   repeated column names; `.interrupted` where it was stopped.
    public init(
        contentsOf path: String, options: ReadingOptions = .init(), monitor: WorkMonitor = .none
    ) throws(TableError) {
        try self.init(
            TextSource.open(path, options: options, monitor: monitor), options: options, monitor: monitor)
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
        let source = try TextSource.open(copy.finish(), named: named, options: options)
        try self.init(source, options: options)
    }

    init(
        _ source: TextSource, options: ReadingOptions, pieceSize: Int = TableAssembler.pieceSize,
        monitor: WorkMonitor = .none
    ) throws(TableError) {
        let text = try DelimitedText(source, options: options)
        let assembler = TableAssembler(
            text: text, pieceSize: pieceSize, threads: options.threadCount, monitor: monitor)
        let (columns, rowCount) = try assembler.columns()
        self.init(checked: columns, rowCount: rowCount, origin: source.name, omittedColumns: text.omittedColumns)
    }
}

extension TextSource {
    /// The text of a file; `-` is standard input. Compressed text and Latin-1 text are converted in memory.
    static func open(
        _ path: String, options: ReadingOptions, monitor: WorkMonitor = .none
    ) throws(TableError) -> TextSource {
        if path != "-", options.encoding == .utf8, let file = try OpenFile.regular(path), try !file.isGzip(named: path)
        {
            return TextSource(file, named: path)
        }
        return try open(
            FileBytes.open(path, monitor: monitor), named: path == "-" ? "standard input" : path, options: options,
            monitor: monitor)
    }

    /// The text that some bytes hold.
    static func open(
        _ bytes: FileBytes, named name: String, options: ReadingOptions, monitor: WorkMonitor = .none
    ) throws(TableError) -> TextSource {
        var contents = bytes
        if contents.isGzip { contents = try contents.inflated(named: name, monitor: monitor) }
        if options.encoding == .latin1 {
            if let kind = FileKind.nonText(contents.bytes) { throw .notText(file: name, looksLike: kind) }
            contents = try contents.convertedFromLatin1(named: name)
        }
        return TextSource(contents, named: name)
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
