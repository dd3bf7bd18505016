// Inflating gzip data, recognised by its first bytes.

import CZlib
internal import MixedProgress

extension FileBytes {
    /// Whether the contents begin as a gzip stream does.
    var isGzip: Bool { bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

    /// The contents of a gzip file of one or more members.
    ///
    /// - Throws: `TableError.corruptCompression` when a member ends early or its check sum is wrong. Zero bytes after the
    ///   last member, as tapes leave them, are ignored.
    func inflated(named name: String, monitor: WorkMonitor = .none) throws(TableError) -> FileBytes {
        // zlib remembers the address of the stream, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15 + 16: the largest window, with a gzip header.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .unreadable(file: name, reason: "zlib could not be started")
        }
        defer { inflateEnd(stream) }

        let meter = ReadingMeter(monitor, .unpacking, name: name, total: bytes.count)
        var output = GrowingBytes(capacity: min(bytes.count, 1 << 30) * 4)
        var offset = 0
        while true {
            if monitor.isStopped {
                output.discard()
                throw .interrupted(file: name)
            }
            meter?.update(bytes: offset)
            let piece = min(bytes.count - offset, 1 << 30)
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: UInt8.self) })
            stream.pointee.avail_in = UInt32(piece)
            guard let room = output.room(atLeast: 1 << 16) else {
                output.discard()
                throw .unreadable(file: name, reason: "not enough memory")
            }
            // So much at a time that whoever watches hears of it often enough.
            let space = min(room.count, 1 << 22)
            stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(space)
            let status = inflate(stream, Z_NO_FLUSH)
            let consumed = piece - Int(stream.pointee.avail_in)
            let produced = space - Int(stream.pointee.avail_out)
            offset += consumed
            output.count += produced
            if status == Z_OK, consumed + produced > 0 { continue }
            if status == Z_STREAM_END {
                while offset < bytes.count, bytes[offset] == 0 { offset += 1 }
                if offset == bytes.count { return output.finish() }
                if inflateReset(stream) == Z_OK { continue }
            }
            let endsEarly = offset == bytes.count && (status == Z_OK || status == Z_BUF_ERROR)
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "its data make no sense"
            output.discard()
            throw .corruptCompression(file: name, reason: endsEarly ? "it ends too early" : reason)
        }
    }
}
