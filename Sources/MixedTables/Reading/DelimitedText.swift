// A delimited text whose header has been read: how its rows are divided, which columns they have, and where they begin.

/// A text, its dialect and its columns.
struct DelimitedText {
    let source: TextSource
    let context: PieceContext
    /// The names of the columns, by field.
    let names: [String]
    /// For each field whether it is wanted.
    let isWanted: [Bool]
    /// Where the first row begins.
    let rowsStart: Int

    /// How many bytes of a file are looked at to find its dialect.
    private static let sampleSize = 1 << 18

    /// Reads the header of a text.
    ///
    /// - Throws: `TableError` for a text that is empty, no text or not UTF-8, and for repeated column names.
    init(_ source: TextSource, options: ReadingOptions) throws(TableError) {
        let buffer = TextBuffer()
        var size = try source.end(within: Self.sampleSize)
        guard size > 0 else { throw .empty(file: source.name) }
        while true {
            let span = try source.load(0..<size, into: buffer)
            let sample = UnsafeBufferPointer(start: span.base, count: span.range.upperBound)
            if let kind = FileKind.nonText(UnsafeRawBufferPointer(sample)) {
                throw .notText(file: source.name, looksLike: kind)
            }
            let start = sample.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            guard sample.count > start else { throw .empty(file: source.name) }
            let dialect = Dialect(of: UnsafeBufferPointer(rebasing: sample[start...]), options: options)
            let scanner = FieldScanner(base: span.base, count: sample.count, delimiter: dialect.delimiter)
            // A header with thousands of columns, or with an open quote, may be longer than the sample.
            if !source.isEnd(sample.count), scanner.endOfSecondRecord(from: start) + 1 >= sample.count {
                size = try source.end(within: size * 8)
                continue
            }
            let header = try FileHeader(
                scanner, from: start, hasHeader: options.hasHeader, file: source.name, lines: source)
            self.source = source
            names = header.names
            isWanted = header.names.enumerated().map { index, column in
                options.columns?.contains(column) ?? !(index == 0 && header.hasUnnamedRowNames)
            }
            rowsStart = header.rowsStart
            context = PieceContext(
                dialect: dialect, missing: MissingCodes(options.missingCodes), fieldCount: header.fieldCount,
                hasTrailingDelimiter: header.hasTrailingDelimiter)
            return
        }
    }

    /// The columns that are not read.
    var omittedColumns: [String] { zip(names, isWanted).filter { !$0.1 }.map(\.0) }

    /// What each column is read as when nothing is known of it.
    var unknownKinds: [StoredKind] { isWanted.map { $0 ? .unknown : .skipped } }
}

extension FieldScanner {
    /// Where the second record after `start` ends, or the end of the text.
    fileprivate func endOfSecondRecord(from start: Int) -> Int {
        var offset = startOfRecord(start)
        for _ in 0..<2 where offset < count { offset = startOfRecord(record(at: offset).next) }
        return offset
    }
}
