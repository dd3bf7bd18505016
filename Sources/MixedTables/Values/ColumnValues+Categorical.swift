// Any column as a factor, for grouping.

import MixedSyntax

extension ColumnValues {
    /// The values as a factor with the levels that R's `factor` gives.
    ///
    /// Numbers sort as numbers and are spelled with up to 15 significant digits (`0.2`, `1e+05`), whole numbers with all of
    /// theirs; `FALSE` comes before `TRUE`; text sorts by `TextCollation`. Factors stay as they are.
    ///
    /// - **Complexity:** linear in the rows, plus sorting the distinct values.
    public func asCategorical() -> CategoricalValues {
        switch self {
        case .categorical(let values): return values.asFactor()
        case .boolean(let values):
            return CategoricalValues(
                codes: values.map { $0 < 0 ? CategoricalValues.missing : Int32($0) }, levels: ["FALSE", "TRUE"],
                kind: .factor
            ).droppingUnusedLevels()
        case .integer(let values): return Self.factor(of: values)
        case .double(let values): return Self.factor(of: values)
        }
    }

    private static func factor(of values: [Int]) -> CategoricalValues {
        var lowest = Int.max
        var highest = Int.min
        for value in values where value != missingInteger {
            lowest = min(lowest, value)
            highest = max(highest, value)
        }
        guard lowest <= highest else {
            return CategoricalValues(
                codes: Array(repeating: CategoricalValues.missing, count: values.count), levels: [], kind: .factor)
        }
        let (span, overflow) = highest.subtractingReportingOverflow(lowest)
        if !overflow, span < max(1024, values.count * 4) { return factor(of: values, from: lowest, span: span) }

        let distinct = Set(values).subtracting([missingInteger]).sorted()
        let code = Dictionary(uniqueKeysWithValues: zip(distinct, Int32(0)...))
        return CategoricalValues(
            codes: values.map { code[$0] ?? CategoricalValues.missing }, levels: distinct.map(String.init),
            kind: .factor)
    }

    /// Counting instead of hashing, for whole numbers that lie close together.
    private static func factor(of values: [Int], from lowest: Int, span: Int) -> CategoricalValues {
        var code = [Int32](repeating: CategoricalValues.missing, count: span + 1)
        for value in values where value != missingInteger { code[value - lowest] = 0 }
        var levels: [String] = []
        for offset in code.indices where code[offset] == 0 {
            code[offset] = Int32(truncatingIfNeeded: levels.count)
            levels.append(String(lowest + offset))
        }
        return CategoricalValues(
            codes: values.map { $0 == missingInteger ? CategoricalValues.missing : code[$0 - lowest] },
            levels: levels, kind: .factor)
    }

    private static func factor(of values: [Double]) -> CategoricalValues {
        // Zero with a minus sign is zero.
        let distinct = Set(values.lazy.filter { !$0.isNaN }.map { $0 == 0 ? 0 : $0 }).sorted()
        var levels: [String] = []
        var code: [Double: Int32] = [:]
        for value in distinct {
            // Numbers that agree to 15 digits are neighbours and share a level.
            let text = RNumber.text(value)
            if levels.last != text { levels.append(text) }
            code[value] = Int32(truncatingIfNeeded: levels.count - 1)
        }
        return CategoricalValues(
            codes: values.map { code[$0 == 0 ? 0 : $0] ?? CategoricalValues.missing }, levels: levels, kind: .factor)
    }

    /// The values as text without an order: what comparisons and `as.character` see.
    func asText() -> CategoricalValues {
        if case .categorical(let values) = self { return values }
        return asCategorical()
    }
}
