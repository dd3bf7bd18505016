// Numbers as little-endian bytes, whatever the order of the machine.

/// Arrays of numbers as little-endian bytes.
enum LittleEndianValues {
    static func bytes<Value: BitwiseCopyable>(of values: [Value]) -> [UInt8] {
        var bytes = values.withUnsafeBytes { [UInt8]($0) }
        swapOnBigEndian(&bytes, width: MemoryLayout<Value>.stride)
        return bytes
    }

    /// The values whose bytes these are; a remainder that makes no whole value is left out.
    static func values<Value: BitwiseCopyable>(of bytes: ArraySlice<UInt8>) -> [Value] {
        let width = MemoryLayout<Value>.stride
        var bytes = [UInt8](bytes)
        swapOnBigEndian(&bytes, width: width)
        let count = bytes.count / width
        return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[..<(count * width)]))
            }
            initialized = count
        }
    }

    private static func swapOnBigEndian(_ bytes: inout [UInt8], width: Int) {
        #if _endian(big)
            for start in stride(from: 0, to: bytes.count - width + 1, by: width) {
                bytes[start..<(start + width)].reverse()
            }
        #endif
    }
}

extension [UInt8] {
    mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func storeLittleEndian<Value: FixedWidthInteger>(_ value: Value, at position: Int) {
        Swift.withUnsafeBytes(of: value.littleEndian) { bytes in
            for (index, byte) in bytes.enumerated() { self[position + index] = byte }
        }
    }

    /// The number at a position that the caller knows to be in range.
    func littleEndian<Value: FixedWidthInteger>(_ type: Value.Type, at position: Int) -> Value {
        var value: Value = 0
        for index in 0..<MemoryLayout<Value>.size {
            value |= Value(truncatingIfNeeded: self[position + index]) << Value(truncatingIfNeeded: 8 * index)
        }
        return value
    }
}
