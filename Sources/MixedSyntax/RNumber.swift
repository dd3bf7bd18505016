// Writes numbers as R prints and deparses them: 15 significant digits, fixed or scientific, whichever is shorter.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// R's text for numbers, shared by everything that must name things as R does.
package enum RNumber {
    /// The shortest text that gives the number to 15 significant digits: `100`, `1e+05`, `0.1`, `1e-04`.
    package static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "Inf" }
        if value == 0 { return "0" }
        // d.dddddddddddddde±xx: the digits without trailing zeros, and the exponent, decide the form.
        let scientific = formatted("%.*e", 14, value)
        guard let mark = scientific.firstIndex(of: "e"),
            let exponent = Int(scientific[scientific.index(after: mark)...])
        else { return scientific }
        var digits = scientific[..<mark].filter { ("0"..."9").contains($0) }
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        let decimals = max(0, digits.count - exponent - 1)
        let fixedWidth = (exponent >= 0 ? exponent + 1 : 1) + (decimals > 0 ? decimals + 1 : 0)
        let exponentWidth = abs(exponent) >= 100 ? 5 : 4
        let scientificWidth = digits.count + (digits.count > 1 ? 1 : 0) + exponentWidth
        return fixedWidth <= scientificWidth
            ? formatted("%.*f", decimals, value) : formatted("%.*e", digits.count - 1, value)
    }

    /// The text of an integer, which R never writes with an exponent.
    package static func integerText(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? text(value)
    }

    private static func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let capacity = buffer.count
        let length = withVaList([Int32(precision), value]) { vsnprintf(&buffer, capacity, format, $0) }
        let used = max(0, min(Int(length), capacity - 1))
        return String(decoding: buffer[..<used].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
