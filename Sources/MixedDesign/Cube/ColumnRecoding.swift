// Columns under other levels or contrasts as sums of a design's own columns.

/// Writes the columns of a design whose factors have other levels or contrasts by the columns of a given one.
///
/// A column is a product of functions of its variables. A function of a factor's levels is a sum of the indicators of the given
/// design's levels, with the function's values as weights, and each product of indicators is a sum of columns.
struct ColumnRecoding {
    private let source: [DesignVariable]
    private let target: [DesignVariable]
    private var span: ColumnSpan
    private var known: [DesignColumn.Part: [(part: DesignColumn.Part, weight: Double)]] = [:]

    /// - Parameters:
    ///   - columns: The given design's columns.
    ///   - target: The variables of the other design, at the same indices.
    init(_ columns: [DesignColumn], variables source: [DesignVariable], target: [DesignVariable]) {
        self.source = source
        self.target = target
        span = ColumnSpan(columns, variables: source)
    }

    /// The weights of the given design's columns, in order; empty for a column that is zero in all of its rows, `nil` where it
    /// is no combination.
    mutating func combination(of column: DesignColumn) -> [(column: Int, weight: Double)]? {
        var products: [(parts: [DesignColumn.Part], weight: Double)] = [([], 1)]
        for part in column.parts {
            let terms = recoded(part)
            products = products.flatMap { product in
                terms.map { (product.parts + [$0.part], product.weight * $0.weight) }
            }
        }
        var sum: [Int: Double] = [:]
        for product in products {
            guard let found = span.combination(of: DesignColumn(name: column.name, parts: product.parts)) else {
                return nil
            }
            for (place, weight) in found { sum[place, default: 0] += product.weight * weight }
        }
        // What cancels leaves rounding, which would make a sum of what is one column.
        let largest = sum.values.reduce(0) { max($0, abs($1)) }
        return sum.filter { abs($0.value) > 1e-14 * largest }.sorted { $0.key < $1.key }
            .map { ($0.key, abs($0.value - 1) < 1e-14 ? 1 : $0.value) }
    }

    /// A part of a variable by parts of the same variable as the given design has it.
    private mutating func recoded(
        _ part: DesignColumn.Part
    ) -> [(part: DesignColumn.Part, weight: Double)] {
        let variable = part.variable
        guard case .categorical(let newLevels, let coding) = target[variable].kind,
            case .categorical(let oldLevels, _) = source[variable].kind,
            source[variable].kind != target[variable].kind
        else { return [(part, 1)] }
        if let known = known[part] { return known }
        let places = Dictionary(newLevels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var values = [Double](repeating: 0, count: newLevels.count)
        switch part {
        case .indicator(_, let level): values[level] = 1
        case .contrast(_, let column):
            let rows = (try? target[variable].contrastMatrix(levels: newLevels, coding: coding))?.rows ?? []
            for (level, row) in rows.enumerated() where column < row.count { values[level] = row[column] }
        case .value, .basis: break
        }
        var result: [(part: DesignColumn.Part, weight: Double)] = []
        for (level, name) in oldLevels.enumerated() {
            guard let place = places[name], values[place] != 0 else { continue }
            result.append((.indicator(variable: variable, level: level), values[place]))
        }
        known[part] = result
        return result
    }
}
