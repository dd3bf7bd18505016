// Bytes in memory that a text is read from.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A copy of some bytes, released when the last reference goes.
///
/// The pointer stays valid as long as the object lives; hold it with `withExtendedLifetime`.
final class MemoryBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    /// - Throws: `TableError.unreadable` where there is not enough memory.
    init(copying source: [UInt8], named name: String) throws(TableError) {
        guard !source.isEmpty else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let memory = malloc(source.count) else { throw .unreadable(file: name, reason: "not enough memory") }
        let room = UnsafeMutableRawBufferPointer(start: memory, count: source.count)
        room.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(room)
    }

    deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
}
