// The bytes of a text, a range at a time: a file read with `pread`, memory, or what is unpacked as it is read.

public import MixedProgress

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A text that has been opened and may be read as often as one likes, by several threads at once.
///
/// Plain files are read where they are. What a compressed file unpacks to, and what comes from standard input or a pipe, is
/// kept: in memory up to 64 MB, and beyond in a temporary file without a name in the folder `TMPDIR`, so that memory does not
/// grow with it. Nothing is unpacked or received before it is needed.
///
///     let text = try TextSource(contentsOf: "-")
///     if let rows = try StreamedDesign(formula, text) { ... } else { let table = try DataTable(text) }
public final class TextSource: Sendable {
    // Files are copied into buffers rather than mapped: a mapped file that becomes shorter while it is read kills the process,
    // and its pages count as the process's memory.
    private enum Storage: Sendable {
        case memory(MemoryBytes)
        case file(OpenFile)
        case received(ReceivedText)
    }

    private let storage: Storage
    /// What messages call the text.
    public let name: String

    private init(_ storage: Storage, named name: String) {
        self.storage = storage
        self.name = name
    }

    /// Opens a text file, plain or gzip-compressed; the path `-` is standard input.
    ///
    /// - Parameters:
    ///   - encoding: How characters are stored; the reading options have no say in it any more.
    ///   - monitor: Can stop the reading of a pipe, and of a compressed file.
    /// - Throws: `TableError` for a file that is missing, a folder or not readable.
    public convenience init(
        contentsOf path: String, encoding: ReadingOptions.Encoding = .utf8, monitor: WorkMonitor = .none
    ) throws(TableError) {
        try self.init(contentsOf: path, encoding: encoding, monitor: monitor, storage: SpoolSettings())
    }

    convenience init(
        contentsOf path: String, encoding: ReadingOptions.Encoding = .utf8, monitor: WorkMonitor = .none,
        storage: SpoolSettings
    ) throws(TableError) {
        let name = path == "-" ? "standard input" : path
        let input: ByteInput
        switch try OpenFile.open(path) {
        case .file(let file):
            if encoding == .utf8, try !file.isGzip(named: name) {
                self.init(.file(file), named: name)
                return
            }
            input = ByteInput(file, named: name, monitor: monitor)
        case .pipe(let descriptor): input = ByteInput(pipe: descriptor, named: name, monitor: monitor)
        }
        try self.init(input, named: name, encoding: encoding, storage: storage)
    }

    /// The text that comes from an input.
    convenience init(
        _ input: sending ByteInput, named name: String, encoding: ReadingOptions.Encoding = .utf8,
        storage: SpoolSettings
    ) throws(TableError) {
        self.init(
            .received(try ReceivedText(input, encoding: encoding, named: name, storage: storage)), named: name)
    }

    /// The text that some bytes hold, plain or gzip-compressed.
    ///
    /// - Throws: `TableError.unreadable` where there is not enough memory.
    convenience init(
        _ bytes: [UInt8], named name: String, encoding: ReadingOptions.Encoding = .utf8, monitor: WorkMonitor = .none,
        storage: SpoolSettings = SpoolSettings()
    ) throws(TableError) {
        let memory = try MemoryBytes(copying: bytes, named: name)
        if encoding == .utf8, !bytes.starts(with: [0x1F, 0x8B]) {
            self.init(.memory(memory), named: name)
        } else {
            let input = ByteInput(memory, named: name, monitor: monitor)
            try self.init(input, named: name, encoding: encoding, storage: storage)
        }
    }

    /// How many bytes are known: all, once the end has been seen.
    var knownByteCount: Int {
        switch storage {
        case .memory(let memory): memory.bytes.count
        case .file(let file): file.byteCount
        case .received(let text): text.extent.byteCount
        }
    }

    /// How many bytes the text has, or will have as far as one can guess; `nil` where nothing is known.
    var expectedByteCount: Int? {
        if case .received(let text) = storage { text.extent.expected } else { knownByteCount }
    }

    /// The offset, or the length of the text where that is less; what is before it can then be loaded.
    ///
    /// - Throws: `TableError` when more of the text is needed and cannot be had.
    func end(within offset: Int) throws(TableError) -> Int {
        if case .received(let text) = storage { return try text.end(within: offset) }
        return min(knownByteCount, offset)
    }

    /// Whether the text ends at an offset that `end(within:)` has returned.
    func isEnd(_ offset: Int) -> Bool {
        if case .received(let text) = storage {
            let extent = text.extent
            return extent.isComplete && extent.byteCount == offset
        }
        return offset == knownByteCount
    }

    /// Bytes of the text; `base` is such that `base[offset]` is the byte at that offset of the text.
    struct Span {
        let base: UnsafePointer<UInt8>
        /// The offsets that may be read.
        let range: Range<Int>
    }

    /// Makes at least a range of what is known readable, until the buffer is used again or goes.
    ///
    /// - Throws: `TableError.unreadable`, and `.changedWhileRead` where the file has become shorter.
    func load(_ range: Range<Int>, into buffer: TextBuffer) throws(TableError) -> Span {
        switch storage {
        case .memory(let contents):
            guard let base = contents.bytes.assumingMemoryBound(to: UInt8.self).baseAddress else {
                throw .empty(file: name)
            }
            return Span(base: base, range: 0..<contents.bytes.count)
        case .file(let file):
            return try load(range, into: buffer) { memory throws(TableError) in
                try file.read(range, into: memory, named: name)
            }
        case .received(let text):
            return try load(range, into: buffer) { memory throws(TableError) in try text.read(range, into: memory) }
        }
    }

    private func load(
        _ range: Range<Int>, into buffer: TextBuffer, _ read: (UnsafeMutableRawPointer) throws(TableError) -> Void
    ) throws(TableError) -> Span {
        guard let memory = buffer.room(atLeast: range.count) else {
            throw .unreadable(file: name, reason: "not enough memory")
        }
        try read(memory)
        return Span(base: UnsafePointer(memory.assumingMemoryBound(to: UInt8.self)) - range.lowerBound, range: range)
    }

    /// Whether the file is still as long and as old as it was when it was opened.
    ///
    /// - Throws: `TableError.changedWhileRead` where it is not.
    func checkUnchanged() throws(TableError) {
        if case .file(let file) = storage, !file.isUnchanged { throw .changedWhileRead(file: name) }
    }

    /// Whether a compressed text is whole, which is worth knowing before its records are called wrong.
    ///
    /// - Throws: `TableError.corruptCompression` where it is not.
    func checkIntact() throws(TableError) {
        if case .received(let text) = storage { try text.checkIntact() }
    }

    /// The line of the text, counted from 1, on which the byte at `offset` stands.
    ///
    /// - Complexity: Reads the text up to the offset.
    func line(of offset: Int) -> Int {
        let known = knownByteCount
        let buffer = TextBuffer()
        var line = 1
        var position = 0
        while position < min(offset, known) {
            let end = min(position + (1 << 20), min(offset, known))
            // One byte more, to see whether a CR at the end belongs to a LF.
            guard let span = try? load(position..<min(end + 1, known), into: buffer) else { return line }
            for index in position..<end {
                if span.base[index] == 0x0A {
                    line += 1
                } else if span.base[index] == 0x0D, index + 1 >= known || span.base[index + 1] != 0x0A {
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
