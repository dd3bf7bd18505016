// The pieces of a text, read by several threads and passed on in order.

internal import MixedProgress

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

    /// Columns of text whose levels are passed on once by each reader.
    var sharedColumns: [Int] = []

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
    }

    /// What a thread has made of a part of the work.
    private struct Result<Part> {
        let task: Task
        let reader: PieceReader
        let generation: Int
        let index: Int
        let reading: Reading<Part>
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
        // One for each thread, and one for pieces that are read again.
        let readers = (0...threads).map { PieceReader(number: $0, shared: sharedColumns) }
        var ledger = PieceLedger(readers: readers.count)
        let meter = ReadingMeter(monitor, purpose, name: source.name)
        var cut = text.rowsStart
        var expected: Int?
        var rowCount = 0

        func read(_ task: Task, _ reader: PieceReader, rowsBefore: Int?) throws -> Reading<Part> {
            do {
                let piece = try Piece(
                    text.context, of: source, from: task.start, until: task.limit, kinds: task.kinds,
                    reader: reader)
                return .read(
                    try transform(piece, rowsBefore), start: piece.start, end: piece.end, rowCount: piece.rowCount)
            } catch let error as PieceError {
                return .failed(error)
            }
        }

        try OrderedPipeline.run(threads: threads) { () -> Task? in
            if monitor.isStopped { throw TableError.interrupted(file: source.name) }
            // As far as the piece will look, so that no reader has to wait for more.
            let limit = min(try source.end(within: cut + pieceSize + Piece.margin), cut + pieceSize)
            guard cut < limit else { return nil }
            defer { cut = limit }
            let start: PieceStart = cut == text.rowsStart ? .record(cut) : .lineAfter(cut)
            return Task(start: start, limit: limit, kinds: kinds())
        } perform: { worker, task -> Result<Part> in
            let reader = readers[worker]
            reader.prepare()
            let reading = try read(task, reader, rowsBefore: nil)
            return Result(
                task: task, reader: reader, generation: reader.generation, index: reader.pieceCount - 1,
                reading: reading)
        } commit: { result in
            var task = result.task
            var reading = result.reading
            // The record before may have gone on beyond all of this piece.
            let isBeyond = expected.map { $0 >= task.limit } ?? false
            var isRight = !isBeyond
            if case .read(_, let start, _, _) = reading {
                if let expected, start != expected { isRight = false }
                if isRight {
                    isRight = ledger.takes(
                        reader: result.reader.number, generation: result.generation, index: result.index)
                }
                if !isRight { result.reader.disregard() }
            } else if expected != nil {
                isRight = false
            }
            if isBeyond { return }
            if !isRight {
                task.start = .record(expected ?? text.rowsStart)
                reading = try read(task, readers[threads], rowsBefore: rowCount)
            }
            switch reading {
            case .read(let part, _, let end, let count):
                expected = end
                try body(part, rowCount)
                rowCount += count
                meter?.update(bytes: end, of: source.expectedByteCount, rows: rowCount)
            case .failed(let error):
                try source.checkIntact()
                throw located(error, rowsBefore: rowCount)
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
