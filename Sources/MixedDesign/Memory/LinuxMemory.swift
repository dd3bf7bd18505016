// What Linux says of memory: for the machine, for the control groups that the process is in, and for the process.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The files in which Linux tells of memory, below a root that tests can replace.
struct LinuxMemory {
    var root = ""

    /// What they say; `nil` where the machine's memory is not told.
    func current() -> MachineMemory? {
        guard let kilobytes = text(of: "/proc/meminfo").flatMap({ Self.value(of: "MemAvailable:", in: $0) }) else {
            return nil
        }
        let pages = text(of: "/proc/self/statm").map(Self.numbers) ?? []
        let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        var available = 1024 * kilobytes
        for left in controlGroups() { available = min(available, left) }
        if let limit = addressSpace, let size = pages.first { available = min(available, limit - size * pageSize) }
        // The third number are pages of files, which the system takes back when it needs them.
        let resident = pages.count > 2 ? max(0, pages[1] - pages[2]) * pageSize : 0
        return MachineMemory(available: max(0, available), resident: resident)
    }

    // MARK: Control groups

    /// For each control group that limits the process's memory what it has left, files that are only kept in memory not
    /// counted.
    func controlGroups() -> [Double] {
        (text(of: "/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [Double] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            if fields[1].isEmpty {
                return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].flatMap {
                    left(in: $0, path: fields[2], .second)
                }
            }
            guard fields[1].split(separator: ",").contains("memory") else { return [] }
            return left(in: "/sys/fs/cgroup/memory", path: fields[2], .first)
        }
    }

    /// What the files of a version of control groups are called.
    private enum Version {
        case first, second

        var limit: String { self == .first ? "memory.limit_in_bytes" : "memory.max" }
        var usage: String { self == .first ? "memory.usage_in_bytes" : "memory.current" }
        var files: [String] {
            self == .first ? ["total_inactive_file ", "total_active_file "] : ["inactive_file ", "active_file "]
        }
    }

    /// What a group and those it is in have left; inside a container the path is that of the host, and only the topmost is
    /// there.
    private func left(in base: String, path: Substring, _ version: Version) -> [Double] {
        var names = path.split(separator: "/")
        var result: [Double] = []
        while true {
            let folder = ([base] + names.map(String.init)).joined(separator: "/")
            if let limit = number(in: "\(folder)/\(version.limit)") {
                let usage = number(in: "\(folder)/\(version.usage)") ?? 0
                let statistics = text(of: "\(folder)/memory.stat") ?? ""
                let files = version.files.reduce(0) { $0 + (Self.value(of: $1, in: statistics) ?? 0) }
                result.append(max(0, limit - max(0, usage - files)))
            }
            if names.isEmpty { return result }
            names.removeLast()
        }
    }

    // MARK: The process

    /// The limit that the shell's `ulimit -v` has set, if it has.
    private var addressSpace: Double? {
        guard root.isEmpty else { return nil }
        var limit = rlimit()
        #if canImport(Glibc)
            let status = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        #else
            let status = getrlimit(RLIMIT_AS, &limit)
        #endif
        guard status == 0, limit.rlim_cur != rlim_t.max else { return nil }
        return Double(limit.rlim_cur)
    }

    // MARK: Files

    private func number(in path: String) -> Double? { text(of: path).map(Self.numbers)?.first }

    /// The numbers of a text up to the first word that is none.
    private static func numbers(_ text: String) -> [Double] {
        var result: [Double] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard let number = Double(word) else { break }
            result.append(number)
        }
        return result
    }

    /// The number that follows a name at the beginning of a line.
    private static func value(of name: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return numbers(String(line.dropFirst(name.count))).first
        }
        return nil
    }

    /// The beginning of a file: these are short.
    private func text(of path: String) -> String? {
        guard let file = fopen(root + path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
