// Three-valued logic: a missing value is unknown, not false.

import MixedSyntax

/// `&` and `|` on truth values: `NA & FALSE` is `FALSE`, `NA | TRUE` is `TRUE`, other pairs with `NA` are `NA`.
enum Logic {
    static func apply(_ symbol: TableExpression.BinaryOperator, _ left: [Int8], _ right: [Int8]) -> ColumnValues {
        let missing = ColumnValues.missingBoolean
        if symbol == .and {
            return .boolean(
                Recycling.map(left, right) { a, b in a == 0 || b == 0 ? 0 : a == missing || b == missing ? missing : 1 }
            )
        }
        return .boolean(
            Recycling.map(left, right) { a, b in a == 1 || b == 1 ? 1 : a == missing || b == missing ? missing : 0 })
    }
}

/// `%in%`: whether a value is one of several, never missing.
enum Membership {
    static func isElement(_ values: ColumnValues, of set: ColumnValues) -> ColumnValues {
        if case .categorical(let left) = values {
            let right = set.asText()
            let wanted = Set(right.codes.lazy.filter { $0 >= 0 }.map { right.levels[Int($0)] })
            let hasMissing = set.missingCount > 0
            let isWanted = left.levels.map { wanted.contains($0) }
            return .boolean(left.codes.map { ($0 < 0 ? hasMissing : isWanted[Int($0)]) ? 1 : 0 })
        }
        if case .categorical = set { return isElement(.categorical(values.asText()), of: set) }
        let hasMissing = set.missingCount > 0
        // Both sides are numbers: text of 15 digits would not tell all of them apart.
        if case .integer(let left) = values, case .integer(let right) = set {
            let wanted = Set(right)
            return .boolean(left.map { wanted.contains($0) ? 1 : 0 })
        }
        let wanted = Set(plainDoubles(set))
        return .boolean(plainDoubles(values).map { ($0.isNaN ? hasMissing : wanted.contains($0)) ? 1 : 0 })
    }

    private static func plainDoubles(_ values: ColumnValues) -> [Double] {
        switch values {
        case .double(let values): values
        case .integer(let values): values.map { $0 == ColumnValues.missingInteger ? .nan : Double($0) }
        case .boolean(let values): values.map { $0 < 0 ? .nan : Double($0) }
        case .categorical: []
        }
    }
}
