// What a reading tells whoever watches it, and how it is stopped.

import MixedProgress
import Synchronization
import Testing

@testable import MixedTables

/// Listens to a reading, and stops it after so many reports.
private final class ReadingListener: Sendable {
    private let heard = Mutex<[ReadingProgress]>([])
    let stop = StopRequest()
    private let last: Int

    init(stoppingAfter count: Int = .max) { last = count }

    var monitor: WorkMonitor {
        WorkMonitor(stop: stop) { progress in
            guard case .reading(let state) = progress else { return }
            let count = self.heard.withLock {
                $0.append(state)
                return $0.count
            }
            if count >= self.last { self.stop.request() }
        }
    }

    var states: [ReadingProgress] { heard.withLock { $0 } }
}

@Suite struct ReadingProgressTests {
    private static let text =
        "number,word\n" + (0..<400).map { "\($0),w\($0 % 7)" }.joined(separator: "\n") + "\n"

    private func read(threads: Int, _ monitor: WorkMonitor) throws -> DataTable {
        try DataTable(
            TextSource(Array(Self.text.utf8), named: "numbers.csv"), options: ReadingOptions(threads: threads),
            pieceSize: 256,
            monitor: monitor)
    }

    @Test(arguments: [1, 2])
    func everyPieceIsTold(threads: Int) throws {
        let listener = ReadingListener()
        let table = try read(threads: threads, listener.monitor)
        let states = listener.states
        #expect(states.count == (Self.text.utf8.count - 12 + 255) / 256)
        #expect(zip(states, states.dropFirst()).allSatisfy { $0.byteCount < $1.byteCount && $0.rowCount < $1.rowCount })
        #expect(states.last?.byteCount == Self.text.utf8.count && states.last?.rowCount == 400)
        #expect(states.allSatisfy { $0.totalByteCount == Self.text.utf8.count && $0.name == "numbers.csv" })
        #expect(states.allSatisfy { $0.purpose == .rows })
        #expect((states.last?.secondsLeft ?? 0) == 0)
        let alone = try read(threads: threads, .none)
        for name in ["number", "word"] { #expect(shown(table, name) == shown(alone, name)) }
    }

    @Test(arguments: [1, 2], [1, 3, 7])
    func readingStops(threads: Int, reports: Int) throws {
        let listener = ReadingListener(stoppingAfter: reports)
        #expect(throws: TableError.interrupted(file: "numbers.csv")) {
            try read(threads: threads, listener.monitor)
        }
        // Pieces that had been begun are still told.
        #expect(listener.states.count >= reports)
        #expect(listener.states.count < 10 + 3 * threads)
    }

    @Test func unpackingIsToldAndStopped() throws {
        let plain = Array(Self.text.utf8)
        let packed = GzipFile.stored(plain)
        func read(_ monitor: WorkMonitor) throws -> DataTable {
            let settings = SpoolSettings(memoryLimit: 1024, chunkSize: 256)
            return try DataTable(
                TextSource(packed, named: "data.gz", monitor: monitor, storage: settings),
                options: ReadingOptions(threads: 1), pieceSize: 256, monitor: monitor)
        }
        let listener = ReadingListener()
        _ = try read(listener.monitor)
        #expect(listener.states.last?.byteCount == plain.count)
        #expect(listener.states.last?.totalByteCount == plain.count)
        let stopped = ReadingListener()
        stopped.stop.request()
        #expect(throws: TableError.interrupted(file: "data.gz")) { try read(stopped.monitor) }
    }

    @Test func speedAndRest() {
        let half = ReadingProgress(
            .rows, name: "x", byteCount: 500, totalByteCount: 1_500, rowCount: 50, seconds: 2)
        #expect(half.bytesPerSecond == 250 && half.rowsPerSecond == 25 && half.secondsLeft == 4)
        let pipe = ReadingProgress(.rows, name: "x", byteCount: 500, totalByteCount: nil, rowCount: 0, seconds: 0)
        #expect(pipe.bytesPerSecond == nil && pipe.secondsLeft == nil)
    }
}
