// A file without a name that is gone when it is closed.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file that only this process has, for what is too much to be held in memory.
///
/// One thread writes, any may read what has been written. The file has no name, so that nothing is left of it however the
/// process ends.
final class TemporaryFile: Sendable {
    /// Writes bytes to a descriptor as the system does: how many were written, or -1 and an error number.
    typealias Write = @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> (Int, errno: Int32)

    /// What the system says when something cannot be stored.
    struct Failure: Error {
        var code: Int32

        /// Whether there is no room, for anybody or for this user.
        var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
    }

    private let descriptor: Int32
    private let write: Write

    /// Makes a file in a folder.
    init(in folder: String, write: @escaping Write = TemporaryFile.systemWrite) throws(Failure) {
        var template = Array("\(folder)/mixed-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        self.write = write
        guard descriptor >= 0 else { throw Failure(code: errno) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The folder that the user has named for temporary files; otherwise one that is kept on disk, where there is one, since
    /// `/tmp` is often held in memory.
    static var folder: String {
        if let named = getenv("TMPDIR").map({ String(cString: $0) }), !named.isEmpty { return named }
        return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp"
    }

    /// Adds bytes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let (count, code) = write(descriptor, base + done, min(bytes.count - done, 1 << 30))
            if count > 0 {
                done += count
            } else if count == 0 || code != EINTR {
                throw Failure(code: count == 0 ? ENOSPC : code)
            }
        }
    }

    /// Reads a range that has been written.
    func read(_ range: Range<Int>, into memory: UnsafeMutableRawPointer, named name: String) throws(TableError) {
        try OpenFile.read(descriptor, range, into: memory, named: name)
    }

    static let systemWrite: Write = { descriptor, bytes, count in
        #if canImport(Darwin)
            let written = Darwin.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            let written = Musl.write(descriptor, bytes, count)
        #else
            let written = Glibc.write(descriptor, bytes, count)
        #endif
        return (written, errno)
    }
}
