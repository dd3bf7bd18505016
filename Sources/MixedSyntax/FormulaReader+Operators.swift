// What the operators of a formula do to lists of terms.

extension FormulaReader {
    /// Follows a chain of operators down its left side in a loop, since it may be thousands of terms long.
    mutating func expandChain(_ expression: TableExpression, _ place: Place) throws(Diagnostic) -> TermList {
        var links: [(symbol: TableExpression.BinaryOperator, right: TableExpression, place: Place)] = []
        var leftmost = expression
        var inner = place
        while case .binary(let symbol, let left, let right) = leftmost.node, symbol.isTermOperator {
            if symbol != .plus, symbol != .minus {
                if inner == .sum { inner = .product }
                try refuseNumber(left, symbol)
                if symbol != .power { try refuseNumber(right, symbol) }
            }
            links.append((symbol, right, inner))
            leftmost = left
        }
        var list = try expand(leftmost, inner)
        for (symbol, right, place) in links.reversed() {
            switch symbol {
            case .plus: list.append(try expand(right, place))
            case .minus: list.remove(try removed(right, place))
            case .power: list = try power(list, exponent: right, of: expression)
            default: list = try combine(list, symbol, expand(right, place), expression)
            }
        }
        return list
    }

    private func refuseNumber(
        _ operand: TableExpression, _ symbol: TableExpression.BinaryOperator
    ) throws(Diagnostic) {
        guard case .number = operand.withoutParentheses.node else { return }
        throw failure(
            "A number cannot be combined with terms by '\(symbol.rawValue)'", operand.range,
            hint: "arithmetic is written in I(), as in I(2 * x)")
    }

    private mutating func products(
        _ left: TermList, _ right: TermList, _ whole: TableExpression
    ) throws(Diagnostic) -> TermList {
        guard let list = budget.products(left, right) else {
            throw failure(
                "This expands to too many terms: more than \(ExpansionBudget.termLimit), or of too many variables",
                whole.range)
        }
        return list
    }

    private mutating func combine(
        _ left: TermList, _ symbol: TableExpression.BinaryOperator, _ right: TermList, _ whole: TableExpression
    ) throws(Diagnostic) -> TermList {
        var list = left
        switch symbol {
        case .times:
            list.append(right)
            list.append(try products(left, right, whole))
        case .divided:
            list.append(try products(TermList([left.variables]), right, whole))
        case .isElement: list = try products(left, TermList([right.variables]), whole)
        default: list = try products(left, right, whole)
        }
        return list
    }

    private mutating func power(
        _ list: TermList, exponent: TableExpression, of whole: TableExpression
    ) throws(Diagnostic) -> TermList {
        guard case .number(let value, _) = exponent.withoutParentheses.node, value >= 1, value == value.rounded() else {
            throw failure(
                "The power of a term must be a whole number such as 2", exponent.range,
                hint: "arithmetic is written in I(), as in I(x^0.5)")
        }
        var result = list
        var degree = 1.0
        while degree < value {
            let next = try products(list, result, whole)
            if next.terms.count == result.terms.count, next.terms == result.terms { break }
            result = next
            degree += 1
        }
        return result
    }
}

extension TableExpression.BinaryOperator {
    /// Whether the operator separates the two sides of a random-effects term.
    var isBar: Bool { self == .or || self == .orElse }

    /// Whether the operator combines terms of a formula rather than values.
    var isTermOperator: Bool {
        switch self {
        case .plus, .minus, .times, .divided, .sequence, .isElement, .power: true
        default: false
        }
    }
}
