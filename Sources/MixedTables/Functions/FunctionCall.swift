// A call with its arguments matched to the function's, as R matches them.

import MixedSyntax

/// One call of a function: its arguments by name, evaluated when asked for.
struct FunctionCall {
    let function: TableFunction
    let expression: TableExpression
    let evaluator: ExpressionEvaluator
    private var bound: [String: TableExpression] = [:]
    /// What `...` took.
    private(set) var rest: [TableExpression.Argument] = []

    /// Matches arguments: exact names first, then unambiguous beginnings of names, then the others in order.
    init(
        _ function: TableFunction, _ arguments: [TableExpression.Argument], in expression: TableExpression,
        evaluator: ExpressionEvaluator
    ) throws(Diagnostic) {
        self.function = function
        self.expression = expression
        self.evaluator = evaluator
        let variadic = function.formals.firstIndex(of: "...")
        var unnamed: [TableExpression.Argument] = []
        for argument in arguments {
            guard let label = argument.label else {
                unnamed.append(argument)
                continue
            }
            // Behind the dots a name must be written in full.
            let beginnings = function.formals[..<(variadic ?? function.formals.count)].filter { $0.hasPrefix(label) }
            let formal =
                function.formals.contains(label) && label != "..."
                ? label : beginnings.count == 1 ? beginnings[0] : nil
            if let formal {
                guard bound.updateValue(argument.value, forKey: formal) == nil else {
                    throw evaluator.diagnostic("'\(function.name)' is given '\(formal)' twice", at: argument.value)
                }
            } else if variadic != nil {
                unnamed.append(argument)
            } else {
                let near = NameSuggestion.nearest(to: label, among: function.formals)
                throw evaluator.diagnostic(
                    "'\(function.name)' has no argument '\(label)'", at: argument.value,
                    hint: near.map { "did you mean '\($0)'?" }
                        ?? "its arguments are \(function.formals.joined(separator: ", "))")
            }
        }
        for formal in function.formals where !unnamed.isEmpty && bound[formal] == nil {
            if formal == "..." {
                rest = unnamed
                unnamed = []
            } else {
                bound[formal] = unnamed.removeFirst().value
            }
        }
        if let extra = unnamed.first {
            throw evaluator.diagnostic(
                "'\(function.name)' takes at most \(function.formals.count) "
                    + (function.formals.count == 1 ? "argument" : "arguments"), at: extra.value)
        }
    }

    var rowCount: Int { evaluator.table.rowCount }

    /// The expression of an argument, `nil` when it is not given or `NULL`.
    func argument(_ formal: String) -> TableExpression? {
        guard let given = bound[formal], given.node != .constant(.null) else { return nil }
        return given
    }

    func operand(_ formal: String) throws(Diagnostic) -> Operand {
        guard let given = bound[formal] else {
            throw evaluator.diagnostic("'\(function.name)' needs the argument '\(formal)'", at: expression)
        }
        return Operand(try evaluator.values(of: given), given)
    }

    func values(_ formal: String) throws(Diagnostic) -> ColumnValues { try operand(formal).values }

    func optionalValues(_ formal: String) throws(Diagnostic) -> ColumnValues? {
        guard let given = argument(formal) else { return nil }
        return try evaluator.values(of: given)
    }

    /// The operands that `...` took.
    func restOperands() throws(Diagnostic) -> [Operand] {
        var operands: [Operand] = []
        for argument in rest { operands.append(Operand(try evaluator.values(of: argument.value), argument.value)) }
        return operands
    }

    func numbers(_ formal: String) throws(Diagnostic) -> Numbers { try evaluator.numbers(operand(formal)) }

    func doubles(_ formal: String) throws(Diagnostic) -> [Double] { try numbers(formal).doubles }

    /// A single number, with the value it has when it is not given.
    func number(_ formal: String, default standard: Double? = nil) throws(Diagnostic) -> Double {
        if argument(formal) == nil, let standard { return standard }
        let operand = try operand(formal)
        let values = try evaluator.numbers(operand).doubles
        guard values.count == 1, !values[0].isNaN else {
            throw evaluator.diagnostic(
                "'\(formal)' of '\(function.name)' must be a single number", at: operand.expression)
        }
        return values[0]
    }

    /// A single whole number within limits.
    func wholeNumber(_ formal: String, default standard: Int, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
        let value = try number(formal, default: Double(standard))
        guard value >= Double(range.lowerBound), value <= Double(range.upperBound) else {
            throw error(
                "'\(formal)' of '\(function.name)' must lie from \(range.lowerBound) to \(range.upperBound)", at: formal
            )
        }
        return Int(value)
    }

    /// `TRUE` or `FALSE`, with the value it has when it is not given.
    func flag(_ formal: String, default standard: Bool) throws(Diagnostic) -> Bool {
        guard argument(formal) != nil else { return standard }
        let operand = try operand(formal)
        let values = try evaluator.booleans(operand)
        guard values.count == 1, values[0] >= 0 else {
            throw evaluator.diagnostic(
                "'\(formal)' of '\(function.name)' must be TRUE or FALSE", at: operand.expression)
        }
        return values[0] == 1
    }

    /// The values of an argument as texts, missing ones left out.
    func texts(_ formal: String) throws(Diagnostic) -> [String]? {
        guard let values = try optionalValues(formal) else { return nil }
        return (0..<values.count).compactMap { values.text(at: $0) }
    }

    /// The values of an argument as a factor.
    func factor(_ formal: String) throws(Diagnostic) -> CategoricalValues { try values(formal).asCategorical() }

    /// A diagnostic about an argument.
    func error(_ message: String, at formal: String? = nil, hint: String? = nil) -> Diagnostic {
        evaluator.diagnostic(message, at: formal.flatMap { bound[$0] } ?? expression, hint: hint)
    }
}
