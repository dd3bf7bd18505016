// Summaries of a column that give one value, which operators then repeat: `x - mean(x)`.

import MixedSyntax

enum SummaryFunctions {
    static let all: [TableFunction] = [
        summary("mean", mean),
        TableFunction("median", ["x", "na.rm"], median),
        summary("var", variance),
        summary("sd") { variance($0).squareRoot() },
        TableFunction("sum", ["...", "na.rm"], sum),
        TableFunction("n", []) { (call) throws(Diagnostic) in .integer([call.rowCount]) },
        TableFunction("length", ["x"]) { (call) throws(Diagnostic) in .integer([try call.values("x").count]) },
    ]

    private static func summary(_ name: String, _ function: @escaping @Sendable ([Double]) -> Double) -> TableFunction {
        TableFunction(name, ["x", "na.rm"]) { (call) throws(Diagnostic) in
            let values = try call.doubles("x")
            if try call.flag("na.rm", default: false) { return .double([function(values.filter { !$0.isNaN })]) }
            return .double([values.contains { $0.isNaN } ? .nan : function(values)])
        }
    }

    /// The mean in two passes: the second adds the mean of what the first left over, as R does.
    static func mean(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let first = sum(values) / Double(values.count)
        guard first.isFinite else { return first }
        return first + sum(values.map { $0 - first }) / Double(values.count)
    }

    static func variance(_ values: [Double]) -> Double {
        guard values.count > 1 else { return .nan }
        let center = mean(values)
        return sum(values.map { ($0 - center) * ($0 - center) }) / Double(values.count - 1)
    }

    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : mean([sorted[middle - 1], sorted[middle]])
    }

    /// A sum that carries along what each addition rounds away (Neumaier 1974).
    static func sum(_ values: [Double]) -> Double {
        var total = 0.0
        var lost = 0.0
        for value in values {
            let next = total + value
            lost += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
            total = next
        }
        return lost.isFinite ? total + lost : total
    }

    /// The middle value; an odd number of whole numbers has a whole one.
    private static func median(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let numbers = try call.numbers("x")
        let values = numbers.doubles.filter { !$0.isNaN }
        let skipsMissing = try call.flag("na.rm", default: false)
        let isKnown = skipsMissing || values.count == numbers.count
        let middle = isKnown ? median(values) : .nan
        if case .integer(let whole) = numbers, !isKnown || values.count % 2 == 1, whole.count > 0 {
            return .integer([Int(exactly: middle) ?? ColumnValues.missingInteger])
        }
        return .double([middle])
    }

    private static func sum(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let skipsMissing = try call.flag("na.rm", default: false)
        var whole: Int? = 0
        var values: [Double] = []
        for operand in try call.restOperands() {
            let numbers = try call.evaluator.numbers(operand)
            values += numbers.doubles.filter { !skipsMissing || !$0.isNaN }
            guard case .integer(let integers) = numbers else {
                whole = nil
                continue
            }
            for value in integers where !(skipsMissing && value == ColumnValues.missingInteger) {
                guard let sum = whole, value != ColumnValues.missingInteger else {
                    if whole != nil { return .integer([ColumnValues.missingInteger]) }
                    break
                }
                let (next, overflow) = sum.addingReportingOverflow(value)
                whole = overflow ? nil : next
            }
        }
        if let whole { return .integer([whole]) }
        return .double([values.contains { $0.isNaN } ? .nan : sum(values)])
    }
}
