// The columns that an expression reads, and the functions that it calls.

extension TableExpression {
    /// The names of variables in order of appearance, each once; names of functions and arguments are not variables.
    ///
    /// As R's `all.vars`.
    public var variableNames: [String] {
        var seen: Set<String> = []
        var names: [String] = []
        visitNames { name, _ in
            if seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    /// Calls `body` with every variable and its place, from left to right.
    package func visitNames(_ body: (String, SourceRange) -> Void) {
        var pending = [self]
        while let expression = pending.popLast() {
            switch expression.node {
            case .number, .string, .constant: break
            case .name(let name): body(name, expression.range)
            case .call(_, let arguments): pending.append(contentsOf: arguments.reversed().map(\.value))
            case .unary(_, let inner), .parenthesized(let inner): pending.append(inner)
            case .binary(_, let left, let right):
                pending.append(right)
                pending.append(left)
            }
        }
    }

    /// Calls `body` with every call in the expression: its function, arguments and place.
    package func visitCalls(_ body: (String, [Argument], SourceRange) -> Void) {
        var pending = [self]
        while let expression = pending.popLast() {
            switch expression.node {
            case .number, .string, .constant, .name: break
            case .call(let function, let arguments):
                body(function, arguments, expression.range)
                pending.append(contentsOf: arguments.reversed().map(\.value))
            case .unary(_, let inner), .parenthesized(let inner): pending.append(inner)
            case .binary(_, let left, let right):
                pending.append(right)
                pending.append(left)
            }
        }
    }

    /// The expression without the parentheses around all of it.
    package var withoutParentheses: TableExpression {
        var expression = self
        while case .parenthesized(let inner) = expression.node { expression = inner }
        return expression
    }
}
