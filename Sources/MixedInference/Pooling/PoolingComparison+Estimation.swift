// The three poolings from the cross-products of a fit.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

extension PoolingComparison {
    init(_ fit: LinearMixedModelFit, group: String?) throws(PoolingError) {
        let factors = fit.design.groupingFactors
        guard let widest = factors.indices.max(by: { factors[$0].columnCount < factors[$1].columnCount }) else {
            throw .noGroups
        }
        var factor = factors.firstIndex { $0.columnCount == factors[widest].columnCount } ?? widest
        if let group {
            guard let named = factors.firstIndex(where: { $0.name == group }) else {
                throw .unknownGroup(group, known: factors.map(\.name))
            }
            factor = named
        }
        let kept = fit.estimatedColumns
        let lines = GroupLines(fit, factor: factor, kept: kept)
        let leastSquares = CompleteLeastSquares(fit.products).coefficients
        let varying = kept.indices.filter { lines.combinations[$0] != nil }
        let width = factors[factor].columnCount
        func line(_ coefficients: [Double]) -> [Double] {
            var result = [Double](repeating: 0, count: width)
            for index in varying {
                for (term, weight) in (lines.combinations[index] ?? []).enumerated() {
                    result[term] += weight * coefficients[index]
                }
            }
            return result
        }
        let average = line(fit.coefficients)
        let isFixed = (0..<width).map { term in varying.contains { lines.combinations[$0]?[term] != 0 } }
        var partial = fit.randomEffects[factor].values
        for term in 0..<width {
            for level in 0..<partial.rowCount { partial[level, term] += average[term] }
        }
        let held = kept.indices.filter { lines.combinations[$0] == nil }
        self.group = factors[factor].name
        availableGroups = factors.map(\.name)
        levels = factors[factor].levels
        rowCounts = fit.products.factors[factor].rowCounts
        terms = factors[factor].columnNames
        complete = zip(line(leastSquares), isFixed).map { $1 ? $0 : .nan }
        self.average = average
        none = lines.ownCoefficients(holding: held.map { ($0, fit.coefficients[$0]) })
        self.partial = partial
        heldColumns = held.map { fit.coefficientNames[$0] }
    }
}

/// The least-squares fit of the fixed effects to all rows.
private struct CompleteLeastSquares {
    /// The coefficients of the kept columns.
    let coefficients: [Double]

    init(_ products: CrossProducts) {
        let transform = products.transform
        let response = products.fixedColumnCount
        let basis = products.fixedColumnBasis()
        let columns = basis.mapped
        let mapped =
            CholeskyDecomposition(products.fixed.selecting(rows: columns, columns: columns))?
            .solve(columns.map { products.fixed[$0, response] }) ?? [Double](repeating: .nan, count: columns.count)
        let original = basis.matrix * mapped
        coefficients = columns.indices.map { index in
            transform.responseScale * original[index] + transform.responseShift * (basis.constant?[index] ?? 0)
        }
    }
}

/// The levels' own blocks of one grouping factor, in the units of the data.
private struct GroupLines {
    private let blocks: FactorCrossProducts
    private let products: CrossProducts
    private let kept: [Int]
    private let basis: FixedColumnBasis
    /// What leads from the mapped columns back to the original ones: *X = X̃ C⁻¹*, for the kept columns.
    private let inverseBasis: Matrix
    /// For each kept column its weights *a* with *x = z a* in every row, or `nil` when it is no combination of the columns that
    /// vary by group.
    private(set) var combinations: [[Double]?] = []

    /// Below this share of its length, what is left of a column outside the others is rounding error.
    private static let roundingShare = 1e-12

    init(_ fit: LinearMixedModelFit, factor: Int, kept: [Int]) {
        products = fit.products
        blocks = products.factors[factor]
        self.kept = kept
        let basis = products.fixedColumnBasis()
        self.basis = basis
        let size = kept.count
        inverseBasis = Matrix(
            rows: size, columns: size,
            columnMajor: Matrix.identity(size).columns.flatMap {
                basis.matrix.solving($0) ?? [Double](repeating: .nan, count: size)
            })
        let names = fit.design.groupingFactors[factor].columnNames
        let spanned = spannedColumns()
        combinations = kept.indices.map { index in
            if let same = names.firstIndex(of: fit.coefficientNames[index]) {
                return names.indices.map { $0 == same ? 1 : 0 }
            }
            return spanned[index]
        }
    }

    private var width: Int { blocks.columnCount }

    /// *Z_i'WZ_i* of a level, in the units of the data but for the columns' scales.
    private func gram(_ level: Int) -> Matrix {
        let size = width * width
        return Matrix(
            rows: width, columns: width,
            columnMajor: Array(blocks.diagonalBlocks[level * size..<(level + 1) * size]))
    }

