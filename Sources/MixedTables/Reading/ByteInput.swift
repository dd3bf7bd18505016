// The bytes of a file, a pipe or memory, one after the other.

internal import MixedProgress

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What hands out bytes in their order.
protocol ByteProducer: AnyObject {
    /// Puts the next bytes into memory that has room for at least one.
    ///
    /// - Returns: How many there were; zero only at the end.
    func produce(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int
}

/// The bytes as they come, before anything is unpacked or converted.
final class ByteInput: ByteProducer {
    private enum Origin {
        case file(OpenFile)
        /// Closed at the end, but for standard input.
        case pipe(Int32)
        case memory(MemoryBytes)
    }

    private let origin: Origin
    private let name: String
    private let monitor: WorkMonitor
    /// All bytes; `nil` for a pipe, whose end is not known.
    let byteCount: Int?
    /// How many bytes have been handed out.
    private(set) var consumed = 0
    /// Bytes of a pipe that were looked at before they were asked for.
    private var peeked: [UInt8] = []

    init(_ file: OpenFile, named name: String, monitor: WorkMonitor) {
        origin = .file(file)
        byteCount = file.byteCount
        self.name = name
        self.monitor = monitor
    }

    /// Takes over the descriptor of a pipe or a device.
    init(pipe descriptor: Int32, named name: String, monitor: WorkMonitor) {
        origin = .pipe(descriptor)
        byteCount = nil
        self.name = name
        self.monitor = monitor
    }

    init(_ memory: MemoryBytes, named name: String, monitor: WorkMonitor) {
        origin = .memory(memory)
        byteCount = memory.bytes.count
        self.name = name
        self.monitor = monitor
    }

    deinit {
        if case .pipe(let descriptor) = origin, descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// Whether the bytes begin as a gzip stream does; nothing must have been handed out yet.
    func isGzip() throws(TableError) -> Bool {
        while peeked.count < 2 {
            var start: (UInt8, UInt8) = (0, 0)
            var failure: TableError?
            let count = withUnsafeMutableBytes(of: &start) { bytes in
                do throws(TableError) {
                    return try take(into: UnsafeMutableRawBufferPointer(rebasing: bytes[peeked.count...]))
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            if count == 0 { return false }
            peeked += peeked.isEmpty ? Array([start.0, start.1].prefix(count)) : [start.1]
        }
        return peeked == [0x1F, 0x8B]
    }

    /// - Throws: `TableError.unreadable`, `.interrupted`, and `.changedWhileRead` for a file that is not what it was when it
    ///   was opened.
    func produce(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        guard !peeked.isEmpty else { return try take(into: room) }
        let count = min(peeked.count, room.count)
        room.copyBytes(from: peeked[..<count])
        peeked.removeFirst(count)
        return count
    }

    private func take(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        if monitor.isStopped { throw .interrupted(file: name) }
        guard let base = room.baseAddress else { return 0 }
        let count: Int
        switch origin {
        case .memory(let memory):
            count = min(room.count, memory.bytes.count - consumed)
            room.copyBytes(from: memory.bytes[consumed..<consumed + count])
        case .file(let file):
            count = min(room.count, file.byteCount - consumed)
            try file.read(consumed..<consumed + count, into: base, named: name)
            if count == 0, !file.isUnchanged { throw .changedWhileRead(file: name) }
        case .pipe(let descriptor): count = try take(from: descriptor, into: base, atMost: room.count)
        }
        consumed += count
        return count
    }

    private func take(
        from descriptor: Int32, into memory: UnsafeMutableRawPointer, atMost limit: Int
    ) throws(TableError) -> Int {
        while true {
            // Whoever feeds the pipe may be slow, and a signal may reach another thread.
            if monitor.stop != nil {
                var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&state, 1, 100)
                let wasWoken = ready < 0 && errno == EINTR
                if monitor.isStopped { throw .interrupted(file: name) }
                if ready == 0 || wasWoken { continue }
            }
            let count = read(descriptor, memory, min(limit, 1 << 30))
            if count >= 0 {
                // The same key that stops this process may have ended the one that feeds it.
                if count == 0, monitor.isStopped { throw .interrupted(file: name) }
                return count
            }
            let code = errno
            if code == EISDIR { throw .isFolder(name) }
            if code != EINTR { throw .unreadable(file: name, reason: systemReason(code)) }
        }
    }
}
