// R's operators with their binding strengths, and parsing an expression from text.

extension TableExpression {
    /// Parses R's expression syntax.
    ///
    /// Precedence, strongest first: `^` (from the right), unary `-` `+`, `:`, `%%` `%/%` `%in%`, `*` `/`, `+` `-`,
    /// comparisons (which do not chain), `!`, `&` `&&`, `|` `||`, `~`. So `-2^2` is `-(2^2)` and `-1:3` is `(-1):3`.
    /// A call may name its package; the function is then kept as written, `stats::poly`, because R's coefficient
    /// names show it. `T` and `F` are names, as in R.
    ///
    /// - **Complexity:** linear in the text.
    /// - **Throws:** the first mistake in the text; also nesting beyond 200 levels and trees taller than 4000.
    public init(parsing text: String) throws(Diagnostic) {
        var parser = try ExpressionParser(text)
        self = try parser.wholeText()
    }
}

extension TableExpression.BinaryOperator {
    /// How strongly the operator binds: the larger, the tighter.
    var strength: Int {
        switch self {
        case .tilde: 1
        case .or, .orElse: 2
        case .and, .andThen: 3
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual: 5
        case .plus, .minus: 6
        case .times, .divided: 7
        case .remainder, .integerQuotient, .isElement: 8
        case .sequence: 9
        case .power: 11
        }
    }

    var isRightAssociative: Bool { self == .power }

    /// Whether the operator compares; such operators do not associate at all.
    var isComparison: Bool { strength == 5 }
}

extension TableExpression.UnaryOperator {
    /// How strongly the operator binds, on the scale of the binary operators.
    var strength: Int {
        switch self {
        case .tilde: 1
        case .not: 4
        case .minus, .plus: 10
        }
    }
}
