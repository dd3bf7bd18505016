// Uniting the pieces of a file: one type for each column, one dictionary for each text.

internal import MixedProgress
internal import Synchronization

/// Reads a file piece by piece and makes the columns of a table of it.
///
/// A column has the most general type that any of its values needs. A piece that had read text as numbers, because they
/// looked so until then, is read again for these columns only, so that text keeps its spelling ("1.0" stays "1.0").
struct TableAssembler {
    let text: DelimitedText
    let pieceSize: Int
    let threads: Int
    var monitor: WorkMonitor = .none

    /// How many bytes a piece has; small enough that reading one again costs little.
    static let pieceSize = 1 << 20

    /// The columns of all rows, and their number.
    func columns() throws(TableError) -> (columns: [Column], rowCount: Int) {
        try columns(of: try readPieces())
    }

    /// The columns of the records in some ranges of the text, each of which begins and ends with whole records but the first,
    /// which may end anywhere.
    func columns(of ranges: [Range<Int>]) throws(TableError) -> (columns: [Column], rowCount: Int) {
        let reader = PieceReader()
        var pieces: [Piece] = []
        for range in ranges {
            do {
                pieces.append(
                    try Piece(
                        text.context, of: text.source, from: .record(range.lowerBound), until: range.upperBound,
                        kinds: text.unknownKinds, reader: reader))
            } catch {
                throw PieceSequence(text: text, pieceSize: pieceSize, threads: 1).located(error, rowsBefore: 0)
            }
        }
        return try columns(of: pieces)
    }

    private func columns(of pieces: [Piece]) throws(TableError) -> (columns: [Column], rowCount: Int) {
        let isWanted = text.isWanted
        let rowCount = pieces.reduce(0) { $0 + $1.rowCount }
        guard rowCount > 0 else { throw .noRows(file: text.source.name) }

        let types = isWanted.indices.map { type(of: $0, in: pieces) }
        let reader = PieceReader()
        for piece in pieces { try readTextAgain(piece, types, reader) }
        var columns: [Column] = []
        for index in isWanted.indices where isWanted[index] {
            let values = try merge(index, as: types[index], pieces: pieces, rowCount: rowCount)
            for piece in pieces { piece.release(column: index) }
            columns.append(Column(text.names[index], values))
        }
        return (columns, rowCount)
    }

    private func readPieces() throws(TableError) -> [Piece] {
        // A column that is text in one piece is text in all, which saves reading later pieces again.
        let kinds = Mutex(text.unknownKinds)
        var pieces: [Piece] = []
        do {
            try PieceSequence(text: text, pieceSize: pieceSize, threads: threads, monitor: monitor).forEach {
                kinds.withLock { $0 }
            } transform: { piece, _ in
                piece
            } body: { piece, _ in
                kinds.withLock { kinds in
                    for (index, column) in piece.columns.enumerated()
                    where column.kind == .text || column.kind == .failed { kinds[index] = .text }
                }
                pieces.append(piece)
            }
        } catch let error as TableError {
            throw error
        } catch {
            throw .unreadable(file: text.source.name, reason: "\(error)")
        }
        return pieces
    }

    /// The type that holds what every piece has read of a column.
    private func type(of index: Int, in pieces: [Piece]) -> StoredKind {
        let stores = pieces.map { $0.columns[index] }
        let kinds = Set(stores.map(\.kind))
        if kinds.contains(.skipped) { return .skipped }
        if kinds.contains(.text) || kinds.contains(.failed) { return .text }
        let isNumeric = kinds.contains(.integer) || kinds.contains(.double)
        if kinds.contains(.boolean) { return isNumeric ? .text : .boolean }
        // Identifiers of twenty digits are text; among decimals such a number is a number.
        if stores.contains(where: \.hasHugeIntegers), !stores.contains(where: \.hasReals) { return .text }
        if kinds.contains(.double) { return .double }
        return isNumeric ? .integer : .unknown
    }

