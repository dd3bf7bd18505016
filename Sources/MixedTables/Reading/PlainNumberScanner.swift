// Decimal numbers without exponents, eight digits at a time.

/// Reads numbers of up to sixteen digits before the decimal mark and after it, nineteen in all.
struct PlainNumberScanner {
    /// A number as it is written: three words, so that it is passed on in registers.
    struct Number {
        /// All its digits.
        let mantissa: UInt64
        /// The delimiter or line end after it; -1 where a field is no such number, and the rest means nothing.
        let end: Int
        /// How many digits follow the decimal mark, above the two lowest bits.
        fileprivate let form: Int

        var isPlain: Bool { end >= 0 }
        var isNegative: Bool { form & 1 != 0 }
        var hasMark: Bool { form & 2 != 0 }
        var decimals: Int { form >> 2 }
    }

    private let base: UnsafePointer<UInt8>
    private let delimiter: UInt8
    private let decimalMark: UInt8
    private let scanner: NumberScanner
    private let powers: UnsafePointer<UInt64>

    init(base: UnsafePointer<UInt8>, delimiter: UInt8, decimalMark: UInt8) {
        self.base = base
        self.delimiter = delimiter
        self.decimalMark = decimalMark
        scanner = NumberScanner(base: base, decimalMark: decimalMark)
        powers = NumberScanner.wholePowersOfTen
    }

    /// The number in the field at `start`; the 48 bytes from there on are looked at.
    @inline(__always)
    func scan(at start: Int) -> Number {
        let sign = base[start] == 0x2D ? 1 : 0
        let first = start &+ sign
        let (whole, wholeCount) = digits(at: first)
        var end = first &+ wholeCount
        var mantissa = whole
        var form = sign
        var isPlain = wholeCount <= 16
        var count = wholeCount
        if base[end] == decimalMark {
            let (decimals, decimalCount) = digits(at: end &+ 1)
            count = wholeCount &+ decimalCount
            isPlain = isPlain && decimalCount <= 16 && count <= 19
            mantissa = whole &* powers[decimalCount] &+ decimals
            form |= 2 | decimalCount << 2
            end = end &+ 1 &+ decimalCount
        }
        let byte = base[end]
        isPlain = isPlain && count > 0 && (byte == delimiter || byte == 0x0A || byte == 0x0D)
        return Number(mantissa: mantissa, end: isPlain ? end : -1, form: form)
    }

    /// The double nearest to a plain number's magnitude, or `nil` where this way does not reach.
    @inline(__always)
    func magnitude(_ number: Number) -> Double? {
        scanner.exactly(number.mantissa, timesTenTo: -number.decimals)
    }

    /// The digits from here on and how many they are; more than sixteen mean nothing but that they are too many.
    @inline(__always)
    private func digits(at start: Int) -> (value: UInt64, count: Int) {
        let word = ByteWord.load(base + start) ^ ByteWord.repeated(0x30)
        let others = ByteWord.bytesAboveNine(word)
        if others != 0 {
            let count = others.trailingZeroBitCount >> 3
            return (ByteWord.decimal(word << UInt64(64 - 8 * count)), count)
        }
        return moreDigits(ByteWord.decimal(word), at: start + 8)
    }

    @inline(__always)
    private func moreDigits(_ value: UInt64, at start: Int) -> (value: UInt64, count: Int) {
        let word = ByteWord.load(base + start) ^ ByteWord.repeated(0x30)
        let others = ByteWord.bytesAboveNine(word)
        guard others != 0 else { return (0, 17) }
        let count = others.trailingZeroBitCount >> 3
        return (value &* powers[count] &+ ByteWord.decimal(word << UInt64(64 - 8 * count)), 8 + count)
    }
}
