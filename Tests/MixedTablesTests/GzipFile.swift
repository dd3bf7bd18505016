// Gzip files made of bytes, without compressing them.

/// Makes gzip files.
enum GzipFile {
    /// A member whose contents are stored as they are, in blocks of so many bytes.
    static func stored(_ contents: [UInt8], blockSize: Int = 1000) -> [UInt8] {
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var position = 0
        repeat {
            let block = contents[position..<min(position + blockSize, contents.count)]
            position += block.count
            file.append(position == contents.count ? 1 : 0)
            file += littleEndian(UInt16(block.count)) + littleEndian(~UInt16(block.count)) + block
        } while position < contents.count
        return file + littleEndian(checkSum(contents)) + littleEndian(UInt32(truncatingIfNeeded: contents.count))
    }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func checkSum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
