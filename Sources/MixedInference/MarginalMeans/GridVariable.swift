// The variables of a reference grid: the columns of the table that the fixed effects are made of, with their values.

public import MixedDesign
internal import MixedSyntax

/// A column of the table on a reference grid.
public struct GridVariable: Hashable, Sendable {
    /// How a variable enters the grid.
    public enum Role: Hashable, Sendable {
        /// With all its levels, or those that are asked for.
        case factor
        /// A number of which the rows have two values only: with both, as a factor would.
        case twoValued
        /// A number at its mean, or at the values that are asked for.
        case covariate
    }

    /// The column of the table.
    public let name: String
    public let role: Role
    /// The values on the grid.
    public internal(set) var values: [GridValue]
    /// Whether the values were asked for.
    public internal(set) var isSet: Bool
    /// What is remembered of a column of numbers.
    public let summary: NumericSummary?
    /// How the values of numbers are told apart in labels: by the variable's name before them, as emmeans does.
    let isNumeric: Bool

    /// The label of a value where it stands among those of other variables.
    func label(_ value: GridValue) -> String { isNumeric ? name + value.label : value.label }
}

extension GridVariable {
    /// The variables of a design's fixed effects in the order of the formula, each with its standard values.
    ///
    /// Categorical columns, and numbers that the formula makes a factor, have their levels; numbers with two values have
    /// both; other numbers their mean over the rows used, as in emmeans.
    static func standard(_ design: ModelDesign) throws(MarginalMeansError) -> [GridVariable] {
        let fixed = Set(design.fixedTerms.flatMap(\.variables)).sorted()
        var result: [GridVariable] = []
        for index in fixed {
            for name in design.variables[index].columnNames where !result.contains(where: { $0.name == name }) {
                // R's constants are names too.
                if design.data.columns[name] == nil, ["T", "F", "pi"].contains(name) { continue }
                result.append(try standard(name, design, fixed: fixed))
            }
        }
        return result
    }

    private static func standard(
        _ name: String, _ design: ModelDesign, fixed: [Int]
    ) throws(MarginalMeansError) -> GridVariable {
        switch design.data.columns[name] {
        case .categorical(let summary):
            let occurring = zip(summary.levels, summary.counts).filter { $0.1 > 0 }.map { GridValue.level($0.0) }
            return GridVariable(
                name: name, role: .factor, values: occurring, isSet: false, summary: nil, isNumeric: false)
        case .numeric(let summary):
            for index in fixed {
                guard let levels = design.variables[index].levels, design.variables[index].columnNames == [name],
                    isFactorCall(design.variables[index].name)
                else { continue }
                let numbers = levels.compactMap { Double($0) }
                guard numbers.count == levels.count else { continue }
                return GridVariable(
                    name: name, role: .factor, values: numbers.map(GridValue.number), isSet: false, summary: summary,
                    isNumeric: true)
            }
            let hasTwo = summary.hasTwoValues
            return GridVariable(
                name: name, role: hasTwo ? .twoValued : .covariate,
                values: (hasTwo ? [summary.minimum, summary.maximum] : [summary.mean]).map(GridValue.number),
                isSet: false, summary: summary, isNumeric: true)
        case nil:
            return GridVariable(
                name: name, role: .covariate, values: [], isSet: false, summary: nil, isNumeric: true)
        }
    }

    /// Whether a variable is a column made a factor, whose levels are the column's values.
    private static func isFactorCall(_ text: String) -> Bool {
        guard let expression = try? TableExpression(parsing: text),
            case .call(let function, let arguments) = expression.withoutParentheses.node,
            ["factor", "as.factor", "ordered"].contains(function.split(separator: ":").last.map(String.init) ?? ""),
            case .name = arguments.first?.value.node
        else { return false }
        return !arguments.contains { $0.label == "labels" }
    }

    /// The variable with the values that are asked for.
    func setting(_ settings: [GridSetting]) throws(MarginalMeansError) -> GridVariable {
        var result = self
        result.values = []
        for setting in settings {
            let value = try value(of: setting)
            if !result.values.contains(value) { result.values.append(value) }
        }
        result.isSet = true
        return result
    }

    private func value(of setting: GridSetting) throws(MarginalMeansError) -> GridValue {
        if role == .factor { return try level(of: setting) }
        switch setting {
        case .level(let text): throw .notNumeric(variable: name, text: text)
        case .number(let value):
            guard value.isFinite else { throw .notNumeric(variable: name, text: setting.text) }
            return .number(value)
        default: break
        }
        guard let summary else { throw .nothingRemembered(variable: name) }
        switch setting {
        case .minimum: return .number(summary.minimum)
        case .maximum: return .number(summary.maximum)
        case .meanLessDeviation: return .number(summary.mean - summary.standardDeviation)
        case .meanPlusDeviation: return .number(summary.mean + summary.standardDeviation)
        default: return .number(summary.mean)
        }
    }

    private func level(of setting: GridSetting) throws(MarginalMeansError) -> GridValue {
        let text = setting.text
        if let known = values.first(where: { $0.label == text }) { return known }
        switch setting {
        case .level, .number: throw .unknownLevel(variable: name, level: text, levels: values.map(\.label))
        default: throw .notALevel(variable: name, text: text, levels: values.map(\.label))
        }
    }
}

extension NumericSummary {
    /// Whether the numbers have two different values.
    ///
    /// Of all numbers between *a* and *b* with the mean *m*, those that are all *a* or *b* have the largest variance,
    /// *(m − a)(b − m)* with the divisor *n*, and no others have it (Bhatia & Davis 2000).
    var hasTwoValues: Bool {
        guard count >= 2, minimum < maximum else { return false }
        let largest = (mean - minimum) * (maximum - mean)
        let variance = standardDeviation * standardDeviation * Double(count - 1) / Double(count)
        return (largest - variance).magnitude <= 1e-10 * largest
    }
}
