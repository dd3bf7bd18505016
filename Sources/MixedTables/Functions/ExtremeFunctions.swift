// Smallest and largest values: of everything (`min`, `max`) and row by row (`pmin`, `pmax`).

import MixedSyntax

enum ExtremeFunctions {
    static let all: [TableFunction] = [
        overall("min") { $0 < $1 },
        overall("max") { $0 > $1 },
        byRow("pmin") { $0 < $1 },
        byRow("pmax") { $0 > $1 },
    ]

    private static func overall(_ name: String, _ isBetter: @escaping @Sendable (Double, Double) -> Bool)
        -> TableFunction
    {
        TableFunction(name, ["...", "na.rm"]) { (call) throws(Diagnostic) in
            let skipsMissing = try call.flag("na.rm", default: false)
            var best: Double?
            var isWhole = true
            var hasMissing = false
            for operand in try call.restOperands() {
                let numbers = try call.evaluator.numbers(operand)
                if case .double = numbers { isWhole = false }
                for value in numbers.doubles {
                    if value.isNaN {
                        hasMissing = hasMissing || !skipsMissing
                    } else if best.map({ isBetter(value, $0) }) ?? true {
                        best = value
                    }
                }
            }
            if hasMissing { return isWhole ? .integer([ColumnValues.missingInteger]) : .double([.nan]) }
            guard let best else { throw call.error("'\(name)' has no values to choose from") }
            if isWhole, let whole = Int(exactly: best) { return .integer([whole]) }
            return .double([best])
        }
    }

    private static func byRow(_ name: String, _ isBetter: @escaping @Sendable (Double, Double) -> Bool)
        -> TableFunction
    {
        TableFunction(name, ["...", "na.rm"]) { (call) throws(Diagnostic) in
            let skipsMissing = try call.flag("na.rm", default: false)
            var best: [Double]?
            var isWhole = true
            for operand in try call.restOperands() {
                let numbers = try call.evaluator.numbers(operand)
                if case .double = numbers { isWhole = false }
                let values = numbers.doubles
                guard let soFar = best else {
                    best = values
                    continue
                }
                guard values.count == soFar.count || min(values.count, soFar.count) <= 1 else {
                    throw call.error("'\(name)' is given \(soFar.count) and \(values.count) values")
                }
                best = Recycling.map(soFar, values) { a, b in
                    if a.isNaN { return skipsMissing ? b : a }
                    if b.isNaN { return skipsMissing ? a : b }
                    return isBetter(b, a) ? b : a
                }
            }
            guard let best else { throw call.error("'\(name)' needs an argument") }
            guard isWhole else { return .double(best) }
            return .integer(best.map { Int(exactly: $0) ?? ColumnValues.missingInteger })
        }
    }
}
