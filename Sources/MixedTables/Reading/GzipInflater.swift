// Inflating gzip data as they come.

import CZlib

/// The contents of a gzip stream of one or more members.
///
/// Zero bytes after the last member, as tapes leave them, are ignored.
final class GzipInflater: ByteProducer {
    private let input: any ByteProducer
    private let name: String
    // zlib remembers the address of the stream, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var isInMember = true

    /// - Throws: `TableError.unreadable` where zlib finds no memory.
    init(_ input: any ByteProducer, named name: String) throws(TableError) {
        self.input = input
        self.name = name
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, with a gzip header.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .unreadable(file: name, reason: "zlib could not be started")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    /// Fills the room unless the end comes before.
    ///
    /// - Throws: `TableError.corruptCompression` when a member ends early or its check sum is wrong, and what the input throws.
    func produce(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        let capacity = min(room.count, 1 << 30)
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(capacity)
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 {
                let count = try input.produce(into: buffer)
                if count == 0 {
                    if isInMember { throw .corruptCompression(file: name, reason: "it ends too early") }
                    break
                }
                stream.pointee.next_in = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(count)
            }
            if !isInMember, !beginMember() { continue }
            let status = inflate(stream, Z_NO_FLUSH)
            switch status {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END: isInMember = false
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "its data make no sense"
                throw .corruptCompression(file: name, reason: reason)
            }
        }
        return capacity - Int(stream.pointee.avail_out)
    }

    /// Passes over zero bytes between members; whether there is something behind them.
    private func beginMember() -> Bool {
        while stream.pointee.avail_in > 0, let next = stream.pointee.next_in, next.pointee == 0 {
            stream.pointee.next_in = next + 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.avail_in > 0 else { return false }
        inflateReset(stream)
        isInMember = true
        return true
    }
}
