// Bytes kept for another look: in memory, in a file, and where the file has no room.

import Foundation
import Synchronization
import Testing

@testable import MixedTables

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Hands out bytes a few at a time.
final class CountingProducer: ByteProducer {
    let bytes: [UInt8]
    private let step: Int
    private var position = 0

    init(_ count: Int, step: Int) {
        bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        self.step = step
    }

    func produce(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        let count = min(step, room.count, bytes.count - position)
        room.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}

/// A folder for temporary files that can be looked into.
struct WatchedFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/spool-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"] }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct SpoolTests {
    private func bytes(_ spool: Spool, _ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            if let base = buffer.baseAddress { try spool.read(range, into: base) }
            count = range.count
        }
    }

    @Test(arguments: [0, 64, 1000, 1024, 5000, 1 << 20], [1, 7, 64, 1000])
    func keepsWhatItIsGiven(limit: Int, step: Int) throws {
        let producer = CountingProducer(4321, step: step)
        let spool = Spool(named: "x", SpoolSettings(memoryLimit: limit, chunkSize: 64))
        while !spool.extent.isComplete {
            let before = spool.extent.byteCount
            try spool.append(from: producer) { $0 * 2 }
            let extent = spool.extent
            #expect(extent.byteCount <= before + 64)
            #expect(extent.isComplete == (extent.byteCount == before))
            // What has been read before stays where it is when the rest goes to a file.
            let part = max(0, extent.byteCount - 100)..<extent.byteCount
            #expect(try bytes(spool, part) == Array(producer.bytes[part]))
            #expect(extent.expected == (extent.isComplete ? 4321 : extent.byteCount * 2))
        }
        #expect(spool.extent.byteCount == 4321)
        #expect(try bytes(spool, 0..<4321) == producer.bytes)
        #expect(try bytes(spool, 63..<129) == Array(producer.bytes[63..<129]))
        #expect(try bytes(spool, 4000..<4000) == [])
    }

    @Test func nothingIsEnough() throws {
        let spool = Spool(named: "x", SpoolSettings(memoryLimit: 0, chunkSize: 64))
        try spool.append(from: CountingProducer(0, step: 1))
        #expect(spool.extent == Spool.Extent(byteCount: 0, isComplete: true, expected: 0))
    }

    @Test func theFileHasNoName() throws {
        let folder = try WatchedFolder()
        defer { folder.remove() }
        let spool = Spool(named: "x", SpoolSettings(memoryLimit: 128, chunkSize: 64, folder: folder.path))
        let producer = CountingProducer(1000, step: 64)
        for _ in 0..<10 { try spool.append(from: producer) }
        #expect(spool.extent.byteCount == 640)
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [ENOSPC, EDQUOT, EFBIG])
    func aFullDiskIsSaid(code: Int32) throws {
        let room = Mutex(1000)
        let settings = SpoolSettings(memoryLimit: 256, chunkSize: 64, folder: NSTemporaryDirectory()) {
            file, bytes, count in
            let fitting = room.withLock { room in
                let fitting = min(room, count)
                room -= fitting
                return fitting
            }
            // A disk that fills up first takes less than it is given.
            return fitting > 0 ? TemporaryFile.systemWrite(file, bytes, fitting) : (-1, code)
        }
        let spool = Spool(named: "big.csv.gz", settings)
        let producer = CountingProducer(5000, step: 64)
        let error = #expect(throws: TableError.self) {
            while !spool.extent.isComplete { try spool.append(from: producer) { _ in 5_000_000 } }
        }
        #expect(
            error
                == .storageFull(
                    file: "big.csv.gz", folder: NSTemporaryDirectory(), storedBytes: 960, neededBytes: 5_000_000))
        let message = try #require(error?.message)
        #expect(message.contains("big.csv.gz: the folder '\(NSTemporaryDirectory())' has no room"))
        #expect(message.contains("0 MB of about 5 MB"))
        #expect(message.contains("TMPDIR"))
    }

    /// The device that is always full, where there is one.
    @Test(.enabled(if: access("/dev/full", W_OK) == 0))
    func theFullDevice() throws {
        let device = open("/dev/full", O_WRONLY)
        defer { close(device) }
        let settings = SpoolSettings(memoryLimit: 0, chunkSize: 64, folder: NSTemporaryDirectory()) { _, bytes, count in
            TemporaryFile.systemWrite(device, bytes, count)
        }
        let spool = Spool(named: "x", settings)
        #expect(
            throws: TableError.storageFull(
                file: "x", folder: NSTemporaryDirectory(), storedBytes: 0, neededBytes: nil)
        ) { try spool.append(from: CountingProducer(10, step: 10)) }
    }

    @Test func interruptedAndShortWritesGoOn() throws {
        let calls = Mutex(0)
        let settings = SpoolSettings(memoryLimit: 0, chunkSize: 64, folder: NSTemporaryDirectory()) {
            file, bytes, count in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return call % 2 == 0 ? (-1, EINTR) : TemporaryFile.systemWrite(file, bytes, min(count, 5))
        }
        let producer = CountingProducer(300, step: 64)
        let spool = Spool(named: "x", settings)
        while !spool.extent.isComplete { try spool.append(from: producer) }
        #expect(try bytes(spool, 0..<300) == producer.bytes)
    }

    @Test func aFolderThatCannotBeUsedIsNamed() throws {
        let spool = Spool(
            named: "standard input", SpoolSettings(memoryLimit: 64, chunkSize: 64, folder: "/there/is/no/such"))
        let producer = CountingProducer(1000, step: 64)
        try spool.append(from: producer)
        let error = #expect(throws: TableError.self) { try spool.append(from: producer) }
        guard case .unusableStorage("standard input", "/there/is/no/such", let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == systemReason(ENOENT))
        #expect(error?.message.contains("TMPDIR") == true)
    }
}
