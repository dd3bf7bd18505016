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

    /// Opens a regular file; `nil` for a pipe, a device or an empty file.
    ///
    /// - Throws: `TableError.missingFile`, `.isFolder` or `.unreadable`.
    static func regular(_ path: String) throws(TableError) -> OpenFile? {
        let descriptor = try FileBytes.descriptor(of: path)
        if let file = OpenFile(adopting: descriptor) { return file }
        close(descriptor)
        return nil
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

    /// Whether the file is still as long and as old as it was when it was opened.
    var isUnchanged: Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return Int(status.st_size) == byteCount && ChangeTime(status) == modified
    }

    /// Reads a range of the file.
    ///
    /// - Throws: `TableError.unreadable`, and `.changedWhileRead` where the file has become shorter.
    func read(_ range: Range<Int>, into memory: UnsafeMutableRawPointer, named name: String) throws(TableError) {
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
