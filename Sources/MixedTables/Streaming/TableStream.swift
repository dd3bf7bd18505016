// A delimited text that is read part by part, so that it may be larger than memory.

package import MixedProgress
internal import Synchronization

/// The rows of a text, a part at a time, with the types that a sample of its parts has.
///
/// What a part cannot know is found out from a sample: the first part, and every part that turns out not to fit the sample.
package struct TableStream: Sendable {
    let text: DelimitedText
    /// How many threads may read.
    package let threads: Int
    /// The first part of the text.
    package let firstPlace: Place
    /// Whether the text is no longer than one part.
    package let isShort: Bool
    private let pieceSize: Int

    /// A range of the text that holds whole records.
    package struct Place: Hashable, Sendable {
        fileprivate var start: Int
        fileprivate var end: Int
    }

    /// Reads the header of a text that has been opened.
    ///
    /// - Throws: as `DataTable.init(contentsOf:options:)`.
    package init(_ source: TextSource, options: ReadingOptions) throws(TableError) {
        try self.init(source, options: options, pieceSize: TableAssembler.pieceSize)
    }

    init(_ source: TextSource, options: ReadingOptions, pieceSize: Int) throws(TableError) {
        text = try DelimitedText(source, options: options)
        threads = options.threadCount
        self.pieceSize = pieceSize
        let end = try source.end(within: text.rowsStart + pieceSize)
        firstPlace = Place(start: text.rowsStart, end: end)
        isShort = source.isEnd(end)
    }

    /// What messages call the text.
    package var name: String { text.source.name }
    /// How many bytes the text has, as far as it has been read.
    package var byteCount: Int { text.source.knownByteCount }
    /// The columns that are read.
    package var columnNames: [String] { zip(text.names, text.isWanted).filter(\.1).map(\.0) }

    /// The rows of some parts as one table.
    ///
    /// - Throws: as `DataTable.init(contentsOf:options:)`.
    package func table(of places: [Place]) throws(TableError) -> DataTable {
        let assembler = TableAssembler(text: text, pieceSize: pieceSize, threads: 1)
        let (columns, rowCount) = try assembler.columns(of: places.map { $0.start..<$0.end })
        return DataTable(
            checked: columns, rowCount: rowCount, origin: name, omittedColumns: text.omittedColumns)
    }

    /// A part of the rows.
    package struct Part {
        /// The rows; the columns that were asked for as codes have whole numbers where the sample has text.
        package let table: DataTable
        /// The texts behind the codes, or those that are new, for columns of text that were asked for as codes.
        package let levels: [String: LevelBatch]
        package let place: Place
        /// Whether a column has values of another type than in the sample.
        package let isSurprising: Bool
    }

    /// Reads all parts.
    ///
    /// - Parameters:
    ///   - sample: The table that tells the types of the columns.
    ///   - coded: Columns of which only equality matters.
    ///   - passesLevelsOnce: Whether a part has only those levels that its reader has not met before; the parts must then
    ///     be decoded in their order, and each of them.
    ///   - purpose: What the text is read for, as the monitor is told.
    ///   - transform: Work on a part that needs nothing of those before it; done by several threads at once.
    ///   - body: Takes what `transform` made, in the order of the text, with the number of rows before.
    /// - Throws: `TableError`, and what the closures throw.
    package func forEachPart<Result>(
        like sample: DataTable, coded: Set<String>, passesLevelsOnce: Bool = false,
        purpose: ReadingProgress.Purpose = .rows, monitor: WorkMonitor = .none,
        transform: @escaping (Part) throws -> Result,
        body: @escaping (Result, _ rowsBefore: Int, _ place: Place) throws -> Void
    ) throws {
        let shape = PartShape(text: text, sample: sample, coded: coded)
        let kinds = shape.kinds
        try PieceSequence(
            text: text, pieceSize: pieceSize, threads: threads, monitor: monitor, purpose: purpose,
            sharedColumns: passesLevelsOnce ? kinds.indices.filter { shape.isCoded[$0] && kinds[$0] == .text } : []
        ).forEach {
            kinds
        } transform: { piece, _ in
            (try transform(try shape.part(piece)), Place(start: piece.start, end: piece.end))
        } body: { result, rowsBefore in
            try body(result.0, rowsBefore, result.1)
        }
    }
}

