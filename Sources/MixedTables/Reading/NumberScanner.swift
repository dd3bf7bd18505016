// Numbers straight from bytes, rounded exactly, without a string per number.
//
// Goals, in order: the nearest double, always; speed for what data files hold (up to 19 digits, exponents within 27); no
// dependence on the locale.

/// A number as it stands in a file.
enum ScannedNumber {
    case integer(Int)
    /// A number with a decimal mark or an exponent, or `Inf` or `NaN`.
    case real(Double)
    /// Digits only, but more than an `Int` holds.
    case hugeInteger(Double)
    /// No number begins here.
    case none
}

/// Reads decimal numbers as R's `type.convert` accepts them: a sign, digits with an optional decimal mark, an optional
/// exponent; `Inf`, `Infinity` and `NaN` in any case. Hexadecimal numbers are left as text.
struct NumberScanner {
    let base: UnsafePointer<UInt8>
    let decimalMark: UInt8
    private let powers: UnsafePointer<Double>

    init(base: UnsafePointer<UInt8>, decimalMark: UInt8) {
        self.base = base
        self.decimalMark = decimalMark
        powers = Self.powersOfTen.pointer
    }

    /// Whether a byte may stand around a number: a blank, a tab or a line end.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// The number at `start` and where it ends; `end` is the limit of what may be read.
    @inline(__always)
    func scan(from start: Int, to end: Int) -> (number: ScannedNumber, end: Int) {
        var position = start
        guard position < end else { return (.none, start) }
        var isNegative = false
        if base[position] == 0x2D || base[position] == 0x2B {
            isNegative = base[position] == 0x2D
            position += 1
        }
        let digitsStart = position
        var mantissa: UInt64 = 0
        while position < end {
            let digit = base[position] &- 0x30
            if digit > 9 { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
        }
        let wholeDigits = position - digitsStart
        if position == end || (base[position] != decimalMark && base[position] | 0x20 != 0x65) {
            // No decimals, no exponent: an integer, or a word such as Inf.
            guard wholeDigits > 0 else { return word(from: start, at: digitsStart, to: end, isNegative: isNegative) }
            if wholeDigits <= 18 {
                let value = Int(truncatingIfNeeded: mantissa)
                return (.integer(isNegative ? -value : value), position)
            }
            return longInteger(from: start, to: position)
        }
        return real(
            from: start, digitsStart: digitsStart, wholeDigits: wholeDigits, mantissa: mantissa, at: position, to: end,
            isNegative: isNegative)
    }

    @inline(__always)
    private func real(
        from start: Int, digitsStart: Int, wholeDigits: Int, mantissa whole: UInt64, at mark: Int, to end: Int,
        isNegative: Bool
    ) -> (number: ScannedNumber, end: Int) {
        var mantissa = whole
        var position = mark
        var digits = wholeDigits
        var exponent = 0
        if base[position] == decimalMark {
            position += 1
            let decimalsStart = position
            while position < end {
                let digit = base[position] &- 0x30
                if digit > 9 { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                position += 1
            }
            exponent = decimalsStart - position
            digits += position - decimalsStart
        }
        guard digits > 0 else { return (.none, start) }
        if position < end, base[position] | 0x20 == 0x65 {
            var after = position + 1
            var isDown = false
            if after < end, base[after] == 0x2D || base[after] == 0x2B {
                isDown = base[after] == 0x2D
                after += 1
            }
            let exponentStart = after
            var written = 0
            while after < end, base[after] &- 0x30 <= 9 {
                // Far beyond any double already: more digits change nothing.
                if written < 100_000 { written = written * 10 + Int(base[after] &- 0x30) }
                after += 1
            }
            guard after > exponentStart else { return (.none, start) }
            position = after
            exponent += isDown ? -written : written
        }
        // Leading zeros are no digits that count; 19 that do always fit.
        if digits > 19 {
            var leading = digitsStart
            while leading < position, base[leading] == 0x30 || base[leading] == decimalMark {
                if base[leading] == 0x30 { digits -= 1 }
                leading += 1
            }
        }
        if digits <= 19, let magnitude = exactly(mantissa, timesTenTo: exponent) {
            return (.real(isNegative ? -magnitude : magnitude), position)
        }
        return (.real(slowly(from: start, to: position)), position)
    }

    private static let powersOfFive: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 1...27 { powers.append((powers.last ?? 1) * 5) }
        return powers
    }()

    /// Powers of ten up to the largest that is a double, in memory that every scanner points to.
    private static let powersOfTen: PowersOfTen = PowersOfTen()

    /// Powers of ten up to the largest in a word.
    static var wholePowersOfTen: UnsafePointer<UInt64> { powersOfTen.whole }

    private struct PowersOfTen: @unchecked Sendable {
        let pointer: UnsafePointer<Double>
        let whole: UnsafePointer<UInt64>

        init() {
            let whole = UnsafeMutablePointer<UInt64>.allocate(capacity: 20)
            whole[0] = 1
            for exponent in 1...19 { whole[exponent] = whole[exponent - 1] * 10 }
            self.whole = UnsafePointer(whole)
            let powers = UnsafeMutablePointer<Double>.allocate(capacity: 23)
            var power = 1.0
            for exponent in 0...22 {
                powers[exponent] = power
                power *= 10
            }
            pointer = UnsafePointer(powers)
        }
    }

    /// The double nearest to `mantissa` times ten to the power `exponent`, or `nil` where this way does not reach.
    ///
    /// Up to 2^53 and 10^22 both numbers are doubles and one operation rounds once (Clinger 1990). Up to 10^27 the power of
    /// five fits in 64 bits: the 128-bit product, or a 64-bit quotient with its remainder, is rounded to 53 bits by hand.
    @inline(__always)
    func exactly(_ mantissa: UInt64, timesTenTo exponent: Int) -> Double? {
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            return exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
        }
        return Self.exactlyWide(mantissa, timesTenTo: exponent)
    }

