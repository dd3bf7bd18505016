// A precedence-climbing parser for R's expressions.

/// Parses one expression out of a text.
///
/// Goals, in this order: R's tree for whatever R accepts and this grammar has; a message that says what was expected
/// and where; no input that can exhaust the stack.
struct ExpressionParser {
    /// How deeply expressions may be nested, which bounds the parser's recursion to about half a megabyte of stack.
    static let nestingLimit = 200
    /// How tall a tree may get, which bounds the recursion of everything that walks it or frees it.
    static let heightLimit = 4000

    private var lexer: Lexer
    private var current: Token
    /// The range of the token before `current`.
    private var previous = SourceRange(0, 0)
    private var nesting = 0

    /// A tree and the number of its levels.
    private struct Parsed {
        var expression: TableExpression
        var height: Int
    }

    init(_ text: String) throws(Diagnostic) {
        lexer = Lexer(text)
        current = try lexer.next()
    }

    /// The expression that the whole text is.
    mutating func wholeText() throws(Diagnostic) -> TableExpression {
        if current.kind == .end {
            throw failure("There is no expression here: the text is empty", SourceRange(0, 0))
        }
        let parsed = try expression(minimum: 0)
        if current.kind != .end { throw unexpectedAfterOperand(expected: "an operator or the end of the text") }
        return parsed.expression
    }

    private func failure(_ message: String, _ range: SourceRange, hint: String? = nil) -> Diagnostic {
        Diagnostic(message, source: lexer.source, range: range, hint: hint)
    }

    private mutating func advance() throws(Diagnostic) {
        previous = current.range
        current = try lexer.next()
    }

    /// An expression whose operators all bind at least as strongly as `minimum`.
    private mutating func expression(minimum: Int) throws(Diagnostic) -> Parsed {
        nesting += 1
        guard nesting <= Self.nestingLimit else {
            throw failure("This is nested too deeply, more than \(Self.nestingLimit) levels", current.range)
        }
        defer { nesting -= 1 }
        var left = try operand()
        while case .symbol(let symbol) = current.kind, symbol.strength >= minimum {
            try advance()
            let right = try expression(minimum: symbol.isRightAssociative ? symbol.strength : symbol.strength + 1)
            if symbol.isComparison, case .symbol(let next) = current.kind, next.isComparison {
                throw failure(
                    "Comparisons cannot be chained", current.range,
                    hint: "join two comparisons with '&', as in 0 < x & x < 1")
            }
            left = try grown(
                .binary(symbol, left.expression, right.expression),
                from: left.expression.range.union(right.expression.range), over: max(left.height, right.height))
        }
        return left
    }

    private func grown(_ node: TableExpression.Node, from range: SourceRange, over height: Int) throws(Diagnostic)
        -> Parsed
    {
        guard height < Self.heightLimit else {
            throw failure(
                "This expression is too long: it has more than \(Self.heightLimit) operators in a row", current.range,
                hint: "in a formula '.' stands for all columns that are not used otherwise")
        }
        return Parsed(expression: TableExpression(node, range: range), height: height + 1)
    }

    private mutating func operand() throws(Diagnostic) -> Parsed {
        let token = current
        switch token.kind {
        case .number(let value, let isInteger):
            try advance()
            return leaf(.number(value, isInteger: isInteger), token.range)
        case .string(let value):
            try advance()
            return leaf(.string(value), token.range)
        case .constant(let constant):
            try advance()
            return leaf(.constant(constant), token.range)
        case .name(let name):
            try advance()
            return try nameOrCall(name, token.range)
        case .symbol(.minus): return try prefixed(.minus)
        case .symbol(.plus): return try prefixed(.plus)
        case .symbol(.tilde): return try prefixed(.tilde)
        case .not: return try prefixed(.not)
        case .leftParenthesis: return try parenthesized()
        default: throw missingOperand()
        }
    }

    private func leaf(_ node: TableExpression.Node, _ range: SourceRange) -> Parsed {
        Parsed(expression: TableExpression(node, range: range), height: 1)
    }

    /// A prefix operator takes all that binds more strongly than it does, wherever it stands: `2^-1:3` is `(2^-1):3`.
    private mutating func prefixed(_ symbol: TableExpression.UnaryOperator) throws(Diagnostic) -> Parsed {
        let place = current.range
        try advance()
        let inner = try expression(minimum: symbol.strength + 1)
        return try grown(
            .unary(symbol, inner.expression), from: place.union(inner.expression.range), over: inner.height)
    }

    private mutating func parenthesized() throws(Diagnostic) -> Parsed {
        let open = current.range
        try advance()
        if current.kind == .rightParenthesis {
            throw failure("There is nothing between these parentheses", open.union(current.range))
        }
        let inner = try expression(minimum: 0)
        try close(open, expected: "an operator or ')'")
        return try grown(.parenthesized(inner.expression), from: open.union(previous), over: inner.height)
    }

