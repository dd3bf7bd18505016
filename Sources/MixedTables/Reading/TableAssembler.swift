// Uniting the pieces of a file: one type for each column, one dictionary for each text.

/// Reads a file piece by piece and makes the columns of a table of it.
///
/// A column has the most general type that any of its values needs. A piece that had read text as numbers, because they
/// looked so until then, is read again for these columns only, so that text keeps its spelling ("1.0" stays "1.0").
struct TableAssembler {
    let context: PieceContext
    let file: String
    /// The names of the columns, by field.
    let names: [String]
    /// For each field whether it is wanted.
    let isWanted: [Bool]

    /// How many bytes a piece has; small enough that reading one again costs little.
    static let pieceSize = 4 << 20

    /// The columns of the rows that begin at `start`, and their number.
    func columns(from start: Int, pieceSize: Int = TableAssembler.pieceSize) throws(TableError) -> (
        columns: [Column], rowCount: Int
    ) {
        var kinds: [StoredKind] = isWanted.map { $0 ? .unknown : .skipped }
        var pieces: [Piece] = []
        var offset = context.scanner.startOfRecord(start)
        var rowCount = 0
        while offset < context.scanner.count {
            let piece = try read(from: offset, until: min(context.scanner.count, offset + pieceSize), kinds, rowCount)
            for (index, column) in piece.columns.enumerated() where column.kind == .text || column.kind == .failed {
                kinds[index] = .text
            }
            rowCount += piece.rowCount
            offset = piece.end
            pieces.append(piece)
        }
        guard rowCount > 0 else { throw .noRows(file: file) }

        let types = isWanted.indices.map { type(of: $0, in: pieces) }
        for piece in pieces { try readTextAgain(piece, types) }
        var columns: [Column] = []
        for index in isWanted.indices where isWanted[index] {
            let values = try merge(index, as: types[index], pieces: pieces, rowCount: rowCount)
            for piece in pieces { piece.release(column: index) }
            columns.append(Column(names[index], values))
        }
        return (columns, rowCount)
    }

    private func read(from start: Int, until limit: Int, _ kinds: [StoredKind], _ rowsBefore: Int) throws(TableError)
        -> Piece
    {
        do {
            return try Piece(context, from: start, until: limit, kinds: kinds)
        } catch {
            switch error {
            case .ragged(let record, let row, let found):
                throw .raggedRow(
                    file: file, line: context.scanner.line(of: record), row: rowsBefore + row + 1,
                    expected: context.fieldCount - (context.hasTrailingDelimiter ? 1 : 0), found: found)
            case .unterminatedQuote(let offset):
                throw .unterminatedQuote(file: file, line: context.scanner.line(of: offset))
            }
        }
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

    private func readTextAgain(_ piece: Piece, _ types: [StoredKind]) throws(TableError) {
        let kinds: [StoredKind] = types.indices.map { index in
            let store = piece.columns[index]
            let isRight = store.kind == .text || (store.kind == .unknown && !store.hasAmbiguousBlanks)
            return types[index] == .text && !isRight ? .text : .skipped
        }
        guard kinds.contains(.text) else { return }
        piece.adoptText(from: try read(from: piece.start, until: piece.end, kinds, 0))
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
        let base = context.scanner.base
        var levels: [String] = []
        var codeOfLevel: [String: Int32] = [:]
        var translations: [[Int32]] = []
        for piece in pieces {
            let dictionary = piece.columns[index].dictionary
            var translation: [Int32] = []
            translation.reserveCapacity(dictionary.entries.count)
            for entry in dictionary.entries {
                let (text, hasZero) = dictionary.withBytes(of: entry, base: base) {
                    (String(validating: $0, as: UTF8.self), $0.contains(0))
                }
                if hasZero { throw .notText(file: file, looksLike: "binary data") }
                guard let text else {
                    throw .notUTF8(
                        file: file, line: context.scanner.line(of: entry.fieldStart), column: names[index])
                }
                if pieces.count == 1 {
                    levels.append(text)
                } else if let code = codeOfLevel[text] {
                    translation.append(code)
                } else {
                    let code = Int32(truncatingIfNeeded: levels.count)
                    codeOfLevel[text] = code
                    levels.append(text)
                    translation.append(code)
                }
            }
            translations.append(translation)
        }
        var codes = Self.gather(index, pieces, rowCount, missing: CategoricalValues.missing)
        if pieces.count > 1 {
            var row = 0
            for (piece, translation) in zip(pieces, translations) {
                for position in row..<row + piece.rowCount where codes[position] >= 0 {
                    codes[position] = translation[Int(codes[position])]
                }
                row += piece.rowCount
            }
        }
        return CategoricalValues(codes: codes, levels: levels, kind: .text)
    }
}
