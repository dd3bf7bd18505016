// Eight bytes looked at together: where one of them ends something, and the number that eight digits make.

/// Operations on the eight bytes of a word, the first of them in its lowest bits.
enum ByteWord {
    /// The eight bytes from here on.
    @inline(__always)
    static func load(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self).littleEndian
    }

    /// A byte eight times.
    @inline(__always)
    static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// Fewer than eight bytes of a word, the others zero.
    @inline(__always)
    static func firstBytes(_ count: Int, of word: UInt64) -> UInt64 {
        word & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
    }

    /// The highest bit of each byte that is zero; bytes after the first of them may have theirs as well.
    @inline(__always)
    static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- repeated(0x01)) & ~word & repeated(0x80)
    }

    /// The highest bit of each byte above nine.
    @inline(__always)
    static func bytesAboveNine(_ word: UInt64) -> UInt64 {
        (((word & repeated(0x7F)) &+ repeated(0x76)) | word) & repeated(0x80)
    }

    /// The number whose decimal digits the bytes are, values of zero to nine, the first digit in the lowest byte.
    ///
    /// Neighbours are joined three times: to pairs, to fours, to all eight.
    @inline(__always)
    static func decimal(_ digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ (digits >> 8)
        let outer = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let inner = ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (outer &+ inner) >> 32
    }
}
