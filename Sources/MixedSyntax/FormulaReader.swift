// Turns the right-hand side of a formula into terms, offsets and random-effects terms.

/// Expands one side of a formula by the rules of R's `terms.formula`.
///
/// Operators work on lists of terms: `+` appends, `-` removes, `:` forms products, `a*b` is `a + b + a:b`, `a/b` is `a` and
/// the products of all of `a` with each of `b`, `b %in% a` those products alone, and `^` repeats `:` on one list.
/// The numbers 0 and 1 set the intercept wherever they stand.
struct FormulaReader {
    /// Where a piece of the formula stands, which decides what it may hold.
    enum Place {
        /// In the sum of the fixed part, where random-effects terms and offsets may stand.
        case sum
        /// Inside an interaction or a power of the fixed part.
        case product
        /// Left of a bar.
        case randomPart
    }

    let source: String
    /// What `.` stands for; nil when the columns are not known.
    let dot: [String]?
    private(set) var usesDot = false
    private(set) var hasIntercept = true
    private(set) var offsets: [TableExpression] = []
    private(set) var random: [ModelFormula.RandomTerm] = []
    private var variables: [TableExpression] = []
    private var numbers: [TableExpression: Int] = [:]
    /// False within what is being removed: there, `1` takes the intercept away.
    private var isAdding = true
    var budget = ExpansionBudget()

    init(source: String, dot: [String]?) {
        self.source = source
        self.dot = dot
    }

    /// Reads a whole side and gives its terms in R's order: by the number of variables, then as written.
    ///
    /// Variables that are in no term (they were removed, or are offsets) are left out.
    mutating func terms(of side: TableExpression, in place: Place) throws(Diagnostic) -> ModelTerms {
        let list = try expand(side, place)
        let used = list.variables
        var position: [Int: Int] = [:]
        for (index, number) in used.enumerated() { position[number] = index }
        let indexed = list.terms.enumerated().sorted {
            ($0.element.count, $0.offset) < ($1.element.count, $1.offset)
        }
        return ModelTerms(
            hasIntercept: hasIntercept, variables: used.map { variables[$0] },
            terms: indexed.map { ModelTerms.Term(variables: $0.element.compactMap { position[$0] }) })
    }

    func failure(_ message: String, _ range: SourceRange, hint: String? = nil) -> Diagnostic {
        Diagnostic(message, source: source, range: range, hint: hint)
    }

    /// The source text of an expression.
    func text(_ expression: TableExpression) -> String { expression.withoutParentheses.description }

    mutating func expand(_ expression: TableExpression, _ place: Place) throws(Diagnostic) -> TermList {
        switch expression.node {
        case .name("."): return try expandDot(expression)
        case .name: return variable(expression)
        case .number(let value, _): return try setIntercept(value, expression)
        case .string, .constant:
            throw failure(
                "\(expression) cannot be a term of a formula", expression.range,
                hint: "terms are columns and expressions of columns")
        case .parenthesized:
            let inner = expression.withoutParentheses
            if case .binary(let symbol, let left, let right) = inner.node, symbol.isBar {
                try addRandom(symbol, left, right, within: expression.range, notation: nil, place)
                return TermList()
            }
            return try expand(inner, place)
        case .unary(.plus, let inner): return try expand(inner, place)
        case .unary(.minus, let inner):
            _ = try removed(inner, place)
            return TermList()
        case .unary(.not, _): return try checkedVariable(expression)
        case .unary(.tilde, _), .binary(.tilde, _, _):
            throw failure("A formula has only one '~'", expression.range)
        case .binary(.or, let left, let right): throw bareBar(.or, left, right, place)
        case .binary(.orElse, let left, let right): throw bareBar(.orElse, left, right, place)
        case .binary(let symbol, _, _):
            return symbol.isTermOperator ? try expandChain(expression, place) : try checkedVariable(expression)
        case .call(let function, let arguments):
            return try expandCall(expression, TableExpression.unqualified(function), arguments, place)
        }
    }

    private mutating func variable(_ expression: TableExpression) -> TermList {
        if let number = numbers[expression] { return TermList([[number]]) }
        let number = variables.count
        numbers[expression] = number
        variables.append(expression)
        return TermList([[number]])
    }

    /// A call or a comparison as a variable; `.` and bars mean something only as terms of their own.
    private mutating func checkedVariable(_ expression: TableExpression) throws(Diagnostic) -> TermList {
        try refuseDot(in: expression)
        if let bar = expression.firstBar {
            throw failure(
                "A random-effects term cannot be part of an expression", bar.range,
                hint: "join it to the other terms with '+'; a logical 'or' is written in I(), as in I(a | b)")
        }
        return variable(expression)
    }

    func refuseDot(in expression: TableExpression) throws(Diagnostic) {
        var dotRange: SourceRange?
        expression.visitNames { name, range in
            if name == ".", dotRange == nil { dotRange = range }
        }
        if let dotRange {
            throw failure("'.' stands for all columns only as a term of its own, not within an expression", dotRange)
        }
    }

    private mutating func expandDot(_ expression: TableExpression) throws(Diagnostic) -> TermList {
        guard let dot else {
            throw failure(
                "'.' stands for all other columns, and the columns of the data are not known here", expression.range,
                hint: "name the columns one by one")
        }
        usesDot = true
        var list = TermList()
        for column in dot { list.append(variable(TableExpression(.name(column), range: expression.range))) }
        return list
    }

