// Logarithms, exponentials, roots and trigonometry, value by value.

import MixedSyntax

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum ElementaryFunctions {
    static let all: [TableFunction] = [
        TableFunction("log", ["x", "base"], logarithm),
        mapping("log2") { log2($0) },
        mapping("log10") { log10($0) },
        mapping("log1p") { log1p($0) },
        mapping("exp") { exp($0) },
        mapping("expm1") { expm1($0) },
        mapping("sqrt") { $0.squareRoot() },
        mapping("sin") { sin($0) },
        mapping("cos") { cos($0) },
        mapping("tan") { tan($0) },
        mapping("asin") { asin($0) },
        mapping("acos") { acos($0) },
        mapping("atan") { atan($0) },
        mapping("tanh") { tanh($0) },
        mapping("plogis") { 1 / (1 + exp(-$0)) },
        mapping("qlogis") { log($0) - log1p(-$0) },
        mapping("sign") { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
        TableFunction("abs", ["x"], absolute),
        TableFunction("I", ["x"]) { (call) throws(Diagnostic) in try call.values("x") },
    ]

    private static func mapping(_ name: String, _ function: @escaping @Sendable (Double) -> Double) -> TableFunction {
        TableFunction(name, ["x"]) { (call) throws(Diagnostic) in .double(try call.doubles("x").map(function)) }
    }

    private static func logarithm(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let values = try call.doubles("x")
        guard call.argument("base") != nil else { return .double(values.map { log($0) }) }
        let base = try call.number("base")
        if base == 2 { return .double(values.map { log2($0) }) }
        if base == 10 { return .double(values.map { log10($0) }) }
        let scale = log(base)
        return .double(values.map { log($0) / scale })
    }

    private static func absolute(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        switch try call.numbers("x") {
        case .integer(let values): .integer(values.map { $0 < 0 ? 0 &- $0 : $0 })
        case .double(let values): .double(values.map { abs($0) })
        }
    }
}
