// Equality of expressions by their call trees, without recursion along chains of operators.

extension TableExpression: Hashable {
    /// Whether both are the same call tree; where they stood in the text does not matter.
    public static func == (left: TableExpression, right: TableExpression) -> Bool {
        var (left, right) = (left, right)
        // A sum of thousands of terms is a tree that is tall on its left side: that side is followed in a loop.
        while case .binary(let leftSymbol, let leftFirst, let leftSecond) = left.node,
            case .binary(let rightSymbol, let rightFirst, let rightSecond) = right.node
        {
            guard leftSymbol == rightSymbol, leftSecond == rightSecond else { return false }
            (left, right) = (leftFirst, rightFirst)
        }
        return left.node == right.node
    }

    public func hash(into hasher: inout Hasher) {
        var expression = self
        while case .binary(let symbol, let left, let right) = expression.node {
            hasher.combine(symbol)
            hasher.combine(right)
            expression = left
        }
        hasher.combine(expression.node)
    }

    /// The leftmost operand of a chain such as `a + b - c` and what follows it, from left to right.
    ///
    /// Whoever walks expressions can follow a chain of thousands of operators with this in a loop; all other nesting is
    /// at most a few hundred levels deep in parsed text.
    package var operatorChain: (first: TableExpression, rest: [(symbol: BinaryOperator, operand: TableExpression)]) {
        var rest: [(symbol: BinaryOperator, operand: TableExpression)] = []
        var first = self
        while case .binary(let symbol, let left, let right) = first.node {
            rest.append((symbol, right))
            first = left
        }
        rest.reverse()
        return (first, rest)
    }
}
