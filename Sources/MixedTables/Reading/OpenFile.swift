// An open file of known length, read at any place by several threads.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A regular file that is open for reading; closed when the last reference goes.
final class OpenFile: Sendable {
    private let descriptor: Int32
    let byteCount: Int
    private let modified: ChangeTime

    /// When a file was last changed.
    private struct ChangeTime: Hashable {
        var seconds: Int
        var nanoseconds: Int

        init(_ status: stat) {
            #if canImport(Darwin)
                seconds = status.st_mtimespec.tv_sec
                nanoseconds = status.st_mtimespec.tv_nsec
            #else
                seconds = Int(status.st_mtim.tv_sec)
                nanoseconds = Int(status.st_mtim.tv_nsec)
            #endif
        }
    }

    /// Takes over a descriptor, if it is one of a regular file with contents.
    init?(adopting descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return nil
        }
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
        modified = ChangeTime(status)
    }

    deinit { close(descriptor) }

    /// How many processors there are.
    static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// What a path names.
    enum Opened {
        case file(OpenFile)
        /// A pipe, a device or an empty file, by its descriptor.
        case pipe(Int32)
    }

    /// Opens a file for reading; `-` is standard input, which may be a file as well.
    ///
    /// - Throws: `TableError.missingFile`, `.isFolder` or `.unreadable`.
    static func open(_ path: String) throws(TableError) -> Opened {
        if path == "-" {
            // Where something has been read from it before, only the rest is meant.
            guard lseek(STDIN_FILENO, 0, SEEK_CUR) == 0 else { return .pipe(STDIN_FILENO) }
            let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
            if copy >= 0, let file = OpenFile(adopting: copy) { return .file(file) }
            if copy >= 0 { close(copy) }
            return .pipe(STDIN_FILENO)
        }
        let descriptor = try descriptor(of: path)
        if let file = OpenFile(adopting: descriptor) { return .file(file) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw .isFolder(path)
        }
        return .pipe(descriptor)
    }

    private static func descriptor(of path: String) throws(TableError) -> Int32 {
        guard !path.utf8.contains(0) else { throw .missingFile(path) }
        #if canImport(Darwin)
            let descriptor = Darwin.open(path, O_RDONLY | O_CLOEXEC)
        #elseif canImport(Musl)
            let descriptor = Musl.open(path, O_RDONLY | O_CLOEXEC)
        #else
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { throw .missingFile(path) }
            throw .unreadable(file: path, reason: systemReason(code))
        }
        return descriptor
    }

    /// Whether the file is still as long and as old as it was when it was opened.
    var isUnchanged: Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return Int(status.st_size) == byteCount && ChangeTime(status) == modified
    }

    /// Whether the file begins as a gzip stream does.
    func isGzip(named name: String) throws(TableError) -> Bool {
        guard byteCount >= 2 else { return false }
        var start: (UInt8, UInt8) = (0, 0)
        var failure: TableError?
        withUnsafeMutableBytes(of: &start) { bytes in
            guard let base = bytes.baseAddress else { return }
            do throws(TableError) { try read(0..<2, into: base, named: name) } catch { failure = error }
        }
        if let failure { throw failure }
        return start == (0x1F, 0x8B)
    }

    /// Reads a range of the file.
    ///
    /// - Throws: `TableError.unreadable`, and `.changedWhileRead` where the file has become shorter.
    func read(_ range: Range<Int>, into memory: UnsafeMutableRawPointer, named name: String) throws(TableError) {
        try Self.read(descriptor, range, into: memory, named: name)
    }

    /// Reads a range of the file with a descriptor, as `read(_:into:named:)` does.
    static func read(
        _ descriptor: Int32, _ range: Range<Int>, into memory: UnsafeMutableRawPointer, named name: String
    ) throws(TableError) {
        var done = 0
        while done < range.count {
            let count = pread(
                descriptor, memory + done, min(range.count - done, 1 << 30), off_t(range.lowerBound + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw .changedWhileRead(file: name)
            } else if errno != EINTR {
                throw .unreadable(file: name, reason: systemReason(errno))
            }
        }
    }
}

/// The system's words for an error number.
func systemReason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