    /// Reads the `)` that belongs to `open`.
    private mutating func close(_ open: SourceRange, expected: String) throws(Diagnostic) {
        if current.kind == .end { throw failure("This '(' is never closed", open) }
        guard current.kind == .rightParenthesis else { throw unexpectedAfterOperand(expected: expected) }
        try advance()
    }

    private mutating func nameOrCall(_ name: String, _ range: SourceRange) throws(Diagnostic) -> Parsed {
        var function = name
        var isQualified = false
        if case .packageSeparator(let separator) = current.kind {
            try advance()
            guard case .name(let member) = current.kind else {
                throw failure("I expected the name of a function after '\(name)\(separator)'", current.range)
            }
            function = TableExpression.quoted(name) + separator + TableExpression.quoted(member)
            isQualified = true
            try advance()
        }
        guard current.kind == .leftParenthesis else {
            if isQualified {
                throw failure(
                    "'\(function)' must be a call", range.union(previous), hint: "write \(function)(...)")
            }
            return leaf(.name(name), range)
        }
        let open = current.range
        try advance()
        let (arguments, height) = try arguments(of: function)
        try close(open, expected: "an operator, ',' or ')'")
        if current.kind == .leftParenthesis {
            throw failure("What a call gives cannot itself be called", current.range)
        }
        return try grown(
            .call(function: function, arguments: arguments), from: range.union(previous), over: height)
    }

    private mutating func arguments(of function: String) throws(Diagnostic) -> (
        [TableExpression.Argument], height: Int
    ) {
        var arguments: [TableExpression.Argument] = []
        var height = 0
        if current.kind == .rightParenthesis { return ([], 0) }
        while true {
            let label = try argumentLabel()
            if current.kind == .comma || current.kind == .rightParenthesis {
                throw failure(
                    label.map { "The argument '\($0)' of \(function)() has no value" }
                        ?? "An argument of \(function)() is empty",
                    current.range)
            }
            let value = try expression(minimum: 0)
            arguments.append(TableExpression.Argument(label: label, value: value.expression))
            height = max(height, value.height)
            guard current.kind == .comma else { return (arguments, height) }
            try advance()
        }
    }

    /// The name before an `=`, where there is one.
    private mutating func argumentLabel() throws(Diagnostic) -> String? {
        let label: String
        switch current.kind {
        case .name(let name): label = name
        case .string(let text): label = text
        case .constant(.null): label = "NULL"
        default: return nil
        }
        var ahead = lexer
        guard !label.isEmpty, let next = try? ahead.next(), next.kind == .equals else { return nil }
        try advance()
        try advance()
        return label
    }

    /// The diagnostic for a token that stands where a value should.
    private func missingOperand() -> Diagnostic {
        let after = previous.upperBound > previous.lowerBound ? " after \(quoted(previous))" : ""
        let besideBar = [previous, current.range].contains { text($0).first == "|" }
        let hint = besideBar ? "a random-effects term is written (1 | g) or (1 + x | g)" : nil
        if current.kind == .end {
            return failure(
                "I expected a term\(after), but the text ends", SourceRange(previous.upperBound, previous.upperBound),
                hint: hint)
        }
        return failure("I expected a term\(after), not \(quoted(current.range))", current.range, hint: hint)
    }

    /// The diagnostic for a token that stands where a finished value should be followed by something else.
    private func unexpectedAfterOperand(expected: String) -> Diagnostic {
        let found = quoted(current.range)
        let before = quoted(previous)
        switch current.kind {
        case .rightParenthesis: return failure("This ')' closes nothing", current.range)
        case .equals:
            return failure(
                "'=' can only name the argument of a call", current.range,
                hint: "to compare write '=='; a formula has '~' between the response and the predictors")
        case .not:
            return failure(
                "I expected \(expected) after \(before), not '!'", current.range, hint: "'not equal' is written '!='")
        case .number, .string, .name, .constant, .leftParenthesis:
            return failure(
                "I expected \(expected) after \(before), not \(found)", current.range,
                hint: "is an operator such as '+' missing? A name with spaces is written in back quotes: `a b`")
        default: return failure("I expected \(expected) after \(before), not \(found)", current.range)
        }
    }

    /// The source text of a token in quotes; text in quotes of its own gets no others.
    private func quoted(_ range: SourceRange) -> String {
        let text = text(range)
        return ["\"", "'", "`"].contains(text.first) ? text : "'\(text)'"
    }

    /// The source text of a token, shortened where it is long.
    private func text(_ range: SourceRange) -> String {
        let whole = lexer.text(range.lowerBound, range.upperBound)
        return whole.count <= 30 ? whole : whole.prefix(29) + "\u{2026}"
    }
}