    private mutating func setIntercept(_ value: Double, _ expression: TableExpression) throws(Diagnostic) -> TermList {
        guard value == 0 || value == 1 else {
            throw failure(
                "The number \(expression) cannot be a term of a formula", expression.range,
                hint: "1 adds the intercept and 0 removes it; arithmetic is written in I(), as in I(2 * x)")
        }
        hasIntercept = (value == 1) == isAdding
        return TermList()
    }

    /// What a subtraction takes away.
    mutating func removed(_ expression: TableExpression, _ place: Place) throws(Diagnostic) -> TermList {
        isAdding.toggle()
        defer { isAdding.toggle() }
        return try expand(expression, place)
    }

    private mutating func expandCall(
        _ expression: TableExpression, _ function: String, _ arguments: [TableExpression.Argument], _ place: Place
    ) throws(Diagnostic) -> TermList {
        if let notation = CovarianceNotation(function), let first = arguments.first,
            case .binary(let symbol, let left, let right) = first.value.withoutParentheses.node, symbol.isBar
        {
            guard notation.isAvailable else {
                throw failure(
                    "The covariance structure \(function)() is not available for linear models here",
                    expression.range, hint: "available are \(CovarianceNotation.availableList)")
            }
            if arguments.count > 1 {
                throw failure("\(function)() takes one random-effects term and nothing else", arguments[1].value.range)
            }
            try addRandom(symbol, left, right, within: expression.range, notation: notation, place)
            return TermList()
        }
        guard function == "offset" else { return try checkedVariable(expression) }
        guard arguments.count == 1 else {
            throw failure("offset() takes one argument", expression.range)
        }
        switch place {
        case .sum: break
        case .product: throw failure("An offset cannot be part of an interaction", expression.range)
        case .randomPart: throw failure("An offset cannot be part of a random-effects term", expression.range)
        }
        try refuseDot(in: expression)
        if isAdding {
            offsets.append(arguments[0].value)
        } else {
            offsets.removeAll { $0 == arguments[0].value }
        }
        return TermList()
    }

    /// Reads a bar term into `random`.
    private mutating func addRandom(
        _ bar: TableExpression.BinaryOperator, _ left: TableExpression, _ right: TableExpression,
        within range: SourceRange, notation: CovarianceNotation?, _ place: Place
    ) throws(Diagnostic) {
        switch place {
        case .sum: break
        case .product:
            throw failure(
                "A random-effects term cannot be part of an interaction", range,
                hint: "join it to the other terms with '+'")
        case .randomPart: throw failure("Random-effects terms cannot be nested in one another", range)
        }
        guard isAdding else {
            throw failure(
                "A random-effects term cannot be subtracted", range, hint: "leave it out, or join it with '+'")
        }
        if bar == .orElse, let notation, !notation.isIndependent {
            throw failure(
                "\(notation.name)() asks for correlated effects and '||' for independent ones",
                operatorRange(bar, left, right))
        }
        let reader = RandomTermReader(source: source, dot: dot)
        let found = try reader.terms(
            left, right, range: range, isIndependent: bar == .orElse || notation?.isIndependent == true)
        usesDot = usesDot || found.usesDot
        for term in found.terms {
            if random.contains(term) {
                throw failure("The random-effects term for \(term.groupName) is in the formula twice", range)
            }
            random.append(term)
        }
    }

    /// The place of a bar between its two sides.
    private func operatorRange(
        _ bar: TableExpression.BinaryOperator, _ left: TableExpression, _ right: TableExpression
    ) -> SourceRange {
        let bytes = Array(source.utf8)
        var start = left.range.upperBound
        while start < min(right.range.lowerBound, bytes.count), bytes[start] != UInt8(ascii: "|") { start += 1 }
        return SourceRange(start, min(start + bar.rawValue.utf8.count, bytes.count))
    }

    private func bareBar(
        _ bar: TableExpression.BinaryOperator, _ left: TableExpression, _ right: TableExpression, _ place: Place
    ) -> Diagnostic {
        var (last, first) = (left, right)
        if case .binary(let symbol, _, let inner) = last.node, symbol == .plus { last = inner }
        while case .binary(let symbol, let inner, _) = first.node, symbol == .plus || symbol == .minus { first = inner }
        let range = operatorRange(bar, left, right)
        if place == .randomPart {
            return failure("A random-effects term has only one bar", range)
        }
        return failure(
            "A '\(bar.rawValue)' belongs in a random-effects term, and that needs parentheses around it", range,
            hint: "put the random-effects term in parentheses: (\(last) \(bar.rawValue) \(first))")
    }
}

extension TableExpression {
    /// The first bar that is not inside a call.
    var firstBar: TableExpression? {
        var pending = [self]
        while let expression = pending.popLast() {
            switch expression.node {
            case .binary(let symbol, _, _) where symbol.isBar: return expression
            case .binary(_, let left, let right): pending += [right, left]
            case .unary(_, let inner), .parenthesized(let inner): pending.append(inner)
            default: break
            }
        }
        return nil
    }
}
