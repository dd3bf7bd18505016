// Which rule each operator follows.

import MixedSyntax

extension ExpressionEvaluator {
    func apply(_ symbol: TableExpression.UnaryOperator, to operand: TableExpression, _ whole: TableExpression)
        throws(Diagnostic) -> ColumnValues
    {
        switch symbol {
        case .tilde: throw diagnostic("A formula has no values", at: whole)
        case .not:
            let truths = try booleans(Operand(values(of: operand), operand))
            return .boolean(truths.map { $0 < 0 ? $0 : 1 - $0 })
        case .plus, .minus:
            let numbers = try numbers(Operand(values(of: operand), operand))
            if symbol == .plus { return numbers.columnValues }
            switch numbers {
            case .double(let values): return .double(values.map { -$0 })
            // The missing value is its own negative.
            case .integer(let values): return .integer(values.map { 0 &- $0 })
            }
        }
    }

    func apply(
        _ symbol: TableExpression.BinaryOperator, _ left: Operand, _ right: Operand, in whole: TableExpression
    ) throws(Diagnostic) -> ColumnValues {
        switch symbol {
        case .plus, .minus, .times, .divided, .power, .remainder, .integerQuotient:
            try checkLengths(left, right, in: whole)
            return Arithmetic.apply(symbol, try numbers(left), try numbers(right))
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual:
            try checkLengths(left, right, in: whole)
            return try compare(symbol, left, right, in: whole)
        case .and, .or:
            try checkLengths(left, right, in: whole)
            return Logic.apply(symbol, try booleans(left), try booleans(right))
        case .andThen, .orElse:
            guard left.count == 1, right.count == 1 else {
                let single = symbol == .andThen ? "&" : "|"
                throw diagnostic(
                    "'\(symbol.rawValue)' compares single values, not columns", at: whole,
                    hint: "write '\(single)' to compare row by row")
            }
            return Logic.apply(symbol == .andThen ? .and : .or, try booleans(left), try booleans(right))
        case .isElement: return Membership.isElement(left.values, of: right.values)
        case .sequence: return try sequence(left, right, in: whole)
        case .tilde: throw diagnostic("A formula has no values", at: whole)
        }
    }

    /// Both sides have the same length, or one of them a single value.
    private func checkLengths(_ left: Operand, _ right: Operand, in whole: TableExpression) throws(Diagnostic) {
        guard left.count == right.count || min(left.count, right.count) <= 1 else {
            throw diagnostic("The two sides have \(left.count) and \(right.count) values", at: whole)
        }
    }

    /// `a:b`: the crossed factor of columns, the whole numbers from a to b of single numbers.
    private func sequence(_ left: Operand, _ right: Operand, in whole: TableExpression) throws(Diagnostic)
        -> ColumnValues
    {
        let isFactor = left.categorical != nil || right.categorical != nil
        if !isFactor, left.count == 1, right.count == 1, let from = try numbers(left).doubles.first,
            let to = try numbers(right).doubles.first
        {
            guard from.isFinite, to.isFinite, abs(to - from) < 10_000_000, abs(from) < 1e15 else {
                throw diagnostic("'\(whole)' is no range of numbers", at: whole)
            }
            let steps = Int((abs(to - from) + 1e-10).rounded(.down))
            let values = (0...steps).map { from + (to >= from ? Double($0) : -Double($0)) }
            return from == from.rounded() ? .integer(values.map { Int($0) }) : .double(values)
        }
        try checkLengths(left, right, in: whole)
        let count = Recycling.count(left.count, right.count)
        let first = left.count == count ? left.values : left.values.repeated(count)
        let second = right.count == count ? right.values : right.values.repeated(count)
        return .categorical(.crossing(first.asCategorical(), second.asCategorical()))
    }

    /// The values as numbers.
    func numbers(_ operand: Operand) throws(Diagnostic) -> Numbers {
        switch operand.values {
        case .double(let values): return .double(values)
        case .integer(let values): return .integer(values)
        case .boolean(let values):
            return .integer(values.map { $0 < 0 ? ColumnValues.missingInteger : Int($0) })
        case .categorical(let values): throw notNumeric(values, operand.expression)
        }
    }

    /// Says which value of a column of text is no number.
    func notNumeric(_ values: CategoricalValues, _ expression: TableExpression) -> Diagnostic {
        let name = "\(expression.withoutParentheses)"
        if case .string = expression.node {
            return diagnostic("\(name) is text where a number is needed", at: expression)
        }
        if values.kind != .text {
            return diagnostic(
                "'\(name)' is a factor where a number is needed", at: expression,
                hint: "as.numeric(as.character(\(name))) gives the numbers that its levels spell")
        }
        let offending = values.firstRowWithoutNumber
        guard let row = offending ?? values.codes.firstIndex(where: { $0 >= 0 }) else {
            return diagnostic("'\(name)' is text where a number is needed", at: expression)
        }
        let value = values.levels[Int(values.codes[row])]
        return diagnostic(
            "'\(name)' holds text where a number is needed: row \(row + 1) is \"\(value)\"", at: expression,
            hint: offending == nil
                ? "as.numeric(\(name)) gives the numbers" : "correct the value, or declare it as missing")
    }

    /// The values as truth values: numbers other than zero are true.
    func booleans(_ operand: Operand) throws(Diagnostic) -> [Int8] {
        switch operand.values {
        case .boolean(let values): return values
        case .integer(let values):
            return values.map { $0 == ColumnValues.missingInteger ? ColumnValues.missingBoolean : $0 != 0 ? 1 : 0 }
        case .double(let values):
            return values.map { $0.isNaN ? ColumnValues.missingBoolean : $0 != 0 ? 1 : 0 }
        case .categorical:
            throw diagnostic(
                "'\(operand.expression)' is text where TRUE or FALSE is needed", at: operand.expression,
                hint: "compare it with a value: \(operand.expression) == \"...\"")
        }
    }
}
