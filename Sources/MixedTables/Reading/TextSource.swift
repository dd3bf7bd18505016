// The bytes of a text, a range at a time: a file read with `pread`, or memory.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A text of known length that several threads may read at once.
///
/// Files are copied into buffers rather than mapped: a mapped file that becomes shorter while it is read kills the process,
/// and its pages count as the process's memory.
final class TextSource: Sendable {
    private enum Storage: @unchecked Sendable {
        case memory(FileBytes)
        case file(OpenFile)
    }

    private let storage: Storage
    /// What messages call the text.
    let name: String
    let byteCount: Int

    init(_ bytes: FileBytes, named name: String) {
        storage = .memory(bytes)
        self.name = name
        byteCount = bytes.bytes.count
    }

    init(_ file: OpenFile, named name: String) {
        storage = .file(file)
        self.name = name
        byteCount = file.byteCount
    }

    /// Bytes of the text; `base` is such that `base[offset]` is the byte at that offset of the text.
    struct Span {
        let base: UnsafePointer<UInt8>
        /// The offsets that may be read.
        let range: Range<Int>
    }

    /// Makes at least a range readable, until the buffer is used again or goes.
    ///
    /// - Throws: `TableError.unreadable`, and `.changedWhileRead` where the file has become shorter.
    func load(_ range: Range<Int>, into buffer: TextBuffer) throws(TableError) -> Span {
        switch storage {
        case .memory(let contents):
            guard let base = contents.bytes.assumingMemoryBound(to: UInt8.self).baseAddress else {
                throw .empty(file: name)
            }
            return Span(base: base, range: 0..<byteCount)
        case .file(let file):
            guard let memory = buffer.room(atLeast: range.count) else {
                throw .unreadable(file: name, reason: "not enough memory")
            }
            try file.read(range, into: memory, named: name)
            return Span(
                base: UnsafePointer(memory.assumingMemoryBound(to: UInt8.self)) - range.lowerBound, range: range)
        }
    }

    /// Whether the file is still as long and as old as it was when it was opened.
    ///
    /// - Throws: `TableError.changedWhileRead` where it is not.
    func checkUnchanged() throws(TableError) {
        if case .file(let file) = storage, !file.isUnchanged { throw .changedWhileRead(file: name) }
    }

    /// The line of the text, counted from 1, on which the byte at `offset` stands.
    ///
    /// - Complexity: Reads the text up to the offset.
    func line(of offset: Int) -> Int {
        let buffer = TextBuffer()
        var line = 1
        var position = 0
        while position < min(offset, byteCount) {
            let end = min(position + (1 << 20), min(offset, byteCount))
            // One byte more, to see whether a CR at the end belongs to a LF.
            guard let span = try? load(position..<min(end + 1, byteCount), into: buffer) else { return line }
            for index in position..<end {
                if span.base[index] == 0x0A {
                    line += 1
                } else if span.base[index] == 0x0D, index + 1 >= byteCount || span.base[index + 1] != 0x0A {
                    line += 1
                }
            }
            position = end
        }
        return line
    }
}

/// Memory that is used again for one range after the other.
final class TextBuffer {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0

    deinit { free(memory) }

    /// Memory of at least this size, or `nil` when there is none; what it held is lost.
    func room(atLeast size: Int) -> UnsafeMutableRawPointer? {
        if size <= capacity { return memory }
        free(memory)
        memory = malloc(size)
        capacity = memory == nil ? 0 : size
        return memory
    }
}
