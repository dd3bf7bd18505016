// The fixed-effects columns as vectors, known up to a rotation from their cross-products: what hypotheses are made of.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The columns of the design in coordinates of an orthonormal basis of the space that they span.
///
/// With independent mapped columns *X̃* and their cross-products *X̃'X̃ = R̃'R̃*, the columns themselves are *X = X̃G = Q F*
/// with *F = R̃G* and *Q* orthonormal. Nothing about hypotheses depends on *Q*, and *F* has not lost the
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
        let basis = products.fixedColumnBasis()
        let moments = weighted ? products.fixed : products.moments.fixed
        guard let cholesky = CholeskyDecomposition(moments.selecting(rows: basis.mapped, columns: basis.mapped)) else {
            return nil
        }
        kept = basis.estimated
        coordinates = cholesky.lower.transposed * products.mappedImage(basis.mapped, moments: moments)
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
