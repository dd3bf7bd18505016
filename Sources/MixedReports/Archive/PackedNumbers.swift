// Numbers in few bytes: whole ones as differences of variable length, all others as they are.

// Blocks of cross-products hold counts beside sums. Element by element over all blocks, a "plane" is either all whole
// numbers, which take a byte or two each, or it is kept as it is. Nothing is rounded.
//
//     packed doubles   number of blocks UInt64, numbers in a block UInt32, then for each plane a byte and its numbers:
//                      0 as doubles, 1 as whole numbers, 2 as differences of whole numbers
//     packed integers  count UInt64, then differences
//
// A whole number is stored with its sign in the lowest bit, seven bits to a byte, lowest first, the eighth bit set in all but
// its last byte.

/// Packing of arrays.
enum PackedNumbers {
    private enum PlaneCode: UInt8 {
        case doubles = 0
        case integers = 1
        case differences = 2
    }

    /// The largest magnitude up to which every whole number is a double.
    private static let wholeLimit = 9_007_199_254_740_992.0

    /// The bytes of blocks of equal size.
    ///
    /// - Parameter width: Numbers in a block; the count of the values is a multiple of it.
    static func bytes(of values: [Double], width: Int) -> [UInt8] {
        let width = max(width, 1)
        let count = values.count / width
        var output: [UInt8] = []
        output.reserveCapacity(values.count * 2 + 12)
        output.appendLittleEndian(UInt64(count))
        output.appendLittleEndian(UInt32(truncatingIfNeeded: width))
        var plane = [Double](repeating: 0, count: count)
        for element in 0..<width {
            for block in 0..<count { plane[block] = values[block * width + element] }
            guard let whole = wholeNumbers(plane) else {
                output.append(PlaneCode.doubles.rawValue)
                output += LittleEndianValues.bytes(of: plane)
                continue
            }
            var differences = whole
            for block in stride(from: count - 1, to: 0, by: -1) { differences[block] = whole[block] - whole[block - 1] }
            let isShorter = length(of: differences) < length(of: whole)
            output.append((isShorter ? PlaneCode.differences : .integers).rawValue)
            append(isShorter ? differences : whole, to: &output)
        }
        return output
    }

    /// The blocks that bytes hold; `nil` where they hold none, or go on after the last one.
    static func doubles(of payload: ArraySlice<UInt8>) -> [Double]? {
        var reader = Reader(payload)
        guard let count = reader.count(), let width = reader.number(UInt32.self).map(Int.init), width >= 1,
            !count.multipliedReportingOverflow(by: width).overflow, count == 0 || width <= payload.count / count + 1
        else { return nil }
        var values = [Double](repeating: 0, count: count * width)
        for element in 0..<width {
            guard let code = reader.byte().flatMap(PlaneCode.init) else { return nil }
            if code == .doubles {
                let (length, overflow) = count.multipliedReportingOverflow(by: 8)
                guard !overflow, let bytes = reader.bytes(length) else { return nil }
                let plane: [Double] = LittleEndianValues.values(of: bytes)
                for block in 0..<count { values[block * width + element] = plane[block] }
                continue
            }
            var last: Int64 = 0
            for block in 0..<count {
                guard let next = reader.integer() else { return nil }
                last = code == .differences ? last &+ next : next
                values[block * width + element] = Double(last)
            }
        }
        return reader.isAtEnd ? values : nil
    }

    /// The bytes of whole numbers as differences.
    static func bytes(of values: [Int32]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(values.count * 2 + 8)
        output.appendLittleEndian(UInt64(values.count))
        var last: Int64 = 0
        for value in values {
            append(Int64(value) - last, to: &output)
            last = Int64(value)
        }
        return output
    }

    /// The whole numbers that bytes hold; `nil` where they hold none, or go on after the last one.
    static func integers(of payload: ArraySlice<UInt8>) -> [Int32]? {
        var reader = Reader(payload)
        guard let count = reader.count() else { return nil }
        var values: [Int32] = []
        values.reserveCapacity(count)
        var last: Int64 = 0
        for _ in 0..<count {
            guard let next = reader.integer() else { return nil }
            last &+= next
            guard let value = Int32(exactly: last) else { return nil }
            values.append(value)
        }
        return reader.isAtEnd ? values : nil
    }

    /// The values as whole numbers, if they are all; a zero with a minus sign is none.
    private static func wholeNumbers(_ values: [Double]) -> [Int64]? {
        var result: [Int64] = []
        result.reserveCapacity(values.count)
        for value in values {
            guard abs(value) <= wholeLimit, value == value.rounded(), !(value == 0 && value.sign == .minus) else {
                return nil
            }
            result.append(Int64(value))
        }
        return result
    }

    private static func folded(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63)
    }

    private static func length(of values: [Int64]) -> Int {
        values.reduce(0) { $0 + max(1, (70 - folded($1).leadingZeroBitCount) / 7) }
    }

    private static func append(_ values: [Int64], to output: inout [UInt8]) {
        for value in values { append(value, to: &output) }
    }

    private static func append(_ value: Int64, to output: inout [UInt8]) {
        var rest = folded(value)
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Reads from bytes without going beyond them.
    private struct Reader {
        private let payload: ArraySlice<UInt8>
        private var position: Int

        init(_ payload: ArraySlice<UInt8>) {
            self.payload = payload
            position = payload.startIndex
        }

        var isAtEnd: Bool { position == payload.endIndex }

        mutating func byte() -> UInt8? {
            guard position < payload.endIndex else { return nil }
            position += 1
            return payload[position - 1]
        }

        mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, count <= payload.endIndex - position else { return nil }
            position += count
            return payload[(position - count)..<position]
        }

        mutating func number<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
            guard let bytes = bytes(MemoryLayout<Value>.size) else { return nil }
            return bytes.reversed().reduce(0) { ($0 << 8) | Value(truncatingIfNeeded: $1) }
        }

        /// A number of values, each of which takes at least one of the bytes that follow.
        mutating func count() -> Int? {
            guard let count = number(UInt64.self), count <= UInt64(payload.endIndex - position) else { return nil }
            return Int(count)
        }

        mutating func integer() -> Int64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while let next = byte() {
                guard shift < 63 || next <= 1 else { return nil }
                value |= UInt64(next & 0x7F) << shift
                if next < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
                shift += 7
                if shift > 63 { return nil }
            }
            return nil
        }
    }
}
