// Calls whose result depends on all rows, such as `scale(x)`, made into constants that new rows are treated with.

import MixedSyntax
import MixedTables

/// What `scale`, `center`, `cut` and `factor` calls inside an expression learned from the rows of a model.
///
/// `log(scale(x) + 5)` becomes `log((x - 3.2) / 1.7 + 5)`; new rows are then evaluated with the same numbers.
struct TrainedCalls: Hashable, Sendable, Codable {
    enum Constant: Hashable, Sendable, Codable {
        case scaling(center: Double?, scale: Double?)
        case breaks([Double])
        case levels([String])
    }

    /// By the text of the call.
    private(set) var constants: [String: Constant] = [:]

    /// The functions whose calls are replaced.
    private static let functions: Set<String> = ["scale", "center", "cut", "factor", "as.factor", "ordered"]

    /// Whether an expression contains a call that may be replaced.
    static func occur(in expression: TableExpression) -> Bool {
        var found = false
        expression.visitCalls { name, _, _ in
            if functions.contains(TableExpression.unqualified(name)) { found = true }
        }
        return found
    }

    /// The expression with its trained calls replaced, after learning from the rows of `table`.
    mutating func train(
        _ stored: StoredExpression, on table: DataTable
    ) throws(DesignError) -> TableExpression {
        guard Self.occur(in: stored.expression) else { return stored.expression }
        var learned = constants
        let result = try Self.rewrite(stored.expression, isTop: true) { call, arguments throws(DesignError) in
            let constant = try Self.learn(call, arguments, table: table, source: stored.source)
            if let constant { learned[call.description] = constant }
            return constant
        }
        constants = learned
        return result
    }

    /// The expression with its trained calls replaced by what was learned.
    func applied(to stored: StoredExpression) throws(DesignError) -> TableExpression {
        guard Self.occur(in: stored.expression) else { return stored.expression }
        return try Self.rewrite(stored.expression, isTop: true) { call, _ throws(DesignError) in
            constants[call.description]
        }
    }

    private typealias Lookup = (TableExpression, [TableExpression.Argument]) throws(DesignError) -> Constant?

    /// Replaces calls from the inside out, so that what an outer call learns sees the inner ones replaced.
    private static func rewrite(
        _ expression: TableExpression, isTop: Bool, constant: Lookup
    ) throws(DesignError) -> TableExpression {
        let node: TableExpression.Node
        switch expression.node {
        case .number, .string, .name, .constant:
            return expression
        case .parenthesized(let inner):
            node = .parenthesized(try rewrite(inner, isTop: isTop, constant: constant))
        case .unary(let sign, let inner):
            node = .unary(sign, try rewrite(inner, isTop: false, constant: constant))
        case .binary:
            return try rewriteChain(expression, constant: constant)
        case .call(let function, var arguments):
            for index in arguments.indices {
                arguments[index].value = try rewrite(arguments[index].value, isTop: false, constant: constant)
            }
            // The levels of a factor that is a variable of its own are kept by the variable, which can also name a level
            // that it does not know.
            let keepsLevels = isTop && isFactor(function) && !arguments.contains { $0.label == "labels" }
            if !keepsLevels, functions.contains(TableExpression.unqualified(function)),
                let constant = try constant(expression, arguments)
            {
                return replacement(of: expression, arguments, constant)
            }
            node = .call(function: function, arguments: arguments)
        }
        return TableExpression(node, range: expression.range)
    }

    /// A chain such as `a + b + c` without recursion on its left side, which may be thousands of operators deep.
    private static func rewriteChain(
        _ expression: TableExpression, constant: Lookup
    ) throws(DesignError) -> TableExpression {
        var links: [(sign: TableExpression.BinaryOperator, right: TableExpression, range: SourceRange)] = []
        var first = expression
        while case .binary(let sign, let left, let right) = first.node {
            links.append((sign, right, first.range))
            first = left
        }
        var result = try rewrite(first, isTop: false, constant: constant)
        for link in links.reversed() {
            let right = try rewrite(link.right, isTop: false, constant: constant)
            result = TableExpression(.binary(link.sign, result, right), range: link.range)
        }
        return result
    }

    private static func isFactor(_ function: String) -> Bool {
        ["factor", "as.factor", "ordered"].contains(TableExpression.unqualified(function))
    }

