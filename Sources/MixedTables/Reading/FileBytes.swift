// The bytes of a data file: mapped where the system allows it, read or inflated otherwise.

internal import MixedProgress

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The contents of a file, released when the last reference goes.
///
/// The pointer stays valid as long as the object lives; hold it with `withExtendedLifetime`.
final class FileBytes {
    private enum Storage {
        case mapped
        case allocated
        case none
    }

    let bytes: UnsafeRawBufferPointer
    private let storage: Storage

    private init(bytes: UnsafeRawBufferPointer, storage: Storage) {
        self.bytes = bytes
        self.storage = storage
    }

    /// Takes over memory that was obtained from `malloc`.
    init(adopting memory: UnsafeMutableRawPointer?, count: Int) {
        bytes = UnsafeRawBufferPointer(start: memory.map { UnsafeRawPointer($0) }, count: memory == nil ? 0 : count)
        storage = memory == nil ? .none : .allocated
    }

    deinit {
        switch storage {
        case .mapped: munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        case .allocated: free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        case .none: break
        }
    }

    /// The contents of the file at `path`; `-` is standard input.
    static func open(_ path: String, monitor: WorkMonitor = .none) throws(TableError) -> FileBytes {
        if path == "-" { return try readAll(from: STDIN_FILENO, named: "standard input", monitor) }
        let descriptor = try Self.descriptor(of: path)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: path, reason: systemReason(errno)) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw .isFolder(path)
        case S_IFREG where status.st_size > 0:
            let size = Int(status.st_size)
            guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
                return try readAll(from: descriptor, named: path, monitor)
            }
            return FileBytes(bytes: UnsafeRawBufferPointer(start: address, count: size), storage: .mapped)
        default: return try readAll(from: descriptor, named: path, monitor)
        }
    }

    /// Opens a file for reading.
    static func descriptor(of path: String) throws(TableError) -> Int32 {
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

    /// Reads a descriptor that cannot be mapped, such as a pipe, to its end.
    private static func readAll(
        from descriptor: Int32, named name: String, _ monitor: WorkMonitor
    ) throws(TableError) -> FileBytes {
        let meter = ReadingMeter(monitor, .unpacking, name: name, total: nil)
        var reported = 0
        var buffer = GrowingBytes(capacity: 1 << 16)
        while true {
            if monitor.isStopped {
                buffer.discard()
                throw .interrupted(file: name)
            }
            if let meter, buffer.count - reported >= 1 << 20 {
                reported = buffer.count
                meter.update(bytes: reported)
            }
            guard let room = buffer.room(atLeast: 1 << 15) else {
                buffer.discard()
                throw .unreadable(file: name, reason: "not enough memory")
            }
            let count = read(descriptor, room.baseAddress, room.count)
            if count > 0 {
                buffer.count += count
            } else if count == 0 {
                return buffer.finish()
            } else if errno != EINTR {
                let code = errno
                buffer.discard()
                throw code == EISDIR ? .isFolder(name) : .unreadable(file: name, reason: systemReason(code))
            }
        }
    }
}

/// Memory from `malloc` that doubles as it fills.
struct GrowingBytes {
    private var memory: UnsafeMutableRawPointer?
    private var capacity: Int
    var count = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        memory = malloc(self.capacity)
    }

    /// The free space after the contents, at least so large, or `nil` when there is no more memory.
    mutating func room(atLeast size: Int) -> UnsafeMutableRawBufferPointer? {
        guard memory != nil else { return nil }
        if capacity - count < size {
            let (doubled, overflow) = capacity.multipliedReportingOverflow(by: 2)
            guard !overflow else { return nil }
            let wanted = max(doubled, count + size)
            guard let larger = realloc(memory, wanted) else { return nil }
            memory = larger
            capacity = wanted
        }
        return UnsafeMutableRawBufferPointer(start: memory.map { $0 + count }, count: capacity - count)
    }

    /// Hands the contents over; the value is spent.
    mutating func finish() -> FileBytes {
        defer { memory = nil }
        return FileBytes(adopting: memory, count: count)
    }

    /// Gives the memory back; the value is spent.
    mutating func discard() {
        free(memory)
        memory = nil
    }
}

/// The system's words for an error number.
func systemReason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
