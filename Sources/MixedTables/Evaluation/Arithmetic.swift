// R's arithmetic on whole columns.

import MixedSyntax

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whole numbers or doubles: what arithmetic works on.
enum Numbers {
    case integer([Int])
    case double([Double])

    var columnValues: ColumnValues {
        switch self {
        case .integer(let values): .integer(values)
        case .double(let values): .double(values)
        }
    }

    /// The values as doubles; missing whole numbers are NaN.
    var doubles: [Double] {
        switch self {
        case .double(let values): values
        case .integer(let values): values.map { $0 == ColumnValues.missingInteger ? .nan : Double($0) }
        }
    }

    var count: Int {
        switch self {
        case .integer(let values): values.count
        case .double(let values): values.count
        }
    }
}

/// Pairing values of two columns, one of which may be a single value.
enum Recycling {
    /// How many values two sides give together: none when one has none.
    static func count(_ left: Int, _ right: Int) -> Int { left == 0 || right == 0 ? 0 : max(left, right) }

    /// Applies `operation` to pairs of values.
    @inline(__always)
    static func map<Left, Right, Result>(
        _ left: [Left], _ right: [Right], _ operation: (Left, Right) -> Result
    ) -> [Result] {
        guard let firstLeft = left.first, let firstRight = right.first else { return [] }
        if right.count == 1 { return left.map { operation($0, firstRight) } }
        if left.count == 1 { return right.map { operation(firstLeft, $0) } }
        return left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                let count = min(left.count, right.count)
                return [Result](unsafeUninitializedCapacity: count) { buffer, filled in
                    for index in 0..<count {
                        buffer.initializeElement(at: index, to: operation(left[index], right[index]))
                    }
                    filled = count
                }
            }
        }
    }
}

/// The arithmetic operators by R's rules: whole numbers stay whole under `+ - * %% %/%`, `/` and `^` give doubles.
///
/// Where a whole result does not fit, all of the column becomes doubles (R would give `NA`).
enum Arithmetic {
    static func apply(_ symbol: TableExpression.BinaryOperator, _ left: Numbers, _ right: Numbers) -> ColumnValues {
        if case .integer(let first) = left, case .integer(let second) = right,
            let whole = wholeNumbers(symbol, first, second)
        {
            return .integer(whole)
        }
        let (first, second) = (left.doubles, right.doubles)
        switch symbol {
        case .plus: return .double(Recycling.map(first, second) { $0 + $1 })
        case .minus: return .double(Recycling.map(first, second) { $0 - $1 })
        case .times: return .double(Recycling.map(first, second) { $0 * $1 })
        case .divided: return .double(Recycling.map(first, second) { $0 / $1 })
        case .power:
            if second.count == 1, second[0] == 2 { return .double(first.map { $0 * $0 }) }
            return .double(Recycling.map(first, second, power))
        case .remainder: return .double(Recycling.map(first, second, remainder))
        default: return .double(Recycling.map(first, second, quotient))
        }
    }

    private static func wholeNumbers(_ symbol: TableExpression.BinaryOperator, _ left: [Int], _ right: [Int]) -> [Int]?
    {
        let missing = ColumnValues.missingInteger
        var overflows = false
        func checked(_ operation: (Int, Int) -> (partialValue: Int, overflow: Bool)) -> [Int]? {
            let result = Recycling.map(left, right) { (a: Int, b: Int) -> Int in
                if a == missing || b == missing { return missing }
                let (value, overflow) = operation(a, b)
                if overflow { overflows = true }
                return value
            }
            return overflows ? nil : result
        }
        // The number that stands for missing values is no result.
        func fitting(_ result: (partialValue: Int, overflow: Bool)) -> (partialValue: Int, overflow: Bool) {
            (result.partialValue, result.overflow || result.partialValue == missing)
        }
        switch symbol {
        case .plus: return checked { fitting($0.addingReportingOverflow($1)) }
        case .minus: return checked { fitting($0.subtractingReportingOverflow($1)) }
        case .times: return checked { fitting($0.multipliedReportingOverflow(by: $1)) }
        case .integerQuotient:
            return checked { a, b in
                guard b != 0 else { return (missing, false) }
                let (value, overflow) = a.dividedReportingOverflow(by: b)
                let isBelow = a % b != 0 && (a < 0) != (b < 0)
                return (isBelow ? value - 1 : value, overflow)
            }
        case .remainder:
            return checked { a, b in
                guard b != 0 else { return (missing, false) }
                guard b != -1 else { return (0, false) }
                let rest = a % b
                return (rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest, false)
            }
        default: return nil
        }
    }

    /// `x ^ y` with R's conventions: `1 ^ NA` and `NA ^ 0` are 1.
    static func power(_ x: Double, _ y: Double) -> Double {
        if x == 1 || y == 0 { return 1 }
        if y == 2 { return x * x }
        return pow(x, y)
    }

    /// `x %% y`: the sign is that of `y`.
    static func remainder(_ x: Double, _ y: Double) -> Double {
        if y == 0 || x.isNaN || y.isNaN || x.isInfinite { return .nan }
        if y.isInfinite { return x == 0 || (x < 0) == (y < 0) ? x : y }
        if abs(y) > 4_503_599_627_370_496, abs(x) <= abs(y) {
            return abs(x) == abs(y) ? 0 : x != 0 && (x < 0) != (y < 0) ? x + y : x
        }
        let rest = fmod(x, y)
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
    }

    /// `x %/% y`: the quotient rounded down.
    static func quotient(_ x: Double, _ y: Double) -> Double {
        let exact = x / y
        if y == 0 || abs(exact) > 4_503_599_627_370_496 || !exact.isFinite { return exact }
        let below = exact.rounded(.down)
        // The division may have rounded to a whole number: 1 / 0.1 is 10, but 0.1 is stored as slightly more.
        return below + (x.addingProduct(-below, y) / y).rounded(.down)
    }
}
