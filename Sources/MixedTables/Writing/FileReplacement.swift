// Writing a file whole or not at all.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Puts a new file in the place of an old one in one step.
package enum FileReplacement {
    /// Writes the bytes to a temporary file in the same folder, which then takes the name; `-` is standard output, and pipes
    /// and devices are written to as they are.
    ///
    /// - Throws: `TableError.unwritable`; the file at `path` is then as it was.
    package static func write(_ bytes: [UInt8], to path: String) throws(TableError) {
        if path == "-" { return try writeAll(bytes, to: STDOUT_FILENO, named: "standard output") }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .unwritable(file: path, reason: "that is no file name")
        }
        var status = stat()
        var permissions: mode_t = 0o666
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { throw .unwritable(file: path, reason: "it is a folder") }
            if status.st_mode & S_IFMT != S_IFREG { return try writeInPlace(bytes, path) }
            permissions = status.st_mode & 0o777
        } else {
            let mask = umask(0)
            umask(mask)
            permissions &= ~mask
        }
        // A link stays a link: the file it points to is replaced.
        var target = path
        if let resolved = realpath(path, nil) {
            target = String(cString: resolved)
            free(resolved)
        }
        let folder = target.utf8.lastIndex(of: 0x2F).map { String(target[...$0]) } ?? ""
        if !folder.isEmpty, access(folder, F_OK) != 0 {
            throw .unwritable(file: path, reason: "the folder \(folder) does not exist")
        }
        var template = Array((folder + ".mixed-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .unwritable(file: path, reason: systemReason(errno)) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            try writeAll(bytes, to: descriptor, named: path)
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        fchmod(descriptor, permissions)
        guard close(descriptor) == 0, rename(temporary, target) == 0 else {
            let reason = systemReason(errno)
            unlink(temporary)
            throw .unwritable(file: path, reason: reason)
        }
    }

    private static func writeInPlace(_ bytes: [UInt8], _ path: String) throws(TableError) {
        #if canImport(Darwin)
            let descriptor = Darwin.open(path, O_WRONLY | O_CLOEXEC)
        #elseif canImport(Musl)
            let descriptor = Musl.open(path, O_WRONLY | O_CLOEXEC)
        #else
            let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else { throw .unwritable(file: path, reason: systemReason(errno)) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, named: path)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws(TableError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                    Darwin.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                #else
                    Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                #endif
            }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                throw .unwritable(file: name, reason: systemReason(errno))
            }
        }
    }
}
