// Reads `(terms | group)`: the columns left of the bar, and the grouping factors right of it.

/// Reads one random-effects term, which gives several where its groups are nested: `(x | a/b)` is `(x | b:a) + (x | a)`.
struct RandomTermReader {
    let source: String
    /// What `.` stands for left of the bar; nil when the columns are not known.
    let dot: [String]?

    /// The terms in lme4's order: the innermost grouping factor first.
    func terms(
        _ left: TableExpression, _ right: TableExpression, range: SourceRange, isIndependent: Bool
    ) throws(Diagnostic) -> (terms: [ModelFormula.RandomTerm], usesDot: Bool) {
        var reader = FormulaReader(source: source, dot: dot)
        let columns = try reader.terms(of: left, in: .randomPart)
        guard columns.hasIntercept || !columns.terms.isEmpty else {
            throw failure(
                "There is nothing left of the bar that could vary between groups", left.range,
                hint: "(1 | g) lets the intercept vary, (0 + x | g) the slope of x alone")
        }
        var found: [ModelFormula.RandomTerm] = []
        for group in try groups(right) {
            found.append(
                ModelFormula.RandomTerm(
                    terms: columns, grouping: try variables(of: group), isIndependent: isIndependent, range: range,
                    groupName: group.description))
        }
        return (found, reader.usesDot)
    }

    private func failure(_ message: String, _ range: SourceRange, hint: String? = nil) -> Diagnostic {
        Diagnostic(message, source: source, range: range, hint: hint)
    }

    /// The grouping factors that an expression stands for, the innermost first.
    private func groups(_ expression: TableExpression) throws(Diagnostic) -> [TableExpression] {
        switch expression.node {
        case .parenthesized(let inner): return try groups(inner)
        case .name(let name) where name != ".": return [expression]
        case .call: return [expression]
        case .binary(.sequence, let left, let right):
            return [try product(single(left), single(right), expression.range)]
        case .binary(.divided, let outer, let inner):
            let outside = try groups(outer)
            guard let innermost = outside.first else { return [] }
            var nested: [TableExpression] = []
            for group in try groups(inner) { nested.append(product(group, innermost, expression.range)) }
            return nested + outside
        default: throw notAGroup(expression)
        }
    }

    private func product(_ left: TableExpression, _ right: TableExpression, _ range: SourceRange) -> TableExpression {
        TableExpression(.binary(.sequence, left, right), range: range)
    }

    private func single(_ expression: TableExpression) throws(Diagnostic) -> TableExpression {
        let found = try groups(expression)
        guard found.count == 1 else {
            throw failure(
                "Nested grouping factors cannot be combined by ':'", expression.range,
                hint: "nest them the other way round, as in (1 | a:b/c)")
        }
        return found[0]
    }

    private func notAGroup(_ expression: TableExpression) -> Diagnostic {
        let wanted = "right of the bar stands a grouping factor: (1 | g), (1 | a/b) or (1 | a:b)"
        switch expression.node {
        case .binary(.plus, _, _), .binary(.times, _, _):
            return failure(
                "Grouping factors cannot be combined by '\(expression.operatorText)'", expression.range,
                hint: "write a random-effects term for each, as in (1 | a) + (1 | b)")
        case .binary(let symbol, _, _) where symbol.isBar:
            return failure("A random-effects term has only one bar", expression.range)
        case .binary(.isElement, _, _):
            return failure(
                "Grouping factors cannot be combined by '%in%'", expression.range,
                hint: "a factor b within a is written a:b, or a/b to have both")
        case .binary, .unary:
            return failure(
                "'\(expression.operatorText)' cannot be used on grouping factors", expression.range, hint: wanted)
        case .name:
            return failure("'.' cannot be a grouping factor", expression.range, hint: wanted)
        default: return failure("\(expression) is not a grouping factor", expression.range, hint: wanted)
        }
    }

    /// The variables whose interaction makes the groups.
    private func variables(of group: TableExpression) throws(Diagnostic) -> [TableExpression] {
        var pending = [group]
        var found: [TableExpression] = []
        var seen: Set<TableExpression> = []
        while let next = pending.popLast() {
            if case .binary(.sequence, let left, let right) = next.node {
                pending += [right, left]
            } else if seen.insert(next).inserted {
                found.append(next)
            } else {
                throw failure("The grouping factor \(next) is combined with itself", next.range)
            }
        }
        return found
    }
}

extension TableExpression {
    /// The operator at the top of the expression, or nothing.
    fileprivate var operatorText: String {
        switch node {
        case .binary(let symbol, _, _): symbol.rawValue
        case .unary(let symbol, _): symbol.rawValue
        default: ""
        }
    }
}
