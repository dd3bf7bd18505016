// Starting values by the method of moments, so that Newton's method begins near the optimum.

internal import MixedDesign
internal import MixedLinearAlgebra

extension EstimationProblem {
    /// Relative factors that solve Henderson's first moment equations, approximately and within bounds.
    ///
    /// Each term's leading column gives one equation, the residual sum of squares within its levels; the off-diagonal
    /// counts of crossed factors enter exactly, the estimation of the fixed effects only through *n − p*. Gao and Owen
    /// (2017), Electronic Journal of Statistics 11, use the same equations for two crossed factors.
    /// - Complexity: Linear in the number of pairs of levels.
    func momentStart() -> [Matrix] {
        let residuals = OrdinaryResiduals(products, fixedColumns: fixedColumns)
        let count = terms.count
        var system = Matrix(rows: count + 1, columns: count + 1)
        var moments = [Double](repeating: residuals.sumOfSquares, count: count + 1)
        let rows = Double(products.rowCount)
        system[0, 0] = rows - Double(fixedColumns.count)
        for (index, term) in terms.enumerated() {
            let total = squaredNorm(of: term)
            system[0, index + 1] = total - residuals.explainedByFixed(term)
            let within = residuals.explained(by: term)
            moments[index + 1] -= within.sum
            system[index + 1, 0] = rows - Double(within.levels)
            for (other, otherTerm) in terms.enumerated() where other != index {
                system[index + 1, other + 1] = squaredNorm(of: otherTerm) - sharedNorm(of: term, with: otherTerm)
            }
        }
        let solution = system.solving(moments)
        return terms.enumerated().map { index, term in
            var ratio = 1.0
            if let solution, solution[0] > 0 { ratio = solution[index + 1] / solution[0] }
            if !ratio.isFinite { ratio = 1 }
            // Levels with many rows show small variances; no start shrinks a level's mean by more than nine tenths.
            let mean = squaredNorm(of: term) / Double(max(products.factors[term.factor].levelCount, 1))
            let smallest = mean > 0 ? min(0.01, 0.1 / mean) : 0.01
            let root = min(max(ratio, smallest), 1e12).squareRoot()
            return .diagonal((0..<term.columnCount).map { $0 == 0 ? root : 0.5 * root })
        }
    }

    /// *tr(Z'Z)* of a term's leading column.
    private func squaredNorm(of term: RandomTermLayout) -> Double {
        let factor = products.factors[term.factor]
        let width = factor.columnCount
        let place = term.columnOffset + term.columnOffset * width
        var sum = 0.0
        for level in 0..<factor.levelCount { sum += factor.diagonalBlocks[level * width * width + place] }
        return sum
    }

    /// *Σ_ij (z_i'z_j)² / z_i'z_i* for the leading columns of two terms.
    private func sharedNorm(of term: RandomTermLayout, with other: RandomTermLayout) -> Double {
        let factor = products.factors[term.factor]
        let width = factor.columnCount
        func own(_ level: Int) -> Double {
            factor.diagonalBlocks[level * width * width + term.columnOffset * (width + 1)]
        }
        var sum = 0.0
        if other.factor == term.factor {
            for level in 0..<factor.levelCount where own(level) > 0 {
                let value = factor.diagonalBlocks[
                    level * width * width + term.columnOffset + other.columnOffset * width]
                sum += value * value / own(level)
            }
            return sum
        }
        let inverses = (0..<factor.levelCount).map { own($0) > 0 ? 1 / own($0) : 0 }
        let pair = products.pairs.first {
            [$0.first, $0.second] == [term.factor, other.factor]
                || [$0.second, $0.first] == [term.factor, other.factor]
        }
        guard let pair else { return sum }
        let isFirst = pair.first == term.factor
        let size = width * products.factors[other.factor].columnCount
        let rowCount = products.factors[pair.first].columnCount
        let place =
            isFirst
            ? term.columnOffset + other.columnOffset * rowCount : other.columnOffset + term.columnOffset * rowCount
        // Either side's levels are met while the pairs are read in the order in which they are stored.
        pair.columns.withUnsafeBufferPointer { columns in
            pair.blocks.withUnsafeBufferPointer { blocks in
                inverses.withUnsafeBufferPointer { inverses in
                    for row in 0..<pair.rowStarts.count - 1 {
                        var rowSum = 0.0
                        for position in pair.rowStarts[row]..<pair.rowStarts[row + 1] {
                            let value = blocks[position * size + place]
                            rowSum += value * value * inverses[isFirst ? row : Int(columns[position])]
                        }
                        sum += rowSum
                    }
                }
            }
        }
        return sum
    }
}

/// The residuals of the fixed effects alone, as far as cross-products know them.
private struct OrdinaryResiduals {
    private let products: CrossProducts
    private let fixedColumns: [Int]
    private let coefficients: [Double]
    private let decomposition: CholeskyDecomposition?
    let sumOfSquares: Double

    init(_ products: CrossProducts, fixedColumns: [Int]) {
        self.products = products
        self.fixedColumns = fixedColumns
        let response = products.fixedColumnCount
        decomposition = CholeskyDecomposition(products.fixed.selecting(rows: fixedColumns, columns: fixedColumns))
        let sides = fixedColumns.map { products.fixed[$0, response] }
        coefficients = decomposition?.solve(sides) ?? [Double](repeating: 0, count: sides.count)
        sumOfSquares = products.fixed[response, response] - zip(coefficients, sides).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// *Σ_i (z_i'ẽ)² / z_i'z_i* of a term's leading column, and how many levels it has.
    func explained(by term: RandomTermLayout) -> (sum: Double, levels: Int) {
        let factor = products.factors[term.factor]
        let width = factor.columnCount
        let stride = width * (products.fixedColumnCount + 1)
        var sum = 0.0
        var levels = 0
        for level in 0..<factor.levelCount {
            let own = factor.diagonalBlocks[level * width * width + term.columnOffset * (width + 1)]
            guard own > 0 else { continue }
            levels += 1
            var value = factor.fixedBlocks[level * stride + term.columnOffset + products.fixedColumnCount * width]
            for (index, column) in fixedColumns.enumerated() {
                value -= factor.fixedBlocks[level * stride + term.columnOffset + column * width] * coefficients[index]
            }
            sum += value * value / own
        }
        return (sum, levels)
    }

    /// *tr[(Z'X)(X'X)⁻¹(X'Z)]* of a term's leading column.
    func explainedByFixed(_ term: RandomTermLayout) -> Double {
        guard let decomposition else { return 0 }
        let factor = products.factors[term.factor]
        let width = factor.columnCount
        let stride = width * (products.fixedColumnCount + 1)
        let count = fixedColumns.count
        var gram = Matrix(rows: count, columns: count)
        for level in 0..<factor.levelCount {
            let values = fixedColumns.map { factor.fixedBlocks[level * stride + term.columnOffset + $0 * width] }
            for column in 0..<count {
                for row in 0..<count { gram.storage[row + column * count] += values[row] * values[column] }
            }
        }
        return gram.inner(decomposition.inverse)
    }
}