    private static func replacement(
        of call: TableExpression, _ arguments: [TableExpression.Argument], _ constant: Constant
    ) -> TableExpression {
        guard let first = arguments.first, case .call(let function, _) = call.node else { return call }
        func make(_ node: TableExpression.Node) -> TableExpression { TableExpression(node, range: call.range) }
        switch constant {
        case .scaling(let center, let scale):
            var result = first.value
            if let center {
                result = make(.binary(.minus, make(.parenthesized(result)), make(.number(center, isInteger: false))))
            }
            if let scale {
                result = make(.binary(.divided, make(.parenthesized(result)), make(.number(scale, isInteger: false))))
            }
            return make(.parenthesized(result))
        case .breaks(let breaks):
            let list = make(
                .call(
                    function: "c",
                    arguments: breaks.map { TableExpression.Argument(value: make(.number($0, isInteger: false))) }))
            var rest = arguments
            if let index = rest.firstIndex(where: { $0.label == "breaks" }) ?? (rest.count > 1 ? 1 : nil) {
                rest[index].value = list
            }
            return make(.call(function: function, arguments: rest))
        case .levels(let levels):
            let list = make(
                .call(
                    function: "c",
                    arguments: levels.map { TableExpression.Argument(value: make(.string($0))) }))
            let name = TableExpression.unqualified(function) == "as.factor" ? "factor" : function
            return make(
                .call(function: name, arguments: arguments + [TableExpression.Argument(label: "levels", value: list)]))
        }
    }

    /// What a call learns from the rows of `table`; `nil` when it needs nothing.
    private static func learn(
        _ call: TableExpression, _ arguments: [TableExpression.Argument], table: DataTable, source: String
    ) throws(DesignError) -> Constant? {
        guard case .call(let function, _) = call.node else { return nil }
        let name = TableExpression.unqualified(function)
        do {
            switch name {
            case "scale", "center":
                let given = try CallArguments(
                    arguments, parameters: name == "scale" ? ["x", "center", "scale"] : ["x"], function: name)
                guard let argument = given["x"] else { throw BasisError("\(name)() needs a variable") }
                let values = try table.numbers(of: StoredExpression(argument, source: source))
                return try scaling(of: values, given, isScale: name == "scale")
            case "cut":
                guard arguments.count > 1 else { return nil }
                let given = try CallArguments(
                    arguments,
                    parameters: ["x", "breaks", "labels", "include.lowest", "right", "dig.lab", "ordered_result"],
                    function: name)
                guard let argument = given["x"], let number = try? given.number("breaks") else { return nil }
                let values = try table.numbers(of: StoredExpression(argument, source: source))
                return .breaks(try breaks(count: number, over: values))
            default:
                guard let argument = arguments.first, !arguments.contains(where: { $0.label == "levels" }),
                    !arguments.dropFirst().contains(where: { $0.label == nil })
                else { return nil }
                let values = try table.values(of: StoredExpression(argument.value, source: source))
                return .levels(values.asCategorical().droppingUnusedLevels().levels)
            }
        } catch let error as BasisError {
            throw DesignError(.expression, error.message, at: call.range, of: source)
        } catch let error as DesignError {
            throw error
        } catch {
            throw DesignError(.expression, "\(error)", at: call.range, of: source)
        }
    }

    /// R's `scale`: the mean, and the root of the sum of squares over n - 1.
    private static func scaling(
        of values: [Double], _ given: CallArguments, isScale: Bool
    ) throws(BasisError) -> Constant {
        let summary = NumericSummary(values)
        guard summary.count > 0, summary.minimum.isFinite, summary.maximum.isFinite else {
            throw BasisError("Scaling needs finite values")
        }
        var center: Double? = summary.mean
        if isScale, let truth = try? given.truth("center") {
            center = truth ? summary.mean : nil
        } else if isScale, given["center"] != nil {
            center = try given.number("center")
        }
        guard isScale else { return .scaling(center: center, scale: nil) }
        if let truth = try? given.truth("scale"), !truth { return .scaling(center: center, scale: nil) }
        if given["scale"] != nil, (try? given.truth("scale")) == nil {
            guard let scale = try given.number("scale"), scale != 0 else {
                throw BasisError("'scale' must not be zero")
            }
            return .scaling(center: center, scale: scale)
        }
        var squares = 0.0
        for value in values where !value.isNaN {
            let deviation = value - (center ?? 0)
            squares += deviation * deviation
        }
        let scale = (squares / Double(max(summary.count - 1, 1))).squareRoot()
        guard scale > 0, scale.isFinite, center == nil || !summary.isConstant else {
            throw BasisError("A constant variable cannot be scaled: its standard deviation is zero")
        }
        return .scaling(center: center, scale: scale)
    }

    /// R's `cut` with a number of intervals: equally spaced over the range, the outer ones moved out by a thousandth of it.
    private static func breaks(count: Double, over values: [Double]) throws(BasisError) -> [Double] {
        let present = values.filter { !$0.isNaN }
        guard let least = present.min(), let most = present.max(), least.isFinite, most.isFinite else {
            throw BasisError("cut() needs finite values")
        }
        guard count >= 2, count < 100_000 else { throw BasisError("cut() needs at least two intervals") }
        let last = Int(count)
        func spaced(_ from: Double, _ to: Double) -> [Double] {
            let step = (to - from) / Double(last)
            return (0...last).map { $0 == last ? to : from + Double($0) * step }
        }
        guard most > least else {
            let width = least != 0 ? least.magnitude : 1
            return spaced(least - width / 1000, most + width / 1000)
        }
        var result = spaced(least, most)
        result[0] = least - (most - least) / 1000
        result[last] = most + (most - least) / 1000
        return result
    }
}
