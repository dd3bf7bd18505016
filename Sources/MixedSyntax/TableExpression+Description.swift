// Writes expressions as R's deparse() does, because R's coefficient names are made of that text.

extension TableExpression: CustomStringConvertible {
    /// The expression as R writes it: `log(x + 1)`, `I(x^2)`, `a:b`, `x %in% y`.
    ///
    /// Parsing the description gives the expression back. Parentheses that the tree needs and does not have are added.
    public var description: String {
        var writer = ExpressionWriter()
        writer.write(self)
        return writer.text
    }

    /// The name as it stands in source text: in back quotes where it is not a plain name.
    public static func quoted(_ name: String) -> String {
        guard !Lexer.isPlainName(name) else { return name }
        return "`" + ExpressionWriter.escaped(name, quote: "`") + "`"
    }

    /// The name of a function without the package it was called from: `poly` for `stats::poly`.
    public static func unqualified(_ function: String) -> String {
        guard let colon = function.lastIndex(of: ":"), colon > function.startIndex,
            function[function.index(before: colon)] == ":"
        else { return function }
        let name = function[function.index(after: colon)...]
        return name.count > 2 && name.hasPrefix("`") && name.hasSuffix("`")
            ? String(name.dropFirst().dropLast()) : String(name)
    }
}

/// Collects the text of an expression.
private struct ExpressionWriter {
    var text = ""

    mutating func write(_ expression: TableExpression) {
        switch expression.node {
        case .number(let value, let isInteger):
            text += isInteger ? RNumber.integerText(value) + "L" : RNumber.text(value)
        case .string(let value): text += "\"" + Self.escaped(value, quote: "\"") + "\""
        case .name(let name): text += TableExpression.quoted(name)
        case .constant(let constant): text += constant.rawValue
        case .call(let function, let arguments): write(function, arguments)
        case .unary(let symbol, let inner):
            text += symbol.rawValue
            write(inner, inParentheses: Self.needsParentheses(inner, under: symbol))
        case .binary: writeChain(expression)
        case .parenthesized(let inner): write(inner, inParentheses: true)
        }
    }

    private mutating func write(_ expression: TableExpression, inParentheses: Bool) {
        if inParentheses { text += "(" }
        write(expression)
        if inParentheses { text += ")" }
    }

    private mutating func write(_ function: String, _ arguments: [TableExpression.Argument]) {
        text += (function.contains("::") ? function : TableExpression.quoted(function)) + "("
        for (index, argument) in arguments.enumerated() {
            if index > 0 { text += ", " }
            if let label = argument.label { text += TableExpression.quoted(label) + " = " }
            write(argument.value)
        }
        text += ")"
    }

    /// Walks down the left side of a chain of operators without recursion, since chains can be thousands long.
    private mutating func writeChain(_ expression: TableExpression) {
        var links: [(symbol: TableExpression.BinaryOperator, right: TableExpression)] = []
        var parentheses = 0
        var leftmost = expression
        var opened: [Int] = []
        while case .binary(let symbol, let left, let right) = leftmost.node {
            links.append((symbol, right))
            leftmost = left
            if Self.needsParentheses(left, leftOf: symbol) {
                opened.append(links.count)
                parentheses += 1
            }
        }
        text += String(repeating: "(", count: parentheses)
        write(leftmost)
        if opened.last == links.count {
            text += ")"
            opened.removeLast()
        }
        for index in links.indices.reversed() {
            let (symbol, right) = links[index]
            text += symbol.isSpaced ? " \(symbol.rawValue) " : symbol.rawValue
            write(right, inParentheses: Self.needsParentheses(right, rightOf: symbol))
            if opened.last == index {
                text += ")"
                opened.removeLast()
            }
        }
    }

    private static func needsParentheses(
        _ left: TableExpression, leftOf symbol: TableExpression.BinaryOperator
    ) -> Bool {
        switch left.node {
        case .binary(let inner, _, let innerRight):
            inner.strength < symbol.strength
                || (inner.strength == symbol.strength && (symbol.isRightAssociative || symbol.isComparison))
                || swallows(innerRight, symbol)
        case .unary(let inner, let operand): inner.strength < symbol.strength || swallows(operand, symbol)
        case .number(let value, _): value.sign == .minus && symbol.strength > 10
        default: false
        }
    }

    /// Whether the text of `expression` ends in a prefix operator's operand that would take `symbol` into itself.
    private static func swallows(_ expression: TableExpression, _ symbol: TableExpression.BinaryOperator) -> Bool {
        var last = expression
        while true {
            switch last.node {
            case .unary(let prefix, let operand):
                if prefix.strength < symbol.strength { return true }
                last = operand
            case .binary(_, _, let right): last = right
            default: return false
            }
        }
    }

    private static func needsParentheses(
        _ right: TableExpression, rightOf symbol: TableExpression.BinaryOperator
    ) -> Bool {
        guard case .binary(let inner, _, _) = right.node else { return false }
        return inner.strength < symbol.strength || (inner.strength == symbol.strength && !symbol.isRightAssociative)
    }

    private static func needsParentheses(
        _ operand: TableExpression, under symbol: TableExpression.UnaryOperator
    ) -> Bool {
        guard case .binary(let inner, _, _) = operand.node else { return false }
        return inner.strength <= symbol.strength
    }

    /// The text with quotes, backslashes and control characters escaped.
    static func escaped(_ value: String, quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case quote, "\\": result.append(contentsOf: ["\\", scalar])
            case "\n": result.append(contentsOf: ["\\", "n"])
            case "\t": result.append(contentsOf: ["\\", "t"])
            case "\r": result.append(contentsOf: ["\\", "r"])
            case "\u{07}": result.append(contentsOf: ["\\", "a"])
            case "\u{08}": result.append(contentsOf: ["\\", "b"])
            case "\u{0C}": result.append(contentsOf: ["\\", "f"])
            case "\u{0B}": result.append(contentsOf: ["\\", "v"])
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let octal = String(scalar.value, radix: 8)
                result.append("\\")
                result.append(contentsOf: (String(repeating: "0", count: 3 - octal.count) + octal).unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

extension TableExpression.BinaryOperator {
    /// Whether R puts spaces around the operator.
    var isSpaced: Bool {
        switch self {
        case .power, .sequence, .divided, .remainder, .integerQuotient: false
        default: true
        }
    }
}
