// Changing the type of a column.

import MixedSyntax

enum ConversionFunctions {
    static let all: [TableFunction] = [
        TableFunction("as.numeric", ["x"], asNumeric),
        TableFunction("as.double", ["x"], asNumeric),
        TableFunction("as.integer", ["x"], asInteger),
        TableFunction("as.character", ["x"]) { (call) throws(Diagnostic) in
            var text = try call.values("x").asText()
            text.kind = .text
            return .categorical(text)
        },
        TableFunction("as.logical", ["x"], asLogical),
    ]

    /// Numbers that text spells, and the codes of factors counted from 1; other text becomes missing.
    private static func asNumeric(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let operand = try call.operand("x")
        guard let values = operand.categorical else {
            return .double(try call.evaluator.numbers(operand).doubles)
        }
        if values.kind != .text { return .double(values.codes.map { $0 < 0 ? .nan : Double($0) + 1 }) }
        let numbers = values.levels.map { NumberText.value($0) ?? .nan }
        return .double(values.codes.map { $0 < 0 ? .nan : numbers[Int($0)] })
    }

    private static func asInteger(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let operand = try call.operand("x")
        if operand.categorical == nil, case .integer(let values) = try call.evaluator.numbers(operand) {
            return .integer(values)
        }
        guard case .double(let values) = try asNumeric(call) else { return operand.values }
        return .integer(values.map { Int(exactly: $0.rounded(.towardZero)) ?? ColumnValues.missingInteger })
    }

    private static func asLogical(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let operand = try call.operand("x")
        guard let values = operand.categorical else { return .boolean(try call.evaluator.booleans(operand)) }
        let truths = values.levels.map { level -> Int8 in
            switch level {
            case "TRUE", "true", "T", "True": 1
            case "FALSE", "false", "F", "False": 0
            default: ColumnValues.missingBoolean
            }
        }
        return .boolean(values.codes.map { $0 < 0 ? ColumnValues.missingBoolean : truths[Int($0)] })
    }
}