    /// Adds *Z_i'Wx̃* of a level for a mapped column, or the response, times a factor.
    private func addSide(_ level: Int, _ column: Int, times factor: Double, to sum: inout [Double]) {
        let start = level * width * (products.fixedColumnCount + 1) + column * width
        for effect in 0..<width { sum[effect] += factor * blocks.fixedBlocks[start + effect] }
    }

    /// *ΣZ_i'WX* of all levels for the kept columns, one list for each, in the units of the data but for Z's scales.
    private func fixedSides() -> [[Double]] {
        let mapped = basis.mapped.map { column in
            var sum = [Double](repeating: 0, count: width)
            for level in 0..<blocks.levelCount { addSide(level, column, times: 1, to: &sum) }
            return sum
        }
        return kept.indices.map { column in
            var result = [Double](repeating: 0, count: width)
            for inner in kept.indices {
                for effect in 0..<width { result[effect] += inverseBasis[inner, column] * mapped[inner][effect] }
            }
            return result
        }
    }

    /// The kept columns that are combinations of the columns that vary by group, row for row.
    private func spannedColumns() -> [[Double]?] {
        var total = Matrix(rows: width, columns: width)
        for level in 0..<blocks.levelCount {
            for index in total.storage.indices {
                total.storage[index] += blocks.diagonalBlocks[level * width * width + index]
            }
        }
        let sides = fixedSides()
        guard let factor = CholeskyDecomposition(total) else { return kept.map { _ in nil } }
        return kept.indices.map { column in
            let weights = factor.solve(sides[column])
            let explained = zip(weights, sides[column]).reduce(0) { $0 + $1.0 * $1.1 }
            let length = products.originalSquaredNorms[kept[column]]
            guard length - explained < 1e-9 * length else { return nil }
            // Weights in the units of the data: z̃ = z / s.
            return weights.indices.map { weights[$0] / blocks.columnScales[$0] }
        }
    }

    /// For each level the least-squares coefficients of its own rows, NaN for those that the rows do not determine.
    ///
    /// - Parameter holding: kept columns whose coefficients are given, and subtracted from the response.
    func ownCoefficients(holding held: [(column: Int, coefficient: Double)]) -> Matrix {
        var result = Matrix(rows: blocks.levelCount, columns: width)
        let transform = products.transform
        // y less what is held: its shift is a combination of columns, too.
        var coefficients = [Double](repeating: 0, count: kept.count)
        if let constant = basis.constant {
            for index in kept.indices { coefficients[index] = transform.responseShift * constant[index] }
        }
        for (column, coefficient) in held { coefficients[column] -= coefficient }
        let weights = inverseBasis * coefficients
        for level in 0..<blocks.levelCount {
            var values = [Double](repeating: 0, count: width)
            addSide(level, products.fixedColumnCount, times: transform.responseScale, to: &values)
            for (index, weight) in weights.enumerated() where weight != 0 {
                addSide(level, basis.mapped[index], times: weight, to: &values)
            }
            let solution = Self.solve(gram(level), values, rows: blocks.rowCounts[level])
            for effect in 0..<width { result[level, effect] = solution[effect] / blocks.columnScales[effect] }
        }
        return result
    }

    /// The solution of normal equations with the columns taken from left to right, as R's `lm`: NaN for a column that is a
    /// combination of earlier ones, or one more than there are rows.
    private static func solve(_ gram: Matrix, _ side: [Double], rows: Int) -> [Double] {
        let size = gram.rowCount
        var lower = Matrix(rows: size, columns: size)
        var kept: [Int] = []
        for column in 0..<size where kept.count < rows {
            var pivot = gram[column, column]
            for earlier in kept {
                var value = gram[column, earlier]
                for inner in kept where inner < earlier { value -= lower[column, inner] * lower[earlier, inner] }
                lower[column, earlier] = value / lower[earlier, earlier]
                pivot -= lower[column, earlier] * lower[column, earlier]
            }
            guard pivot > roundingShare * gram[column, column] else { continue }
            lower[column, column] = pivot.squareRoot()
            kept.append(column)
        }
        var solution = [Double](repeating: .nan, count: size)
        for row in kept {
            var value = side[row]
            for inner in kept where inner < row { value -= lower[row, inner] * solution[inner] }
            solution[row] = value / lower[row, row]
        }
        for row in kept.reversed() {
            var value = solution[row]
            for inner in kept where inner > row { value -= lower[inner, row] * solution[inner] }
            solution[row] = value / lower[row, row]
        }
        return solution
    }
}

extension Matrix {
    fileprivate var columns: [[Double]] { (0..<columnCount).map { column($0) } }
}
