// Reading and writing of a saved model's file: whole, or not at all.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension ModelArchive {
    /// The first bytes of the file at a path, if it begins as saved models and cubes do; pipes and devices are not read.
    package static func beginning(of path: String) -> [UInt8]? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = bytes.withUnsafeMutableBytes { buffer in
            #if canImport(Glibc)
                Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
        }
        guard count >= 10, bytes.starts(with: "MIXEDMODEL".utf8) else { return nil }
        return Array(bytes[..<count])
    }

    /// Reads the file at a path.
    package init(contentsOf path: String) throws(ModelArchiveError) {
        let bytes = try Self.read(path)
        do {
            try self.init(bytes: bytes)
        } catch {
            throw ModelArchiveError(error.reason, path: path)
        }
    }

    /// Writes the file at a path; what was there before is replaced when the new file is complete, and kept if it fails.
    package func write(to path: String) throws(ModelArchiveError) {
        let bytes: [UInt8]
        do {
            bytes = try serialized()
        } catch {
            throw ModelArchiveError(error.reason, path: path)
        }
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw ModelArchiveError(.system("it is a directory; name a file in it"), path: path)
        }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            // A device or a pipe cannot be replaced by a file.
            try Self.write(bytes, to: path, flags: O_WRONLY, reportedAs: path)
            return
        }
        let target = exists ? Self.resolved(path) : path
        let temporary = target + ".\(UInt32.random(in: .min ... .max)).part"
        do {
            try Self.write(bytes, to: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, reportedAs: path)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, target) == 0 else {
            let failure = ModelArchiveError(.system("cannot replace it: \(Self.systemMessage())"), path: path)
            unlink(temporary)
            throw failure
        }
    }

    /// The file that a symbolic link stands for.
    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func systemMessage() -> String { String(cString: strerror(errno)) }

    private static func write(
        _ bytes: [UInt8], to path: String, flags: Int32, reportedAs name: String
    ) throws(ModelArchiveError) {
        func failure() -> ModelArchiveError {
            ModelArchiveError(.system("cannot write it: \(systemMessage())"), path: name)
        }
        let descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw failure() }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(
                        descriptor, buffer.baseAddress.map { $0 + written }, min(buffer.count - written, 1 << 30))
                #else
                    Darwin.write(
                        descriptor, buffer.baseAddress.map { $0 + written }, min(buffer.count - written, 1 << 30))
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let problem = failure()
                close(descriptor)
                throw problem
            }
            written += count
        }
        guard close(descriptor) == 0 else { throw failure() }
    }

    private static func read(_ path: String) throws(ModelArchiveError) -> [UInt8] {
        func failure() -> ModelArchiveError {
            ModelArchiveError(.system("cannot read it: \(systemMessage())"), path: path)
        }
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = block.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                    Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                #else
                    Darwin.read(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { return bytes }
            bytes.append(contentsOf: block[..<count])
            // A file that is something else, perhaps very large, need not be read to its end.
            if bytes.count >= 10, !bytes.starts(with: "MIXEDMODEL".utf8) {
                throw ModelArchiveError(.notAModelFile, path: path)
            }
        }
    }
}
