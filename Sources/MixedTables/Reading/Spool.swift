// Bytes kept for another look: in memory as long as they are few, then in a temporary file.

internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What a spool may take, and where it puts what is more.
struct SpoolSettings: Sendable {
    /// The most bytes that are held in memory. The system keeps a file in memory of its own as long as there is some to
    /// spare, so that a higher limit would save no time.
    var memoryLimit = 1 << 26
    /// How many bytes are asked for, and held in one piece.
    var chunkSize = 1 << 20
    /// The folder of the temporary file.
    var folder = TemporaryFile.folder
    /// Writes to the temporary file.
    var write = TemporaryFile.systemWrite
}

/// Bytes that grow at their end and can be read at any place.
///
/// One thread at a time may append; any may read meanwhile what there is. Bytes never move: those in memory are held in
/// chunks, and when they become too many all of them go to the file and the chunks are given back.
final class Spool: @unchecked Sendable {
    /// How far the bytes are.
    struct Extent: Hashable, Sendable {
        var byteCount = 0
        /// Whether there are no more.
        var isComplete = false
        /// How many there will be, as far as one can guess.
        var expected: Int?
    }

    private struct Contents {
        var extent = Extent()
        var chunks: [Chunk] = []
        var file: TemporaryFile?
    }

    private let name: String
    private let settings: SpoolSettings
    private let contents = Mutex(Contents())
    /// What is on its way to the file; used by the thread that appends only.
    private var buffer: Chunk?

    /// - Parameter named: What messages call the bytes.
    init(named name: String, _ settings: SpoolSettings) {
        self.name = name
        self.settings = settings
    }

    var extent: Extent { contents.withLock { $0.extent } }

    /// Adds what a producer has next, at most a chunk of it; the end completes the spool.
    ///
    /// - Parameter expected: Guesses from the bytes so far how many there will be.
    /// - Throws: `TableError.storageFull` and `.unusableStorage` for the temporary file, and what the producer throws.
    func append(
        from producer: any ByteProducer, expected: (_ soFar: Int) -> Int? = { _ in nil }
    ) throws(TableError) {
        var (extent, last, file) = contents.withLock { ($0.extent, $0.chunks.last, $0.file) }
        var used = extent.byteCount % settings.chunkSize
        if file == nil, used == 0 {
            last = nil
            if extent.byteCount + settings.chunkSize <= settings.memoryLimit, let chunk = Chunk(settings.chunkSize) {
                contents.withLock { $0.chunks.append(chunk) }
                last = chunk
            } else {
                file = try moveToFile(extent)
            }
        }
        if file != nil {
            used = 0
            if buffer == nil { buffer = Chunk(settings.chunkSize) }
            last = buffer
        }
        guard let last else { throw .unreadable(file: name, reason: "not enough memory") }
        let room = UnsafeMutableRawBufferPointer(rebasing: last.memory[used..<settings.chunkSize])
        let count = try producer.produce(into: room)
        if let file {
            do throws(TemporaryFile.Failure) {
                try file.append(UnsafeRawBufferPointer(rebasing: room[..<count]))
            } catch {
                throw failure(error, extent)
            }
        }
        extent.byteCount += count
        extent.isComplete = count == 0
        extent.expected = extent.isComplete ? extent.byteCount : expected(extent.byteCount)
        contents.withLock { $0.extent = extent }
        if extent.isComplete { buffer = nil }
    }

    /// Writes all that is held in memory to a file and gives the memory back.
    private func moveToFile(_ extent: Extent) throws(TableError) -> TemporaryFile {
        let chunks = contents.withLock { $0.chunks }
        let file: TemporaryFile
        do throws(TemporaryFile.Failure) {
            file = try TemporaryFile(in: settings.folder, write: settings.write)
            for chunk in chunks { try file.append(UnsafeRawBufferPointer(chunk.memory)) }
        } catch {
            throw failure(error, extent)
        }
        contents.withLock {
            $0.file = file
            $0.chunks = []
        }
        return file
    }

    private func failure(_ failure: TemporaryFile.Failure, _ extent: Extent) -> TableError {
        failure.isFull
            ? .storageFull(
                file: name, folder: settings.folder, storedBytes: extent.byteCount, neededBytes: extent.expected)
            : .unusableStorage(file: name, folder: settings.folder, reason: systemReason(failure.code))
    }

    /// Copies a range of what there is.
    ///
    /// - Throws: `TableError.unreadable` where the temporary file cannot be read.
    func read(_ range: Range<Int>, into memory: UnsafeMutableRawPointer) throws(TableError) {
        let (chunks, file) = contents.withLock { ($0.chunks, $0.file) }
        if let file { return try file.read(range, into: memory, named: name) }
        var position = range.lowerBound
        while position < range.upperBound {
            let (chunk, offset) = position.quotientAndRemainder(dividingBy: settings.chunkSize)
            guard let source = chunks[chunk].memory.baseAddress else { return }
            let count = min(settings.chunkSize - offset, range.upperBound - position)
            memcpy(memory + (position - range.lowerBound), source + offset, count)
            position += count
        }
    }
}

/// Memory that goes back to the system at once when the last reference goes.
private final class Chunk: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    /// `nil` where there is not enough memory.
    init?(_ size: Int) {
        let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let address, address != MAP_FAILED else { return nil }
        memory = UnsafeMutableRawBufferPointer(start: address, count: size)
    }

    deinit { munmap(memory.baseAddress, memory.count) }
}
