// Standard output and standard error: how wide they are, and writing to them when nobody listens any more.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The terminal, or what stands in for it.
enum Console {
    /// Makes writing to a pipe that was closed, as by `| head`, an error that is passed over, so that a model is still saved.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Writes to standard output. A reader that has gone is no error.
    static func write(_ text: String) throws(CommandError) {
        guard let code = Self.write(text, to: STDOUT_FILENO), code != EPIPE else { return }
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        throw CommandError("standard output cannot be written (\(reason))")
    }

    /// Writes a line to standard error.
    static func writeError(_ line: String) { _ = Self.write(line + "\n", to: STDERR_FILENO) }

    /// Whether standard error is a terminal, where a line can be written over.
    static var errorsAreSeen: Bool { isatty(STDERR_FILENO) != 0 }

    /// Writes over the last line of standard error.
    static func rewriteErrorLine(_ text: String) { _ = Self.write("\r\u{1B}[K" + text, to: STDERR_FILENO) }

    /// The places in a line: those of the terminal, else what `COLUMNS` says, else 80.
    static var width: Int {
        var size = winsize()
        if isatty(STDOUT_FILENO) != 0, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return max(40, Int(size.ws_col))
        }
        if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 {
            return max(40, columns)
        }
        return 80
    }

    /// The places in a line of the terminal that standard error is.
    static var errorWidth: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(20, Int(size.ws_col))
    }

    /// Whether standard output and standard error arrive at the same place, such as one terminal.
    static var showsErrorsBesideOutput: Bool {
        var output = stat()
        var errors = stat()
        guard fstat(STDOUT_FILENO, &output) == 0, fstat(STDERR_FILENO, &errors) == 0 else { return false }
        return output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
    }

    /// How many processors there are.
    static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Writes everything; the system's error number where that fails.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { buffer -> Int32? in
            var rest = UnsafeRawBufferPointer(buffer)
            while let base = rest.baseAddress, !rest.isEmpty {
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, base, rest.count)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, base, rest.count)
                #else
                    let count = Glibc.write(descriptor, base, rest.count)
                #endif
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
