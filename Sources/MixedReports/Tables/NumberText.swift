// Decimal text of numbers, independent of the locale.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Numbers rounded to decimal text as C's `printf` rounds them, always with a decimal point.
enum NumberText {
    /// With a fixed number of decimals; a negative number that rounds to zero loses its sign.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return notFinite(value) }
        if decimals >= 0, let rounded = RoundedDecimal(value.magnitude, decimals: decimals) {
            return rounded.text(isNegative: value < 0 && rounded.units > 0)
        }
        let text = formatted("%.*f", max(0, min(decimals, 340)), value)
        return text.first == "-" && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
    }

    /// In scientific notation, `1.2e-05`, with a number of significant digits.
    static func scientific(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return notFinite(value) }
        return formatted("%.*e", max(1, min(digits, 17)) - 1, value)
    }

    /// All digits: the fewest that read back as the same number; whole numbers without a decimal point.
    static func full(_ value: Double) -> String {
        guard value.isFinite else { return notFinite(value) }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func notFinite(_ value: Double) -> String {
        value.isNaN ? "NA" : (value < 0 ? "-Inf" : "Inf")
    }

    private static func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 700)
        let count = withVaList([Int32(truncatingIfNeeded: precision), value]) {
            vsnprintf(&buffer, buffer.count, format, $0)
        }
        guard count > 0, Int(count) < buffer.count else { return full(value) }
        // The host program may have set a locale with another decimal mark, perhaps of several bytes.
        var bytes: [UInt8] = []
        for character in buffer.prefix(Int(count)) {
            let byte = UInt8(bitPattern: character)
            let isNumeral = (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2B || byte == 0x65
            if isNumeral { bytes.append(byte) } else if bytes.last != 0x2E { bytes.append(0x2E) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A number rounded to some significant digits: how many of them it needs, and its decimal exponent.
struct SignificantDigits {
    /// The exponent of the first digit: 2 for 251.4, -3 for 0.0012.
    let exponent: Int
    /// How many digits remain without trailing zeros.
    let count: Int

    /// - Parameter value: Finite and not zero.
    init(_ value: Double, digits: Int) {
        if let rounded = RoundedDecimal(value.magnitude, significantDigits: digits) {
            var (units, shown) = (rounded.units, digits)
            while shown > 1, units % 10 == 0 {
                units /= 10
                shown -= 1
            }
            exponent = digits - 1 - rounded.decimals
            count = shown
            return
        }
        let text = NumberText.scientific(value, digits: digits)
        let parts = text.split(separator: "e")
        exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        var mantissa = (parts.first ?? "").filter { $0 != "-" && $0 != "." }
        while mantissa.count > 1, mantissa.last == "0" { mantissa.removeLast() }
        count = max(1, mantissa.count)
    }

    /// How many decimals show all of the digits.
    var decimals: Int { max(0, count - 1 - exponent) }
}
