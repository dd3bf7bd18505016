// A command run as a process of its own: what a person waits for, and the memory that it took.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What one run of a command took.
struct WholeProcess {
    let seconds: Double
    /// User and system time of all threads.
    let processorSeconds: Double
    let peakBytes: Int

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a command, its messages thrown away.
    ///
    /// - Parameter output: The file that takes what it prints; thrown away otherwise.
    /// - Throws: `Failure` if it does not start, or does not end with success.
    init(_ path: String, _ arguments: [String], output: String? = nil) throws {
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let clock = ContinuousClock()
        let start = clock.now
        var child: pid_t = 0
        let problem = posix_spawnp(&child, path, &actions, nil, &words, environ)
        guard problem == 0 else {
            throw Failure(description: "\(path) did not start: \(String(cString: strerror(problem)))")
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        seconds = (clock.now - start).seconds
        guard status == 0 else {
            throw Failure(description: "'\(([path] + arguments).joined(separator: " "))' failed with status \(status)")
        }
        processorSeconds = usage.ru_utime.seconds + usage.ru_stime.seconds
        #if canImport(Darwin)
            peakBytes = Int(usage.ru_maxrss)
        #else
            peakBytes = Int(usage.ru_maxrss) * 1024
        #endif
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
    /// The middle value, NaN of none.
    var median: Double {
        guard !isEmpty else { return .nan }
        let values = sorted()
        return (values[(count - 1) / 2] + values[count / 2]) / 2
    }
}

extension Double {
    /// The number with so many decimals.
    func shown(decimals: Int) -> String {
        guard isFinite else { return "-" }
        let power = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
        let text = String(Int((self * power).rounded()))
        guard decimals > 0 else { return text }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
        return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
