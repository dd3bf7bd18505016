// Which coefficients are estimated when columns are combinations of others, and how they follow from the mapped columns.
//
// The mapped columns X̃ = XB are judged by themselves: those that are kept are a basis of the whole column space. The
// coefficients that are reported are R's, the first columns in the order of the design that are independent. Where B is
// upper triangular both are the same columns. It is not where the constant is a sum of indicators: a column in front of
// them is centred by columns behind it, and the last of them may itself be aliased.

package import MixedLinearAlgebra

/// A basis of the fixed-effects columns, and the coefficients in its terms: *X̃_m = X_e C*.
package struct FixedColumnBasis: Sendable {
    /// *e*: the design's columns whose coefficients are estimated, ascending; those that R estimates.
    package let estimated: [Int]
    /// *m*: the mapped columns that are independent, ascending; as many.
    package let mapped: [Int]
    /// *C*: coefficients of the design's columns are *C β̃*.
    ///
    /// - **Shape:** one row for each estimated column, one column for each mapped one.
    package let matrix: Matrix
    /// *a* with *X_e a = 1*, or `nil`.
    package let constant: [Double]?
    /// *2 log |det C|*, by which *log |X'V⁻¹X|* of the mapped columns exceeds the original's.
    package let logDeterminant: Double
}

extension CrossProducts {
    /// The columns that are estimated, in R's order and by R's tolerance, and how they follow from the mapped ones.
    ///
    /// - Complexity: O(*p³*).
    package func fixedColumnBasis() -> FixedColumnBasis {
        let mapped = independentFixedColumns()
        guard mapped.count < fixedColumnCount, !transform.keepsOrder(of: mapped) else {
            return FixedColumnBasis(
                estimated: mapped, mapped: mapped, matrix: transform.basis.selecting(rows: mapped, columns: mapped),
                constant: transform.constantCombination.map { combination in mapped.map { combination[$0] } },
                logDeterminant: transform.logDeterminant(ofColumns: mapped))
        }
        let image = mappedImage(mapped, moments: fixed)
        let estimated = estimatedColumns(image, mapped: mapped)
        let own = image.selecting(rows: Array(mapped.indices), columns: estimated)
        let size = mapped.count
        // The columns of an invertible matrix: what cannot be solved is NaN and shows.
        let columns = (0..<size).flatMap { column in
            own.solving((0..<size).map { $0 == column ? 1 : 0 }) ?? [Double](repeating: .nan, count: size)
        }
        let matrix = Matrix(rows: size, columns: size, columnMajor: columns)
        return FixedColumnBasis(
            estimated: estimated, mapped: mapped, matrix: matrix,
            constant: transform.constantCombination.map { matrix * (image * $0) },
            logDeterminant: -2
                * PivotedLQ(own, pivoting: false).lower.diagonal.reduce(0) { $0 + logarithm(abs($1)) })
    }

    /// *G* of *X = X̃_m G*: the design's columns as combinations of the independent mapped ones.
    ///
    /// - Parameter moments: *X̃'X̃*, with weights or without.
    package func mappedImage(_ mapped: [Int], moments: Matrix) -> Matrix {
        let isKept = Set(mapped)
        let all = Array(0..<fixedColumnCount)
        let inverse = transform.inverseBasis
        var image = inverse.selecting(rows: mapped, columns: all)
        guard mapped.count < all.count,
            let cholesky = CholeskyDecomposition(moments.selecting(rows: mapped, columns: mapped))
        else { return image }
        // What the aliased columns hold is in the span of the others: X̃_a = X̃_m M_mm⁻¹M_ma.
        for column in all where !isKept.contains(column) {
            let combination = cholesky.solve(mapped.map { moments[$0, column] })
            for target in all {
                let weight = inverse[column, target]
                if weight == 0 { continue }
                for row in mapped.indices { image[row, target] += combination[row] * weight }
            }
        }
        return image
    }

    /// The first independent columns in the order of the design.
    private func estimatedColumns(_ image: Matrix, mapped: [Int]) -> [Int] {
        let rank = mapped.count
        guard let cholesky = CholeskyDecomposition(fixed.selecting(rows: mapped, columns: mapped)) else {
            return mapped
        }
        // Lengths and angles of the design's columns are those of R̃G's, without the cancellation that X'X suffers.
        let coordinates = cholesky.lower.transposed * image
        var remainders: [[Double]] = coordinates.columnVectors
        let lengths = remainders.map(Self.length)
        var chosen: [Int] = []
        func take(_ column: Int) {
            let length = Self.length(remainders[column])
            let unit = remainders[column].map { $0 / length }
            chosen.append(column)
            for other in remainders.indices where !chosen.contains(other) {
                // Twice is enough (Parlett): the second pass removes what rounding left.
                for _ in 0..<2 {
                    let share = zip(unit, remainders[other]).reduce(0) { $0 + $1.0 * $1.1 }
                    for row in unit.indices { remainders[other][row] -= share * unit[row] }
                }
            }
        }
        for column in remainders.indices where chosen.count < rank {
            if Self.length(remainders[column]) > Self.aliasTolerance * lengths[column] { take(column) }
        }
        // Where the tolerance has left out too many, those with most left of them.
        while chosen.count < rank {
            let rest = remainders.indices.filter { !chosen.contains($0) }
            let share = rest.map { lengths[$0] > 0 ? Self.length(remainders[$0]) / lengths[$0] : 0 }
            guard let best = rest.indices.max(by: { share[$0] < share[$1] }), share[best] > 0 else { return mapped }
            take(rest[best])
        }
        return chosen.sorted()
    }

    private static func length(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}

extension FixedColumnTransform {
    /// Whether the mapped columns up to each place span what the original ones up to there do, and the constant is a
    /// combination of some columns alone.
    fileprivate func keepsOrder(of columns: [Int]) -> Bool {
        guard let constantCombination else { return true }
        let support = constantCombination.indices.filter { constantCombination[$0] != 0 }
        guard let last = support.last else { return true }
        let kept = Set(columns)
        return support.allSatisfy(kept.contains) && shifts[..<last].allSatisfy { $0 == 0 }
    }

    /// *B⁻¹*: with *N = (rotation)⁻¹ diag(scales)* it is *N + (Na)m'* for shifts *m* and *1 = Xa*.
    package var inverseBasis: Matrix {
        let size = columnCount
        var inverse = Matrix.identity(size)
        if let rotation {
            for column in 0..<size {
                for row in stride(from: column, through: 0, by: -1) {
                    var value = row == column ? 1.0 : 0.0
                    for inner in row + 1..<max(column + 1, row + 1) {
                        value -= rotation[row, inner] * inverse[inner, column]
                    }
                    inverse[row, column] = value / rotation[row, row]
                }
            }
        }
        for column in 0..<size {
            for row in 0..<size { inverse[row, column] *= scales[column] }
        }
        guard let constantCombination else { return inverse }
        let constant = inverse * constantCombination
        for column in 0..<size where shifts[column] != 0 {
            for row in 0..<size { inverse[row, column] += constant[row] * shifts[column] }
        }
        return inverse
    }
}

extension Matrix {
    fileprivate var columnVectors: [[Double]] { (0..<columnCount).map { column($0) } }
}
