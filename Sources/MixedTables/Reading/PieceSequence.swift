// The pieces of a text, read by several threads and passed on in order.

internal import MixedProgress
internal import Synchronization

/// Cuts a text into pieces, has several threads read them, and sees to it that they fit together.
///
/// Where a piece begins is a guess: after the first line end from its cut on. A quoted field that spans lines can make it
/// wrong; the end of the piece before tells, and the piece is then read again from where it really begins.
struct PieceSequence {
    let text: DelimitedText
    let pieceSize: Int
    let threads: Int
    var monitor: WorkMonitor = .none
    /// What the text is read for, as the monitor is told.
    var purpose: ReadingProgress.Purpose = .rows

    /// A piece as a thread has read it.
    private enum Reading<Part> {
        case read(Part, start: Int, end: Int, rowCount: Int)
        case failed(PieceError)
    }

    /// A part of the work: the guess where it begins, and where it ends.
    private struct Task {
        var start: PieceStart
        var limit: Int
        var kinds: [StoredKind]
        var expectedLevels: [Int]
    }

    /// Reads all pieces.
    ///
    /// - Parameters:
    ///   - kinds: What each column is to be read as: `skipped`, `unknown` or `text`. Asked before each piece.
    ///   - transform: Work on a piece that needs nothing of those before it; done by several threads at once.
    ///   - body: Takes what `transform` made, in the order of the text, with the number of rows before.
    /// - Throws: `TableError` for ragged rows and open quotes, and what the closures throw.
    func forEach<Part>(
        kinds: @escaping @Sendable () -> [StoredKind], transform: @escaping (Piece, _ rowsBefore: Int?) throws -> Part,
        body: @escaping (Part, _ rowsBefore: Int) throws -> Void
    ) throws {
        let source = text.source
        let buffers = TextBufferPool()
        let meter = ReadingMeter(monitor, purpose, name: source.name, total: source.byteCount)
        var cut = text.rowsStart
        var expected: Int?
        var rowCount = 0
        // A piece has about as many texts as the one before; knowing it saves growing tables.
        let expectedLevels = Mutex<[Int]>([])

        func read(_ task: Task, rowsBefore: Int?) throws -> Reading<Part> {
            let buffer = buffers.take()
            defer { buffers.give(buffer) }
            do {
                let piece = try Piece(
                    text.context, of: source, from: task.start, until: task.limit, kinds: task.kinds,
                    expectedLevels: task.expectedLevels, buffer: buffer)
                expectedLevels.withLock { $0 = piece.columns.map(\.dictionary.entries.count) }
                return .read(
                    try transform(piece, rowsBefore), start: piece.start, end: piece.end, rowCount: piece.rowCount)
            } catch let error as PieceError {
                return .failed(error)
            }
        }

        try OrderedPipeline.run(threads: threads) { () -> Task? in
            if monitor.isStopped { throw TableError.interrupted(file: source.name) }
            guard cut < source.byteCount else { return nil }
            let limit = min(source.byteCount, cut + pieceSize)
            defer { cut = limit }
            let start: PieceStart = cut == text.rowsStart ? .record(cut) : .lineAfter(cut)
            return Task(start: start, limit: limit, kinds: kinds(), expectedLevels: expectedLevels.withLock { $0 })
        } perform: { task -> (Task, Reading<Part>) in
            (task, try read(task, rowsBefore: nil))
        } commit: { task, reading in
            var task = task
            var reading = reading
            if let expected {
                // The record before may have gone on beyond all of this piece.
                if expected >= task.limit { return }
                var isRight = false
                if case .read(_, let start, _, _) = reading { isRight = start == expected }
                if !isRight {
                    task.start = .record(expected)
                    reading = try read(task, rowsBefore: rowCount)
                }
            }
            switch reading {
            case .read(let part, _, let end, let count):
                expected = end
                try body(part, rowCount)
                rowCount += count
                meter?.update(bytes: end, rows: rowCount)
            case .failed(let error): throw located(error, rowsBefore: rowCount)
            }
        }
        try source.checkUnchanged()
    }

    /// The error with the line and the row that it is about.
    func located(_ error: PieceError, rowsBefore: Int) -> TableError {
        let source = text.source
        switch error {
        case .ragged(let record, let row, let found):
            return .raggedRow(
                file: source.name, line: source.line(of: record), row: rowsBefore + row + 1,
                expected: text.context.fieldCount - (text.context.hasTrailingDelimiter ? 1 : 0), found: found)
        case .unterminatedQuote(let offset):
            return .unterminatedQuote(file: source.name, line: source.line(of: offset))
        case .incomplete: return .changedWhileRead(file: source.name)
        case .unreadable(let error): return error
        }
    }
}

/// Buffers that threads take and give back.
private final class TextBufferPool: Sendable {
    private struct Free: @unchecked Sendable {
        var buffers: [TextBuffer] = []
    }

    private let free = Mutex(Free())

    func take() -> TextBuffer {
        struct Taken: @unchecked Sendable { var buffer: TextBuffer? }
        return free.withLock { Taken(buffer: $0.buffers.popLast()) }.buffer ?? TextBuffer()
    }

    func give(_ buffer: TextBuffer) {
        struct Given: @unchecked Sendable { var buffer: TextBuffer }
        let given = Given(buffer: buffer)
        free.withLock { $0.buffers.append(given.buffer) }
    }
}
