// Parses a model formula: the two sides of '~', and what '.' stands for.

extension ModelFormula {
    /// Parses and expands a formula by the rules of R's `terms.formula` and of lme4.
    ///
    /// `.` stands for the columns that are neither in the response nor in a grouping factor, in the order of `columns`.
    /// A random-effects term is `(terms | group)`, `(terms || group)`, `us(terms | group)` (the same as the first) or
    /// `diag(terms | group)` (the same as the second), anywhere in the sum. Nested groups give one term each, the
    /// innermost first: `(1 | a/b)` is `(1 | b:a) + (1 | a)`. Variables that every term has lost (`y ~ a + b - b`)
    /// are not variables of the model; an offset that is subtracted is gone.
    ///
    /// - Parameters:
    ///   - text: a formula such as `y ~ x + (1 | g)`; without a left-hand side it has no response.
    ///   - columns: the columns of the data, needed where the formula has a `.`.
    /// - **Complexity:** linear in the text and in the number of terms that it expands to, which is limited to 50,000.
    /// - **Throws:** the first mistake in the text, with its place.
    public init(parsing text: String, columns: [String]? = nil) throws(Diagnostic) {
        let whole = try TableExpression(parsing: text)
        let response: TableExpression?
        let predictors: TableExpression
        switch whole.withoutParentheses.node {
        case .binary(.tilde, let left, let right): (response, predictors) = (left, right)
        case .unary(.tilde, let right): (response, predictors) = (nil, right)
        default:
            throw Diagnostic(
                "This is not a model formula: it has no '~'", source: text, range: whole.range,
                hint: "a formula is written response ~ predictors, as in y ~ x + (1 | g)")
        }
        if let response { try Self.check(response, source: text) }
        let dot = columns.map { columns in
            let excluded = Set(response?.variableNames ?? []).union(Self.groupingNames(in: predictors))
            return columns.filter { !excluded.contains($0) }
        }
        var reader = FormulaReader(source: text, dot: dot)
        let fixed = try reader.terms(of: predictors, in: .sum)
        if let response = response?.withoutParentheses, let same = fixed.variables.first(where: { $0 == response }) {
            throw Diagnostic(
                "The response \(response) is also a predictor", source: text, range: same.range,
                hint: "remove it from the right-hand side")
        }
        self.init(
            source: text, response: response, fixed: fixed, random: reader.random, offsets: reader.offsets,
            dotColumns: reader.usesDot ? dot : nil)
    }

    private static func check(_ response: TableExpression, source: String) throws(Diagnostic) {
        if let bar = response.firstBar {
            throw Diagnostic(
                "The response cannot hold a random-effects term", source: source, range: bar.range,
                hint: "random-effects terms stand right of the '~'")
        }
        switch response.withoutParentheses.node {
        case .binary(.tilde, _, _), .unary(.tilde, _):
            throw Diagnostic("A formula has only one '~'", source: source, range: response.range)
        default: break
        }
        let names = response.variableNames
        if names.isEmpty {
            throw Diagnostic("The response names no column", source: source, range: response.range)
        }
        if names.contains(".") {
            throw Diagnostic("'.' cannot be the response", source: source, range: response.range)
        }
    }

    /// The columns that grouping factors are made of, found before anything is expanded.
    private static func groupingNames(in predictors: TableExpression) -> [String] {
        var names: [String] = []
        var pending = [predictors]
        while let expression = pending.popLast() {
            switch expression.node {
            case .binary(let symbol, _, let right) where symbol.isBar: names += right.variableNames
            case .binary(_, let left, let right): pending += [right, left]
            case .unary(_, let inner), .parenthesized(let inner): pending.append(inner)
            case .call(let function, let arguments):
                if CovarianceNotation(TableExpression.unqualified(function)) != nil, let first = arguments.first {
                    pending.append(first.value)
                }
            default: break
            }
        }
        return names
    }
}
