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
        let text = try TextSource(contentsOf: path, encoding: options.encoding, monitor: monitor)
        try self.init(text, options: options, monitor: monitor)
    }

    /// Reads delimited text that has been opened.
    ///
    /// - Throws: as `init(contentsOf:options:)`.
    public init(
        _ text: TextSource, options: ReadingOptions = .init(), monitor: WorkMonitor = .none
    ) throws(TableError) {
        try self.init(text, options: options, pieceSize: TableAssembler.pieceSize, monitor: monitor)
    }

    /// Reads delimited text, plain or gzip-compressed, from memory.
    ///
    /// - Parameter named: what messages call the text.
    /// - Throws: as `init(contentsOf:options:)`.
    public init(parsing bytes: [UInt8], named: String, options: ReadingOptions = .init()) throws(TableError) {
        try self.init(TextSource(bytes, named: named, encoding: options.encoding), options: options)
    }

    init(
        _ source: TextSource, options: ReadingOptions, pieceSize: Int, monitor: WorkMonitor = .none
    ) throws(TableError) {
        let text = try DelimitedText(source, options: options)
        let assembler = TableAssembler(
            text: text, pieceSize: pieceSize, threads: options.threadCount, monitor: monitor)
        let (columns, rowCount) = try assembler.columns()
        self.init(checked: columns, rowCount: rowCount, origin: source.name, omittedColumns: text.omittedColumns)
    }
}
