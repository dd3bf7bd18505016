// Comparing numbers, truth values, text and factors.

import MixedSyntax

extension ExpressionEvaluator {
    typealias Comparison = TableExpression.BinaryOperator

    /// Comparisons by R's rules: numbers as numbers; as soon as one side is text, both as text, ordered by `TextCollation`;
    /// ordered factors by their levels. A missing value on either side gives a missing result.
    func compare(_ symbol: Comparison, _ left: Operand, _ right: Operand, in whole: TableExpression)
        throws(Diagnostic) -> ColumnValues
    {
        if left.categorical == nil, right.categorical == nil {
            return Self.compareNumbers(symbol, try numbers(left), try numbers(right))
        }
        let isOrdering = symbol != .equal && symbol != .notEqual
        if isOrdering {
            for operand in [left, right] where operand.categorical?.kind == .factor {
                throw diagnostic(
                    "'\(symbol.rawValue)' has no meaning for the factor '\(operand.expression)'", at: whole,
                    hint: "ordered(\(operand.expression)) gives its levels an order")
            }
            for operand in [left, right] where operand.categorical?.kind == .ordered {
                let levels = operand.categorical?.levels ?? []
                return Self.compareTexts(left.values.asText(), right.values.asText(), missingIfUnlisted: levels) {
                    Self.holds(symbol, (levels.firstIndex(of: $0) ?? 0) - (levels.firstIndex(of: $1) ?? 0))
                }
            }
            return Self.compareTexts(left.values.asText(), right.values.asText()) {
                Self.holds(symbol, TextCollation.order($0, $1))
            }
        }
        return Self.compareTexts(left.values.asText(), right.values.asText()) { ($0 == $1) == (symbol == .equal) }
    }

    private static func holds(_ symbol: Comparison, _ order: Int) -> Bool {
        switch symbol {
        case .less: order < 0
        case .greater: order > 0
        case .lessOrEqual: order <= 0
        default: order >= 0
        }
    }

    private static func compareNumbers(_ symbol: Comparison, _ left: Numbers, _ right: Numbers) -> ColumnValues {
        if case .integer(let first) = left, case .integer(let second) = right {
            return compareNumbers(symbol, first, second) { $0 == ColumnValues.missingInteger }
        }
        return compareNumbers(symbol, left.doubles, right.doubles) { $0.isNaN }
    }

    private static func compareNumbers<Value: Comparable>(
        _ symbol: Comparison, _ left: [Value], _ right: [Value], isMissing: (Value) -> Bool
    ) -> ColumnValues {
        func result(_ holds: (Value, Value) -> Bool) -> ColumnValues {
            .boolean(
                Recycling.map(left, right) { a, b in
                    isMissing(a) || isMissing(b) ? ColumnValues.missingBoolean : holds(a, b) ? 1 : 0
                })
        }
        switch symbol {
        case .less: return result { $0 < $1 }
        case .greater: return result { $0 > $1 }
        case .lessOrEqual: return result { $0 <= $1 }
        case .greaterOrEqual: return result { $0 >= $1 }
        case .equal: return result { $0 == $1 }
        default: return result { $0 != $1 }
        }
    }

    /// Compares texts by their levels: each pair of levels that meets is compared once when there are few.
    private static func compareTexts(
        _ left: CategoricalValues, _ right: CategoricalValues, missingIfUnlisted listed: [String]? = nil,
        _ holds: (String, String) -> Bool
    ) -> ColumnValues {
        let missing = ColumnValues.missingBoolean
        func compare(_ first: Int, _ second: Int) -> Int8 {
            let (a, b) = (left.levels[first], right.levels[second])
            if let listed, !listed.contains(a) || !listed.contains(b) { return missing }
            return holds(a, b) ? 1 : 0
        }
        let width = right.levels.count
        let (pairs, overflow) = left.levels.count.multipliedReportingOverflow(by: width)
        if !overflow, pairs <= max(left.codes.count, right.codes.count) {
            let table = (0..<pairs).map { compare($0 / width, $0 % width) }
            return .boolean(
                Recycling.map(left.codes, right.codes) { a, b in
                    a < 0 || b < 0 ? missing : table[Int(a) * width + Int(b)]
                })
        }
        return .boolean(
            Recycling.map(left.codes, right.codes) { a, b in a < 0 || b < 0 ? missing : compare(Int(a), Int(b)) })
    }
}
