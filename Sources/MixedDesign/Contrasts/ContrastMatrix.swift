// The numbers that a contrast coding gives to each level, equal to R's.

/// The values and names of the columns by which a categorical variable enters a model.
public struct ContrastMatrix: Hashable, Sendable, Codable {
    /// One row for each level, one entry for each column.
    public let rows: [[Double]]
    /// What R appends to the variable's name, such as `Low` (treatment), `1` (sum) or `.L` (polynomial).
    public let columnNames: [String]

    init(rows: [[Double]], columnNames: [String]) {
        self.rows = rows
        self.columnNames = columnNames
    }

    /// One indicator column for each level.
    public static func indicators(levels: [String]) -> ContrastMatrix {
        ContrastMatrix(rows: identity(levels.count), columnNames: levels)
    }

    static func identity(_ count: Int) -> [[Double]] {
        (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    }
}

/// Why a coding does not fit the levels it is used on.
public enum ContrastError: Error, Hashable, Sendable {
    /// Contrasts compare levels, and there are fewer than two.
    case tooFewLevels(count: Int)
    /// The reference level is not one of the levels.
    case unknownReference(String, levels: [String])
    /// Custom contrasts need one row of equal length for each level, and fewer columns than levels.
    case wrongShape(rows: Int, columns: Int, levels: Int)
    /// The columns of custom contrasts are not independent of each other and of the constant.
    case dependentColumns
    /// R refuses orthogonal polynomials over more than 95 levels, and so do we.
    case tooManyLevels(count: Int)

    /// What is wrong, as a sentence without a full stop.
    public var sentence: String {
        switch self {
        case .tooFewLevels(let count):
            count == 0 ? "it has no level" : "it has only one level; contrasts need at least two"
        case .unknownReference(let name, let levels):
            "the reference level '\(name)' is not one of its levels (\(levels.prefix(6).joined(separator: ", "))\(levels.count > 6 ? ", ..." : ""))"
        case .wrongShape(let rows, let columns, let levels):
            "its contrasts have \(rows) rows and \(columns) columns, but it has \(levels) levels (one row each, at most \(max(levels - 1, 0)) columns)"
        case .dependentColumns:
            "its contrasts are not finite numbers in independent columns"
        case .tooManyLevels(let count):
            "polynomial contrasts over \(count) levels cannot be represented accurately (95 at most)"
        }
    }
}

extension ContrastCoding {
    /// The contrast matrix over `levels`.
    ///
    /// - **Shape:** `levels.count` rows; `levels.count - 1` columns (custom contrasts may have fewer).
    /// - **Throws:** `ContrastError` when the coding does not fit the levels.
    public func matrix(levels: [String]) throws(ContrastError) -> ContrastMatrix {
        let count = levels.count
        guard count >= 2 else { throw .tooFewLevels(count: count) }
        switch self {
        case .treatment(let reference):
            guard let base = reference.map({ levels.firstIndex(of: $0) }) ?? 0 else {
                throw .unknownReference(reference ?? "", levels: levels)
            }
            let kept = levels.indices.filter { $0 != base }
            return ContrastMatrix(
                rows: levels.indices.map { row in kept.map { $0 == row ? 1 : 0 } },
                columnNames: kept.map { levels[$0] })
        case .sum:
            let numbers = Array(0..<(count - 1))
            return ContrastMatrix(
                rows: levels.indices.map { row in
                    numbers.map { row == count - 1 ? -1 : ($0 == row ? 1 : 0) }
                },
                columnNames: numbers.map { String($0 + 1) })
        case .helmert:
            let numbers = Array(0..<(count - 1))
            return ContrastMatrix(
                rows: levels.indices.map { row in
                    numbers.map { row <= $0 ? -1 : (row == $0 + 1 ? Double($0 + 1) : 0) }
                },
                columnNames: numbers.map { String($0 + 1) })
        case .polynomial:
            guard count <= 95 else { throw .tooManyLevels(count: count) }
            return ContrastMatrix(
                rows: Self.orthogonalPolynomials(count),
                columnNames: (1..<count).map { $0 <= 3 ? [".L", ".Q", ".C"][$0 - 1] : "^\($0)" })
        case .custom(let rows, let names):
            let columns = rows.first?.count ?? 0
            guard rows.count == count, columns >= 1, columns < count, rows.allSatisfy({ $0.count == columns }),
                names.map({ $0.count == columns }) ?? true
            else { throw .wrongShape(rows: rows.count, columns: columns, levels: count) }
            guard Self.isIndependentOfConstant(rows) else { throw .dependentColumns }
            return ContrastMatrix(rows: rows, columnNames: names ?? (1...columns).map { String($0) })
        }
    }

    /// Orthonormal polynomials of degree 1 to `count - 1` over the scores 1, 2, ..., with positive leading coefficients.
    ///
    /// The three-term recurrence gives each column from the two before it. It loses orthogonality as the degree nears
    /// the number of points, so every column is also made orthogonal, twice, to all columns before it.
    private static func orthogonalPolynomials(_ count: Int) -> [[Double]] {
        let middle = Double(count + 1) / 2
        let scores = (1...count).map { Double($0) - middle }
        var columns = [[Double](repeating: 1 / Double(count).squareRoot(), count: count)]
        for degree in 1..<count {
            var next = (0..<count).map { scores[$0] * columns[degree - 1][$0] }
            for _ in 0..<2 {
                for column in columns {
                    let overlap = (0..<count).reduce(0.0) { $0 + next[$1] * column[$1] }
                    for row in 0..<count { next[row] -= overlap * column[row] }
                }
            }
            let norm = next.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            columns.append(next.map { $0 / norm })
        }
        return (0..<count).map { row in (1..<count).map { columns[$0][row] } }
    }

    /// Whether the columns of `rows`, next to a constant column, are linearly independent.
    private static func isIndependentOfConstant(_ rows: [[Double]]) -> Bool {
        let count = rows.count
        var basis = [[Double](repeating: 1 / Double(count).squareRoot(), count: count)]
        for column in 0..<(rows.first?.count ?? 0) {
            var rest = rows.map { $0[column] }
            let scale = rest.reduce(0.0) { max($0, $1.magnitude) }
            guard scale > 0, scale.isFinite else { return false }
            rest = rest.map { $0 / scale }
            let before = rest.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            for _ in 0..<2 {
                for vector in basis {
                    let overlap = (0..<count).reduce(0.0) { $0 + rest[$1] * vector[$1] }
                    for row in 0..<count { rest[row] -= overlap * vector[row] }
                }
            }
            let norm = rest.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 1e-9 * before else { return false }
            basis.append(rest.map { $0 / norm })
        }
        return true
    }
}
