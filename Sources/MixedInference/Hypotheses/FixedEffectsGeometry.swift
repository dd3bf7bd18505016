// The fixed-effects columns as vectors, known up to a rotation from their cross-products: what hypotheses are made of.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The columns of the design in coordinates of an orthonormal basis of the space that they span.
///
/// With the mapped columns *X̃ = XB* and their cross-products *X̃'X̃ = R̃'R̃*, the columns themselves are
/// *X = Q F* with *F = R̃B⁻¹* and *Q* orthonormal. Nothing about hypotheses depends on *Q*, and *F* has not lost the
/// digits that *X'X* of columns far from zero loses.
struct FixedEffectsGeometry {
    /// The columns that are estimated, ascending.
    let kept: [Int]
    /// *F*.
    ///
    /// - **Shape:** one row for each estimated coefficient, one column for each column of the design.
    let coordinates: Matrix

    /// - Parameter weighted: Whether rows count by their weights.
    /// - Complexity: O(*p³*).
    /// - Returns: `nil` when the cross-products are not those of independent columns.
    init?(_ products: CrossProducts, weighted: Bool) {
        let kept = products.independentFixedColumns()
        let isKept = Set(kept)
        let all = Array(0..<products.fixedColumnCount)
        let aliased = all.filter { !isKept.contains($0) }
        let moments = weighted ? products.fixed : products.moments.fixed
        guard let cholesky = CholeskyDecomposition(moments.selecting(rows: kept, columns: kept)) else { return nil }
        let inverse = products.transform.inverseBasis
        // What the aliased columns hold is in the span of the others: X̃_a = X̃_k M_kk⁻¹M_ka.
        var image = inverse.selecting(rows: kept, columns: all)
        for column in aliased {
            let combination = cholesky.solve(kept.map { moments[$0, column] })
            for target in all {
                let weight = inverse[column, target]
                if weight == 0 { continue }
                for row in kept.indices { image[row, target] += combination[row] * weight }
            }
        }
        self.kept = kept
        coordinates = cholesky.lower.transposed * image
    }

    /// The columns that are estimated.
    var keptCoordinates: Matrix { coordinates.selecting(rows: Array(kept.indices), columns: kept) }
}

extension Matrix {
    /// The upper triangular factor *R* of *A = QR* for a square matrix, with a diagonal that is not negative.
    var upperTriangularFactor: Matrix {
        rowCount == 0 ? self : PivotedLQ(transposed, pivoting: false).lower.transposed
    }

    /// The rows of the unit upper triangular factor of *A'A = U'DU*: each column given the columns before it.
    var unitTriangularFactor: Matrix {
        var factor = upperTriangularFactor
        for row in 0..<factor.rowCount {
            let pivot = factor[row, row]
            guard pivot > 0 else { continue }
            for column in row..<factor.columnCount { factor[row, column] /= pivot }
            factor[row, row] = 1
        }
        return factor
    }
}

extension FixedColumnTransform {
    /// *B⁻¹*: with *N = (rotation)⁻¹ diag(scales)* it is *N + (Na)m'* for shifts *m* and *1 = Xa*.
    var inverseBasis: Matrix {
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
