// Putting values together: `c`, `seq`, `rep`.

import MixedSyntax

enum CombiningFunctions {
    static let all: [TableFunction] = [
        TableFunction("c", ["..."], combine),
        TableFunction("seq", ["from", "to", "by", "length.out"], sequence),
    ]

    /// `c(...)`: the most general type of its parts: truth values, whole numbers, numbers, text.
    private static func combine(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let operands = try call.restOperands().filter { $0.count > 0 }
        if operands.contains(where: { $0.categorical != nil }) {
            return .texts(operands.flatMap { operand in (0..<operand.count).map { operand.values.text(at: $0) } })
        }
        var truths: [Int8]? = []
        var whole: [Int]? = []
        var numbers: [Double] = []
        for operand in operands {
            if case .boolean(let values) = operand.values { truths?.append(contentsOf: values) } else { truths = nil }
            let values = try call.evaluator.numbers(operand)
            if case .integer(let values) = values { whole?.append(contentsOf: values) } else { whole = nil }
            numbers += values.doubles
        }
        if let truths { return .boolean(truths) }
        if let whole { return .integer(whole) }
        return .double(numbers)
    }

    /// `seq(from, to, by)` and `seq(from, to, length.out = n)`.
    private static func sequence(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let from = try call.number("from", default: 1)
        let to = try call.number("to")
        guard from.isFinite, to.isFinite else { throw call.error("'seq' needs finite limits") }
        if call.argument("length.out") != nil {
            let count = try call.wholeNumber("length.out", default: 2, in: 1...1_000_000)
            if count == 1 { return .double([from]) }
            let step = (to - from) / Double(count - 1)
            return .double((0..<count).map { $0 == count - 1 ? to : from + Double($0) * step })
        }
        let step = try call.number("by", default: to >= from ? 1 : -1)
        let isWhole = call.argument("by") == nil && from == from.rounded() && abs(from) < 1e15
        let steps = (to - from) / step
        guard steps >= 0, steps < 1_000_000 else {
            if from == to { return isWhole ? .integer([Int(from)]) : .double([from]) }
            throw call.error("'by' of 'seq' does not lead from \(RNumber.text(from)) to \(RNumber.text(to))", at: "by")
        }
        let values = (0...Int(steps + 1e-10)).map { from + Double($0) * step }
        // The last may overshoot by rounding.
        if isWhole { return .integer(values.map { Int($0) }) }
        return .double(values.map { step > 0 ? min($0, to) : max($0, to) })
    }
}