    private static func exactlyWide(_ mantissa: UInt64, timesTenTo exponent: Int) -> Double? {
        guard mantissa != 0 else { return 0 }
        guard exponent >= -27, exponent <= 27 else { return nil }
        let power = powersOfFive[abs(exponent)]
        let shift = mantissa.leadingZeroBitCount
        if exponent >= 0 {
            let product = mantissa.multipliedFullWidth(by: power)
            guard product.high > 0 else {
                return rounded(product.low, hasMore: false, binaryExponent: exponent)
            }
            let lead = product.high.leadingZeroBitCount
            let top = lead == 0 ? product.high : product.high << UInt64(lead) | product.low >> UInt64(64 - lead)
            return rounded(
                top, hasMore: lead == 0 ? product.low != 0 : product.low << UInt64(lead) != 0,
                binaryExponent: exponent + 64 - lead)
        }
        let divisorShift = power.leadingZeroBitCount
        let divisor = power << UInt64(divisorShift)
        var high = mantissa << UInt64(shift)
        var low: UInt64 = 0
        var binaryExponent = exponent - shift + divisorShift - 64
        if high >= divisor {
            low = high << 63
            high >>= 1
            binaryExponent += 1
        }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        return rounded(quotient, hasMore: remainder != 0, binaryExponent: binaryExponent)
    }

    /// `significand` times two to the power, rounded to nearest, ties to even; `hasMore` when bits follow below it.
    private static func rounded(_ significand: UInt64, hasMore: Bool, binaryExponent: Int) -> Double {
        let shift = significand.leadingZeroBitCount
        let normal = significand << UInt64(shift)
        var kept = normal >> 11
        let rest = normal & 0x7FF
        if rest > 0x400 || (rest == 0x400 && (hasMore || kept & 1 == 1)) { kept += 1 }
        return Double(sign: .plus, exponent: binaryExponent - shift + 11, significand: Double(kept))
    }

    /// The standard library's conversion: exact for any number of digits, a string each.
    @inline(never)
    private func slowly(from start: Int, to end: Int) -> Double {
        var bytes = [UInt8](UnsafeBufferPointer(start: base + start, count: end - start))
        if decimalMark != 0x2E {
            for index in bytes.indices where bytes[index] == decimalMark { bytes[index] = 0x2E }
        }
        // A mark without digits on one of its sides is no number to every parser.
        if let mark = bytes.firstIndex(of: 0x2E) {
            if mark + 1 == bytes.count || bytes[mark + 1] &- 0x30 > 9 { bytes.insert(0x30, at: mark + 1) }
            if mark == 0 || bytes[mark - 1] &- 0x30 > 9 { bytes.insert(0x30, at: mark) }
        }
        return Double(String(decoding: bytes, as: UTF8.self)) ?? .nan
    }

    @inline(never)
    private func longInteger(from start: Int, to end: Int) -> (number: ScannedNumber, end: Int) {
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self)
        if let value = Int(text), value != ColumnValues.missingInteger { return (.integer(value), end) }
        return (.hugeInteger(slowly(from: start, to: end)), end)
    }

    @inline(never)
    private func word(from start: Int, at letters: Int, to end: Int, isNegative: Bool) -> (
        number: ScannedNumber, end: Int
    ) {
        for (spelling, value) in [("infinity", Double.infinity), ("inf", .infinity), ("nan", .nan)] {
            let length = spelling.utf8.count
            guard end - letters >= length else { continue }
            if zip(spelling.utf8, letters...).allSatisfy({ $0 == base[$1] | 0x20 }) {
                return (.real(isNegative ? -value : value), letters + length)
            }
        }
        return (.none, start)
    }
}
