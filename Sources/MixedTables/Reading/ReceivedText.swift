// A text that is unpacked, converted or received from a pipe as it is read.

internal import MixedProgress
internal import Synchronization

/// A text that becomes known as far as somebody asks for it, and stays readable from its beginning.
///
/// Whoever needs bytes that are not there yet makes them, the others wait for them or work on those that are there: no thread
/// of its own is needed to unpack one piece of a file while another is parsed.
final class ReceivedText: Sendable {
    private struct Work {
        let input: ByteInput
        let producer: any ByteProducer
        var failure: TableError?
    }

    private let spool: Spool
    private let isCompressed: Bool
    private let work: Mutex<Work>

    /// - Throws: `TableError.unreadable` and `.interrupted` where not even the beginning can be had.
    init(
        _ input: sending ByteInput, encoding: ReadingOptions.Encoding, named name: String, storage: SpoolSettings
    ) throws(TableError) {
        var producer: any ByteProducer = input
        isCompressed = try input.isGzip()
        if isCompressed { producer = try GzipInflater(input, named: name) }
        if encoding == .latin1 { producer = Latin1Converter(producer, named: name) }
        spool = Spool(named: name, storage)
        work = Mutex(Work(input: input, producer: producer))
    }

    /// How far the text is known.
    var extent: Spool.Extent { spool.extent }

    /// The offset, or the length of the text where that is less.
    ///
    /// - Throws: `TableError` when more of the text is needed and cannot be had: damaged, interrupted, no room.
    func end(within offset: Int) throws(TableError) -> Int {
        var extent = spool.extent
        if extent.byteCount <= offset, !extent.isComplete {
            extent = try work.withLock { work throws(TableError) in try extend(&work, past: offset) }
        }
        return min(extent.byteCount, offset)
    }

    private func extend(_ work: inout Work, past offset: Int) throws(TableError) -> Spool.Extent {
        if let failure = work.failure { throw failure }
        var extent = spool.extent
        let input = work.input
        do throws(TableError) {
            while extent.byteCount <= offset, !extent.isComplete {
                try spool.append(from: work.producer) { soFar in
                    guard let all = input.byteCount, input.consumed > 0 else { return nil }
                    // At least what there is, at most what an `Int` holds.
                    let guess = Double(soFar) * (Double(all) / Double(input.consumed))
                    return max(soFar, Int(min(guess, 1e18)))
                }
                extent = spool.extent
            }
        } catch {
            work.failure = error
            throw error
        }
        return extent
    }

    /// Unpacks what is left of a compressed text, whose damage may show at its end only.
    ///
    /// - Throws: `TableError.corruptCompression`.
    func checkIntact() throws(TableError) {
        guard isCompressed else { return }
        do throws(TableError) {
            _ = try end(within: .max)
        } catch {
            if case .corruptCompression = error { throw error }
        }
    }

    /// Copies a range of what is known.
    func read(_ range: Range<Int>, into memory: UnsafeMutableRawPointer) throws(TableError) {
        try spool.read(range, into: memory)
    }
}
