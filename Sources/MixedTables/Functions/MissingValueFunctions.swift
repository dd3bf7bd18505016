// Missing values and choices between two columns.

import MixedSyntax

enum MissingValueFunctions {
    static let all: [TableFunction] = [
        TableFunction("is.na", ["x"]) { (call) throws(Diagnostic) in
            let values = try call.values("x")
            return .boolean((0..<values.count).map { values.isMissing(at: $0) ? 1 : 0 })
        },
        TableFunction("is.finite", ["x"]) { (call) throws(Diagnostic) in
            .boolean(try call.doubles("x").map { $0.isFinite ? 1 : 0 })
        },
        TableFunction("is.infinite", ["x"]) { (call) throws(Diagnostic) in
            .boolean(try call.doubles("x").map { $0.isInfinite ? 1 : 0 })
        },
        TableFunction("ifelse", ["test", "yes", "no"], ifElse),
    ]

    /// `ifelse(test, yes, no)`: where the test is missing, so is the result.
    ///
    /// Factors give their values as text; R would give their codes.
    private static func ifElse(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let test = try call.evaluator.booleans(call.operand("test"))
        let (yes, no) = (try call.values("yes"), try call.values("no"))
        for (formal, values) in [("yes", yes), ("no", no)] where values.count != test.count && values.count != 1 {
            guard test.count == 1 else {
                throw call.error(
                    "'\(formal)' of 'ifelse' has \(values.count) values where the test has \(test.count)", at: formal)
            }
        }
        // A single test chooses a whole column.
        let count = test.count == 1 ? max(1, yes.count, no.count) : test.count
        guard [yes.count, no.count].allSatisfy({ $0 == count || $0 == 1 }) else {
            throw call.error("'yes' and 'no' of 'ifelse' have \(yes.count) and \(no.count) values")
        }
        func choose<Value>(_ yes: [Value], _ no: [Value], missing: Value) -> [Value] {
            (0..<count).map { row in
                let truth = test[test.count == 1 ? 0 : row]
                if truth < 0 { return missing }
                let side = truth == 1 ? yes : no
                return side[side.count == 1 ? 0 : row]
            }
        }
        switch (yes, no) {
        case (.categorical, _), (_, .categorical):
            let (first, second) = (yes.asText(), no.asText())
            // A logical NA is no text.
            let offset = Int32(truncatingIfNeeded: first.levels.count)
            let codes = choose(
                first.codes, second.codes.map { $0 < 0 ? $0 : $0 + offset }, missing: CategoricalValues.missing)
            return .categorical(merged(codes, first.levels + second.levels))
        case (.boolean(let first), .boolean(let second)):
            return .boolean(choose(first, second, missing: ColumnValues.missingBoolean))
        default:
            let first = try call.numbers("yes")
            let second = try call.numbers("no")
            if case .integer(let first) = first, case .integer(let second) = second {
                return .integer(choose(first, second, missing: ColumnValues.missingInteger))
            }
            return .double(choose(first.doubles, second.doubles, missing: .nan))
        }
    }

    /// Text of levels that may repeat.
    private static func merged(_ codes: [Int32], _ levels: [String]) -> CategoricalValues {
        var distinct: [String] = []
        var position: [String: Int32] = [:]
        let translation = levels.map { level -> Int32 in
            if let code = position[level] { return code }
            let code = Int32(truncatingIfNeeded: distinct.count)
            position[level] = code
            distinct.append(level)
            return code
        }
        return CategoricalValues(
            codes: codes.map { $0 < 0 ? $0 : translation[Int($0)] }, levels: distinct, kind: .text)
    }
}
