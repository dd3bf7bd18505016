// Which columns are linear combinations of a design's columns, found from how columns are made rather than from rows.

internal import MixedLinearAlgebra

/// The span of some design columns, of which other columns are combinations.
///
/// Dropping a main effect makes R code an interaction by indicators instead of contrasts, so the columns of a sub-model
/// need not be columns of the model. They are combinations of them all the same: an indicator is the constant plus
/// contrasts, *[1 C]⁻¹* having the weights, and a contrast is a sum of indicators with the weights *C*.
package struct ColumnSpan {
    /// A column as a sum of columns, by their places.
    package typealias Combination = [Int: Double]

    private let variables: [DesignVariable]
    private var places: [Set<DesignColumn.Part>: Int] = [:]
    /// The ways to write a part of a categorical variable as a sum of others; a part that is `nil` is the constant.
    private var rewritings: [DesignColumn.Part: [[(part: DesignColumn.Part?, weight: Double)]]] = [:]
    private var inverses: [Int: Matrix] = [:]

    package init(_ columns: [DesignColumn], variables: [DesignVariable]) {
        self.variables = variables
        for (index, column) in columns.enumerated() where places[Set(column.parts)] == nil {
            places[Set(column.parts)] = index
        }
    }

    /// The weights with which a column is a sum of the span's columns, or `nil` when no coding makes it one.
    ///
    /// - Complexity: O(1) for a column of the span; otherwise the number of levels to the power of the column's factors.
    package mutating func combination(of column: DesignColumn) -> Combination? {
        let categorical = Set(column.parts.map(\.variable).filter { variables[$0].isCategorical })
        return expand(Set(column.parts), convertible: categorical)
    }

    private mutating func expand(_ parts: Set<DesignColumn.Part>, convertible: Set<Int>) -> Combination? {
        if let place = places[parts] { return [place: 1] }
        for variable in convertible.sorted() {
            guard let part = parts.first(where: { $0.variable == variable }) else { continue }
            for rewriting in rewritings(of: part) {
                if let sum = expand(parts.subtracting([part]), plus: rewriting, convertible.subtracting([variable])) {
                    return sum
                }
            }
        }
        return sumOverLevels(parts)
    }

    /// A column as the sum of its products with all indicators of a further variable, where those are columns.
    private func sumOverLevels(_ parts: Set<DesignColumn.Part>) -> Combination? {
        let present = Set(parts.map(\.variable))
        for (variable, design) in variables.enumerated() where !present.contains(variable) {
            guard let levels = design.levels else { continue }
            let found = levels.indices.compactMap { places[parts.union([.indicator(variable: variable, level: $0)])] }
            guard found.count == levels.count, !found.isEmpty else { continue }
            return Dictionary(uniqueKeysWithValues: found.map { ($0, 1) })
        }
        return nil
    }

    private mutating func expand(
        _ rest: Set<DesignColumn.Part>, plus rewriting: [(part: DesignColumn.Part?, weight: Double)],
        _ convertible: Set<Int>
    ) -> Combination? {
        var sum: Combination = [:]
        for (part, weight) in rewriting where weight != 0 {
            guard let terms = expand(part.map { rest.union([$0]) } ?? rest, convertible: convertible) else {
                return nil
            }
            for (place, factor) in terms { sum[place, default: 0] += weight * factor }
        }
        return sum.filter { $0.value != 0 }
    }

    /// The ways to write an indicator or a contrast by the other coding.
    private mutating func rewritings(
        of part: DesignColumn.Part
    ) -> [[(part: DesignColumn.Part?, weight: Double)]] {
        if let known = rewritings[part] { return known }
        let variable = part.variable
        guard case .categorical(let levels, let coding) = variables[variable].kind,
            levels.count <= TermExpansion.contrastLevelLimit,
            let contrasts = try? variables[variable].contrastMatrix(levels: levels, coding: coding)
        else { return [] }
        let width = contrasts.columnNames.count
        var found: [[(part: DesignColumn.Part?, weight: Double)]] = []
        switch part {
        case .contrast(_, let column):
            found = [
                levels.indices.map { (.indicator(variable: variable, level: $0), contrasts.rows[$0][column]) }
            ]
        case .indicator(_, let level):
            if case .treatment(let reference) = coding {
                let base = reference.flatMap { levels.firstIndex(of: $0) } ?? 0
                // The other indicators are the contrasts themselves.
                guard level == base else { break }
                found = [
                    [(nil, 1)]
                        + levels.indices.filter { $0 != base }.map { (.indicator(variable: variable, level: $0), -1) }
                ]
            } else if width == levels.count - 1, let inverse = inverse(of: contrasts, variable: variable) {
                found = [
                    [(nil, inverse[0, level])]
                        + (0..<width).map { (.contrast(variable: variable, column: $0), inverse[$0 + 1, level]) }
                ]
            }
        case .value, .basis: break
        }
        rewritings[part] = found
        return found
    }

    /// *[1 C]⁻¹*, or `nil` where the contrasts leave a combination of levels out.
    private mutating func inverse(of contrasts: ContrastMatrix, variable: Int) -> Matrix? {
        if let known = inverses[variable] { return known }
        let size = contrasts.rows.count
        var matrix = Matrix(rows: size, columns: size)
        for (row, values) in contrasts.rows.enumerated() {
            matrix[row, 0] = 1
            for (column, value) in values.enumerated() { matrix[row, column + 1] = value }
        }
        let identity = Matrix.identity(size)
        var result = Matrix(rows: size, columns: size)
        for column in 0..<size {
            guard let solution = matrix.solving(identity.column(column)) else { return nil }
            for row in 0..<size { result[row, column] = abs(solution[row]) < 1e-15 ? 0 : solution[row] }
        }
        inverses[variable] = result
        return result
    }
}

extension DesignColumn.Part {
    /// The same part of a variable that stands at another index.
    package func renumbered(_ variable: Int) -> DesignColumn.Part {
        switch self {
        case .value: .value(variable: variable)
        case .basis(_, let column): .basis(variable: variable, column: column)
        case .indicator(_, let level): .indicator(variable: variable, level: level)
        case .contrast(_, let column): .contrast(variable: variable, column: column)
        }
    }
}

extension DesignColumn {
    /// The same column where the variables stand at other indices.
    package func renumbered(_ index: (Int) -> Int) -> DesignColumn {
        DesignColumn(name: name, parts: parts.map { $0.renumbered(index($0.variable)) })
    }
}
