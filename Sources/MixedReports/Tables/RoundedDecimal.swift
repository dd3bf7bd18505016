// Exact decimal rounding of numbers of ordinary size by integer arithmetic, many times faster than `printf`.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A magnitude as a whole number of decimal units, `units · 10^-decimals`, rounded half to even from the exact binary value.
///
/// `printf` rounds the same way with arithmetic of any length; tables of thousands of rows are most of a command's time with it.
struct RoundedDecimal: Equatable {
    let units: UInt64
    /// How many digits of `units` stand after the decimal point; negative for hundreds, thousands, ...
    let decimals: Int

    /// 10^0 to 10^19, all that an unsigned 64-bit number holds.
    private static let powersOfTen: [UInt64] = (0..<19).reduce(into: [1]) { powers, _ in
        powers.append(powers[powers.count - 1] * 10)
    }
    /// Results from here on are left to `printf`, so that one carry more still fits.
    private static let limit: Double = 1e18

    /// Rounds to a number of decimals; `nil` where 64 bits do not hold the result.
    ///
    /// - Parameter magnitude: Finite and not negative.
    init?(_ magnitude: Double, decimals: Int) {
        guard abs(decimals) < Self.powersOfTen.count else { return nil }
        let power = Self.powersOfTen[abs(decimals)]
        let scaled = decimals >= 0 ? magnitude * Double(power) : magnitude / Double(power)
        guard scaled < Self.limit else { return nil }
        // magnitude = significand · 2^exponent, exactly.
        let isNormal = magnitude.isNormal
        let significand = magnitude.significandBitPattern | (isNormal ? 1 << 52 : 0)
        let exponent = (isNormal ? Int(magnitude.exponentBitPattern) : 1) - 1075
        self.decimals = decimals
        if decimals >= 0 {
            let product = UInt128(significand) * UInt128(power)
            if exponent >= 0 {
                units = UInt64(product << UInt128(exponent))
            } else if exponent <= -128 {
                units = 0  // The product has at most 117 bits: less than half a unit.
            } else {
                units = UInt64(Self.rounded(product, shiftedBy: -exponent))
            }
        } else {
            guard exponent > -64, exponent < 64 else { return nil }
            let numerator = UInt128(significand) << UInt128(max(exponent, 0))
            let denominator = UInt128(power) << UInt128(max(-exponent, 0))
            let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
            let twice = remainder << 1
            let isUp = twice > denominator || (twice == denominator && quotient & 1 == 1)
            units = UInt64(quotient) + (isUp ? 1 : 0)
        }
    }

    /// Rounds to a number of significant digits; `nil` where 64 bits do not hold what that takes.
    ///
    /// - Parameter magnitude: Finite and positive.
    init?(_ magnitude: Double, significantDigits digits: Int) {
        guard (1...17).contains(digits) else { return nil }
        let (least, limit) = (Self.powersOfTen[digits - 1], Self.powersOfTen[digits])
        // The logarithm may be off by one at a power of ten, and rounding may reach the next one.
        var exponent = Int(log10(magnitude).rounded(.down))
        guard var rounded = RoundedDecimal(magnitude, decimals: digits - 1 - exponent) else { return nil }
        if rounded.units <= least {
            guard let finer = RoundedDecimal(magnitude, decimals: digits - exponent) else { return nil }
            if finer.units < limit {
                rounded = finer
                exponent -= 1
            }
        }
        if rounded.units >= limit {
            guard let coarser = RoundedDecimal(magnitude, decimals: digits - 2 - exponent) else { return nil }
            rounded = coarser
        }
        guard rounded.units >= least, rounded.units < limit else { return nil }
        self = rounded
    }

    private static func rounded(_ product: UInt128, shiftedBy shift: Int) -> UInt128 {
        let quotient = product >> UInt128(shift)
        let remainder = product & ((1 << UInt128(shift)) - 1)
        let half: UInt128 = 1 << UInt128(shift - 1)
        return quotient + (remainder > half || (remainder == half && quotient & 1 == 1) ? 1 : 0)
    }

    /// The text, `-1.50` for 150 units of two decimals; only for `decimals` of zero or more.
    func text(isNegative: Bool) -> String {
        // 20 digits, or 19 decimals after "0.", and a sign.
        String(unsafeUninitializedCapacity: 24) { buffer in
            var rest = units
            var position = 24
            var written = 0
            while rest > 0 || written <= decimals {
                if written == decimals, decimals > 0 {
                    position -= 1
                    buffer[position] = UInt8(ascii: ".")
                }
                position -= 1
                buffer[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
                written += 1
            }
            if isNegative {
                position -= 1
                buffer[position] = UInt8(ascii: "-")
            }
            let count = 24 - position
            for index in 0..<count { buffer[index] = buffer[position + index] }
            return count
        }
    }
}