    private func readTextAgain(
        _ piece: Piece, _ types: [StoredKind], _ reader: PieceReader
    ) throws(TableError) {
        let kinds: [StoredKind] = types.indices.map { index in
            let store = piece.columns[index]
            let isRight = store.kind == .text || (store.kind == .unknown && !store.hasAmbiguousBlanks)
            return types[index] == .text && !isRight ? .text : .skipped
        }
        guard kinds.contains(.text) else { return }
        do {
            piece.adoptText(
                from: try Piece(
                    text.context, of: text.source, from: .record(piece.start), until: piece.end, kinds: kinds,
                    reader: reader))
        } catch {
            let sequence = PieceSequence(text: text, pieceSize: pieceSize, threads: 1)
            throw sequence.located(error, rowsBefore: 0)
        }
    }

    private func merge(_ index: Int, as type: StoredKind, pieces: [Piece], rowCount: Int) throws(TableError)
        -> ColumnValues
    {
        switch type {
        case .integer:
            return .integer(Self.gather(index, pieces, rowCount, missing: ColumnValues.missingInteger))
        case .double: return .double(Self.gatherDoubles(index, pieces, rowCount))
        case .text: return .categorical(try gatherText(index, pieces, rowCount))
        default: return .boolean(Self.gather(index, pieces, rowCount, missing: ColumnValues.missingBoolean))
        }
    }

    private static func gather<Value: BitwiseCopyable>(
        _ index: Int, _ pieces: [Piece], _ rowCount: Int, missing: Value
    ) -> [Value] {
        [Value](unsafeUninitializedCapacity: rowCount) { buffer, count in
            for piece in pieces {
                let target = UnsafeMutableBufferPointer(rebasing: buffer[count..<count + piece.rowCount])
                if let memory = piece.columns[index].memory {
                    let source = memory.assumingMemoryBound(to: Value.self)
                    _ = target.update(fromContentsOf: UnsafeBufferPointer(start: source, count: piece.rowCount))
                } else {
                    target.update(repeating: missing)
                }
                count += piece.rowCount
            }
        }
    }

    private static func gatherDoubles(_ index: Int, _ pieces: [Piece], _ rowCount: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: rowCount) { buffer, count in
            for piece in pieces {
                let store = piece.columns[index]
                for row in 0..<piece.rowCount {
                    var value = Double.nan
                    if store.kind == .integer {
                        let whole = store.memory?.load(fromByteOffset: row * 8, as: Int.self)
                        if let whole, whole != ColumnValues.missingInteger { value = Double(whole) }
                    } else if let memory = store.memory {
                        value = memory.load(fromByteOffset: row * 8, as: Double.self)
                    }
                    buffer[count + row] = value
                }
                count += piece.rowCount
            }
        }
    }

    /// The codes of all pieces in terms of one dictionary.
    private func gatherText(_ index: Int, _ pieces: [Piece], _ rowCount: Int) throws(TableError) -> CategoricalValues {
        // One dictionary of the bytes for all pieces; strings are made of its entries only.
        var united = LevelDictionary()
        var translations: [[Int32]] = []
        for piece in pieces {
            let dictionary = piece.columns[index].dictionary
            translations.append(dictionary.entries.map { united.code(of: $0, in: dictionary) })
            if dictionary.isFull || united.isFull {
                throw .tooManyLevels(file: text.source.name, column: text.names[index])
            }
        }
        let levels = try united.entries.map { entry throws(TableError) in
            try text.level(entry, of: united, column: index)
        }
        var codes = Self.gather(index, pieces, rowCount, missing: CategoricalValues.missing)
        var row = 0
        for (piece, translation) in zip(pieces, translations) {
            for position in row..<row + piece.rowCount where codes[position] >= 0 {
                codes[position] = translation[Int(codes[position])]
            }
            row += piece.rowCount
        }
        return CategoricalValues(codes: codes, levels: levels, kind: .text)
    }
}

extension DelimitedText {
    /// The text of a level.
    ///
    /// - Throws: `TableError` where its bytes are no UTF-8 text.
    func level(
        _ entry: LevelDictionary.Entry, of dictionary: LevelDictionary, column: Int
    ) throws(TableError) -> String {
        let (text, hasZero) = dictionary.withBytes(of: entry) {
            (String(validating: $0, as: UTF8.self), $0.contains(0))
        }
        if hasZero { throw .notText(file: source.name, looksLike: "binary data") }
        guard let text else {
            throw .notUTF8(file: source.name, line: source.line(of: entry.fieldStart), column: names[column])
        }
        return text
    }
}
