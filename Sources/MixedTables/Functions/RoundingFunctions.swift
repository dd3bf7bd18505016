// Rounding to whole numbers, decimals and significant digits.

import MixedSyntax

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum RoundingFunctions {
    static let all: [TableFunction] = [
        mapping("floor") { $0.rounded(.down) },
        mapping("ceiling") { $0.rounded(.up) },
        mapping("trunc") { $0.rounded(.towardZero) },
        TableFunction("round", ["x", "digits"]) { (call) throws(Diagnostic) in
            let digits = try call.wholeNumber("digits", default: 0, in: -330...330)
            return .double(try call.doubles("x").map { round($0, digits: digits) })
        },
        TableFunction("signif", ["x", "digits"]) { (call) throws(Diagnostic) in
            let digits = try call.wholeNumber("digits", default: 6, in: 0...330)
            return .double(try call.doubles("x").map { significant($0, digits: digits) })
        },
    ]

    private static func mapping(_ name: String, _ function: @escaping @Sendable (Double) -> Double) -> TableFunction {
        TableFunction(name, ["x"]) { (call) throws(Diagnostic) in
            .double(try call.doubles("x").map(function))
        }
    }

    /// The nearer of the two numbers with so many decimals around `x`; of equally near ones the even one.
    ///
    /// This is what R documents since 4.0.0: `round(0.15, 1)` is 0.1, because 0.15 is stored as slightly less.
    static func round(_ x: Double, digits: Int) -> Double {
        guard x.isFinite, x != 0 else { return x }
        if digits == 0 { return x.rounded(.toNearestOrEven) }
        // More decimals than a double has: nothing to round.
        let places = Int(log10(abs(x)).rounded(.down)) + 1
        if digits + places > 15 { return x }
        if digits + places < 0 { return 0 }
        if x < 0 { return -round(-x, digits: digits) }
        let scale = pow(10, Double(abs(digits)))
        guard scale.isFinite else { return significant(x, digits: digits + places) }
        func unscaled(_ value: Double) -> Double { digits > 0 ? value / scale : value * scale }
        let scaled = digits > 0 ? x * scale : x / scale
        let below = scaled.rounded(.down)
        let low = unscaled(below)
        let high = unscaled(scaled.rounded(.up))
        let (toLow, toHigh) = (x - low, high - x)
        let isEven = below.truncatingRemainder(dividingBy: 2) == 0
        return toLow < toHigh || (toLow == toHigh && isEven) ? low : high
    }

    /// `x` to so many significant digits.
    static func significant(_ x: Double, digits: Int) -> Double {
        guard x.isFinite, x != 0 else { return x }
        if digits > 17 { return x }
        return Double(CFormat.scientific(x, decimals: max(1, digits) - 1)) ?? x
    }
}
