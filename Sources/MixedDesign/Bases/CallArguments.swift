// The arguments of a call such as `ns(x, df = 3)`, matched to the function's parameters as R matches them.

import MixedSyntax

/// The arguments of a call by parameter.
///
/// As in R, arguments with the full name of a parameter are matched first, then those with the beginning of a single
/// remaining one, then those without a name in order.
struct CallArguments {
    private var values: [String: TableExpression] = [:]

    init(_ arguments: [TableExpression.Argument], parameters: [String], function: String) throws(BasisError) {
        var open = parameters
        var rest: [TableExpression.Argument] = []
        for argument in arguments {
            if let label = argument.label, let index = open.firstIndex(of: label) {
                values[label] = argument.value
                open.remove(at: index)
            } else {
                rest.append(argument)
            }
        }
        for argument in rest {
            guard let label = argument.label else { continue }
            let matches = open.filter { $0.hasPrefix(label) }
            guard !label.isEmpty, matches.count == 1, let name = matches.first else {
                throw BasisError("\(function)() has no argument '\(label)'")
            }
            values[name] = argument.value
            open.removeAll { $0 == name }
        }
        for argument in rest where argument.label == nil {
            guard !open.isEmpty else { throw BasisError("\(function)() has too many arguments") }
            values[open.removeFirst()] = argument.value
        }
    }

    /// The expression given for a parameter; `NULL` counts as none.
    subscript(parameter: String) -> TableExpression? {
        guard let value = values[parameter] else { return nil }
        if case .constant(.null) = value.node { return nil }
        return value
    }

    /// The number given for a parameter.
    func number(_ parameter: String) throws(BasisError) -> Double? {
        guard let numbers = try numbers(parameter) else { return nil }
        guard numbers.count == 1 else { throw BasisError("'\(parameter)' must be a single number") }
        return numbers[0]
    }

    /// The whole number given for a parameter, at least `minimum`.
    func wholeNumber(_ parameter: String, atLeast minimum: Int) throws(BasisError) -> Int? {
        guard let number = try number(parameter) else { return nil }
        guard let whole = Int(exactly: number.rounded(.towardZero)), whole >= minimum, whole < 1_000_000 else {
            throw BasisError("'\(parameter)' must be a whole number of at least \(minimum)")
        }
        return whole
    }

    /// The truth value given for a parameter.
    func truth(_ parameter: String) throws(BasisError) -> Bool? {
        guard let value = self[parameter]?.withoutParentheses else { return nil }
        switch value.node {
        case .constant(.true), .name("T"): return true
        case .constant(.false), .name("F"): return false
        default: throw BasisError("'\(parameter)' must be TRUE or FALSE")
        }
    }

    /// The numbers given for a parameter: a number, `c(...)`, `a:b`, or arithmetic of these.
    func numbers(_ parameter: String) throws(BasisError) -> [Double]? {
        guard let value = self[parameter] else { return nil }
        guard let numbers = Self.constant(value, depth: 0) else {
            throw BasisError("'\(parameter)' must be numbers, such as 3 or c(1, 5), not '\(value.description)'")
        }
        return numbers
    }

    private static func constant(_ expression: TableExpression, depth: Int) -> [Double]? {
        guard depth < 100 else { return nil }
        switch expression.node {
        case .number(let value, isInteger: _): return [value]
        case .constant(.infinity): return [.infinity]
        case .parenthesized(let inner), .unary(.plus, let inner): return constant(inner, depth: depth + 1)
        case .unary(.minus, let inner): return constant(inner, depth: depth + 1)?.map { -$0 }
        case .call("c", let arguments):
            var all: [Double] = []
            for argument in arguments {
                guard let values = constant(argument.value, depth: depth + 1) else { return nil }
                all += values
            }
            return all
        case .binary(.sequence, let left, let right):
            guard let from = constant(left, depth: depth + 1), let to = constant(right, depth: depth + 1),
                from.count == 1, to.count == 1, (from[0] - to[0]).magnitude < 10_000
            else { return nil }
            let step: Double = to[0] >= from[0] ? 1 : -1
            return (0...Int((to[0] - from[0]).magnitude + 1e-10)).map { from[0] + step * Double($0) }
        case .binary(let sign, let left, let right):
            let operation: (Double, Double) -> Double
            switch sign {
            case .plus: operation = { $0 + $1 }
            case .minus: operation = { $0 - $1 }
            case .times: operation = { $0 * $1 }
            case .divided: operation = { $0 / $1 }
            default: return nil
            }
            guard let a = constant(left, depth: depth + 1), let b = constant(right, depth: depth + 1), !a.isEmpty,
                !b.isEmpty
            else { return nil }
            return (0..<max(a.count, b.count)).map { operation(a[$0 % a.count], b[$0 % b.count]) }
        default: return nil
        }
    }
}
