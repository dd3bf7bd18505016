// Seeded random expressions for property tests.

import MixedSyntax

/// Marsaglia's xorshift generator: the same numbers on every run and platform.
struct Xorshift: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
}

enum RandomTree {
    /// A random tree without parentheses of its own.
    static func make(_ random: inout Xorshift, depth: Int) -> TableExpression {
        TableExpression(node(&random, depth), range: SourceRange(0, 0))
    }

    private static func node(_ random: inout Xorshift, _ depth: Int) -> TableExpression.Node {
        let kind = depth == 0 ? random.below(5) : random.below(14)
        switch kind {
        case 0: return .number(Double(random.below(100_000)) / random.pick([1, 8, 1000, 1e-6]), isInteger: false)
        case 1: return .string(random.pick(["", "a b", "it's", "\"", "\\n", "é\n", "\u{1}"]))
        case 2: return .constant(random.pick(TableExpression.Constant.allCases))
        case 3, 4:
            return .name(random.pick(["x", "y", ".z", "a b", "if", "été", "_u", "T", "`", "..1", "1a", "a.b_c"]))
        case 5:
            let arguments = (0..<random.below(4)).map { _ in
                TableExpression.Argument(
                    label: random.pick([nil, nil, "df", "a b"]), value: make(&random, depth: depth - 1))
            }
            return .call(function: random.pick(["log", "f g", "stats::poly"]), arguments: arguments)
        case 6, 7:
            return .unary(random.pick(TableExpression.UnaryOperator.allCases), make(&random, depth: depth - 1))
        default:
            return .binary(
                random.pick(TableExpression.BinaryOperator.allCases), make(&random, depth: depth - 1),
                make(&random, depth: depth - 1))
        }
    }
}

extension TableExpression {
    /// The same tree without the parentheses that were written.
    var strippedOfParentheses: TableExpression {
        let node: Node
        switch self.node {
        case .parenthesized(let inner): return inner.strippedOfParentheses
        case .unary(let symbol, let inner): node = .unary(symbol, inner.strippedOfParentheses)
        case .binary(let symbol, let left, let right):
            node = .binary(symbol, left.strippedOfParentheses, right.strippedOfParentheses)
        case .call(let function, let arguments):
            node = .call(
                function: function,
                arguments: arguments.map { Argument(label: $0.label, value: $0.value.strippedOfParentheses) })
        default: node = self.node
        }
        return TableExpression(node, range: range)
    }
}
