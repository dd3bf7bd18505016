// A piece of a text, read into typed columns.

/// What is wrong with a record, before it is known on which line it stands.
enum PieceError: Error {
    case ragged(record: Int, row: Int, found: Int)
    case unterminatedQuote(offset: Int)
    /// A record goes on after the bytes at hand.
    case incomplete
    case unreadable(TableError)
}

/// Where the first record of a piece begins.
enum PieceStart {
    /// At this offset.
    case record(Int)
    /// After the first line end at or after the byte before this offset: right unless a quoted field spans lines there.
    case lineAfter(Int)
}

/// Some consecutive records of a text, in typed columns.
///
/// The pieces of a text are independent of each other but for the kinds of their columns, which `TableAssembler` unites, so
/// that several threads can read them. The object owns the memory of its columns.
final class Piece {
    /// Where the first record begins; the end where there is none.
    private(set) var start: Int
    /// Where the record after the last one begins.
    private(set) var end: Int
    private(set) var rowCount = 0
    private(set) var columns: [ColumnStore]

    /// How many bytes after the end of a piece are loaded with it, for its last record.
    static let margin = 1 << 16

    /// Reads the records that begin before `limit`.
    ///
    /// - Parameters:
    ///   - kinds: `skipped`, `unknown`, or `text` for columns that are known to be text.
    /// - Throws: `PieceError.incomplete` only for a start that is a guess.
    init(
        _ context: PieceContext, of source: TextSource, from guess: PieceStart, until limit: Int, kinds: [StoredKind],
        reader: PieceReader
    ) throws(PieceError) {
        let first: Int
        switch guess {
        case .record(let offset): first = offset
        case .lineAfter(let offset): first = max(0, offset - 1)
        }
        start = first
        end = first
        columns = []
        var margin = Self.margin
        while true {
            let last: Int
            do { last = try source.end(within: max(limit, first) + margin) } catch { throw .unreadable(error) }
            do {
                try read(context, source, guess, from: first, until: limit, to: last, kinds, reader)
                return
            } catch {
                reader.forget()
                // The bytes may end in the middle of a record that is wrong only for that.
                guard case .incomplete = error, !source.isEnd(last), case .record = guess else { throw error }
            }
            margin *= 8
        }
    }

    deinit {
        for index in columns.indices { columns[index].release() }
    }

    private func read(
        _ context: PieceContext, _ source: TextSource, _ guess: PieceStart, from first: Int, until limit: Int,
        to last: Int, _ kinds: [StoredKind], _ reader: PieceReader
    ) throws(PieceError) {
        let span: TextSource.Span
        do { span = try source.load(first..<last, into: reader.buffer) } catch { throw .unreadable(error) }
        let scanner = context.scanner(span.base, end: span.range.upperBound)
        start = first
        if case .lineAfter(let offset) = guess, offset > 0 { start = scanner.startOfRecord(afterLineAt: first) }
        end = start
        rowCount = 0
        for index in columns.indices { columns[index].release() }
        let bytes = max(limit - start, 0)
        let capacity = max(16, min(reader.expectedRows(bytes: bytes) ?? bytes / max(2, kinds.count * 3), 1 << 20))
        columns = kinds.map { ColumnStore(kind: $0, capacity: capacity) }
        reader.lend(to: &columns)
        var records = RecordReader(
            context: context, scanner: scanner, isAtEnd: source.isEnd(span.range.upperBound), capacity: capacity)
        var failure: PieceError?
        columns.withUnsafeMutableBufferPointer { columns in
            do throws(PieceError) {
                end = try records.read(from: start, until: limit, into: columns)
            } catch {
                failure = error
            }
        }
        rowCount = records.rowCount
        if let failure { throw failure }
        reader.note(rows: rowCount, bytes: end - start)
        reader.takeBack(from: &columns)
    }

    /// Takes the columns of `other`, the same piece read again, that it holds as text.
    func adoptText(from other: Piece) {
        for index in columns.indices where other.columns[index].kind == .text {
            columns[index].release()
            swap(&columns[index], &other.columns[index])
        }
    }

    /// Gives back the memory of a column that has been copied.
    func release(column: Int) { columns[column].release() }
}
