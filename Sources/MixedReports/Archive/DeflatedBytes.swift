// Bytes made shorter by zlib, for texts that repeat themselves.

internal import CZlib

/// Bytes as a zlib stream after their number.
enum DeflatedBytes {
    /// zlib makes nothing shorter than a thousandth.
    private static let largestRatio = 1100

    /// The length of the bytes as UInt64, and the stream; `nil` where zlib fails.
    static func bytes(of plain: [UInt8]) -> [UInt8]? {
        var length = compressBound(uLong(plain.count))
        var stream = [UInt8](repeating: 0, count: Int(length))
        let status = compress2(&stream, &length, plain, uLong(plain.count), 6)
        guard status == Z_OK else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(Int(length) + 8)
        output.appendLittleEndian(UInt64(plain.count))
        output += stream[..<Int(length)]
        return output
    }

    /// The bytes again; `nil` where the stream is none, or of another length than it says.
    static func plain(of payload: ArraySlice<UInt8>) -> [UInt8]? {
        guard payload.count >= 8 else { return nil }
        let count = Array(payload.prefix(8)).littleEndian(UInt64.self, at: 0)
        let stream = Array(payload.dropFirst(8))
        guard count <= UInt64(stream.count) * UInt64(largestRatio) + 64 else { return nil }
        var length = uLong(count)
        // One byte more, so that there is a place to write to where nothing is stored.
        var plain = [UInt8](repeating: 0, count: Int(count) + 1)
        guard uncompress(&plain, &length, stream, uLong(stream.count)) == Z_OK, length == uLong(count) else {
            return nil
        }
        plain.removeLast()
        return plain
    }
}