/// How pieces become parts that look like a sample.
private struct PartShape {
    let text: DelimitedText
    let sampled: [ColumnValues?]
    let isCoded: [Bool]
    let omitted: [String]

    init(text: DelimitedText, sample: DataTable, coded: Set<String>) {
        self.text = text
        sampled = zip(text.names, text.isWanted).map { $1 ? sample[$0]?.values : nil }
        isCoded = text.names.map { coded.contains($0) }
        omitted = text.omittedColumns
    }

    /// What each column is read as.
    var kinds: [StoredKind] {
        sampled.map { values in
            switch values {
            case nil: .skipped
            case .categorical: .text
            default: .unknown
            }
        }
    }

    func part(_ piece: Piece) throws(TableError) -> TableStream.Part {
        var columns: [Column] = []
        var levels: [String: LevelBatch] = [:]
        var isSurprising = false
        for (index, store) in piece.columns.enumerated() {
            guard let sample = sampled[index] else { continue }
            let name = text.names[index]
            if !Self.fits(store, sample) { isSurprising = true }
            if store.dictionary.isFull || store.newLevels?.texts.isFull ?? false {
                throw .tooManyLevels(file: text.source.name, column: name)
            }
            let values: ColumnValues
            switch store.kind {
            case .text where isCoded[index]:
                values = .integer(store.codesAsIntegers(rowCount: piece.rowCount))
                levels[name] = store.newLevels ?? LevelBatch(reader: nil, first: 0, texts: store.dictionary)
            case .text:
                let names = try store.dictionary.entries.map { entry throws(TableError) in
                    try text.level(entry, of: store.dictionary, column: index)
                }
                values = .categorical(
                    CategoricalValues(codes: store.array(rowCount: piece.rowCount), levels: names, kind: .text))
            case .integer: values = .integer(store.array(rowCount: piece.rowCount))
            case .double: values = .double(store.array(rowCount: piece.rowCount))
            case .boolean: values = .boolean(store.array(rowCount: piece.rowCount))
            case .unknown, .failed, .skipped: values = Self.missing(like: sample, rowCount: piece.rowCount)
            }
            columns.append(Column(name, values))
        }
        let table = DataTable(
            checked: columns, rowCount: piece.rowCount, origin: text.source.name, omittedColumns: omitted)
        return TableStream.Part(
            table: table, levels: levels,
            place: TableStream.Place(start: piece.start, end: piece.end), isSurprising: isSurprising)
    }

    /// Whether values of a kind need no other type than the sample has.
    private static func fits(_ store: ColumnStore, _ sample: ColumnValues) -> Bool {
        switch (store.kind, sample) {
        case (.unknown, _), (.text, .categorical): true
        case (.integer, .integer), (.integer, .double), (.double, .integer), (.double, .double):
            !store.hasHugeIntegers
        case (.boolean, .boolean(let values)): values.contains { $0 >= 0 }
        default: false
        }
    }

    private static func missing(like sample: ColumnValues, rowCount: Int) -> ColumnValues {
        switch sample {
        case .categorical:
            .categorical(
                CategoricalValues(
                    codes: Array(repeating: CategoricalValues.missing, count: rowCount), levels: [], kind: .text))
        case .boolean: .boolean(Array(repeating: ColumnValues.missingBoolean, count: rowCount))
        case .integer, .double: .double(Array(repeating: .nan, count: rowCount))
        }
    }
}

extension ColumnStore {
    /// The values of the first rows.
    fileprivate func array<Value: BitwiseCopyable>(rowCount: Int) -> [Value] {
        guard let memory else { return [] }
        return Array(UnsafeBufferPointer(start: memory.assumingMemoryBound(to: Value.self), count: rowCount))
    }

    /// The codes of text as whole numbers.
    fileprivate func codesAsIntegers(rowCount: Int) -> [Int] {
        guard let memory else { return [] }
        let codes = UnsafeBufferPointer(start: memory.assumingMemoryBound(to: Int32.self), count: rowCount)
        return codes.map { $0 < 0 ? ColumnValues.missingInteger : Int($0) }
    }
}
