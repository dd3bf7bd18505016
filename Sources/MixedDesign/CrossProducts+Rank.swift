// Which fixed-effects columns carry information of their own, judged in R's order and by R's tolerance.

package import MixedLinearAlgebra

extension CrossProducts {
    /// R's tolerance: a column is aliased when less than this share of its length lies outside the earlier columns.
    static let aliasTolerance = 1e-7
    /// Below this share of a centred column's squared length, what remains of it is rounding error.
    private static let roundingShare = 1e-13

    /// The mapped columns that are not linear combinations of earlier ones, ascending.
    ///
    /// Which of the design's own columns R would estimate is what `fixedColumnBasis` says.
    ///
    /// A left-to-right Cholesky factorisation of *X̃'WX̃* visits the columns in the order of R's `dqrdc2` and drops those
    /// whose residual length is below 10⁻⁷ of their length.
    ///
    /// - Complexity: O(*p³*).
    package func independentFixedColumns() -> [Int] { independentFixedColumns(of: fixed) }

    /// The same of *[X̃ ỹ]'W[X̃ ỹ]* over some of the rows.
    package func independentFixedColumns(of fixed: Matrix) -> [Int] {
        let size = fixedColumnCount
        var factor = Matrix(rows: size, columns: size)
        var kept: [Int] = []
        for column in 0..<size {
            for earlier in kept {
                var value = fixed[column, earlier]
                for inner in kept where inner < earlier { value -= factor[column, inner] * factor[earlier, inner] }
                factor[column, earlier] = value / factor[earlier, earlier]
            }
            var pivot = fixed[column, column]
            for inner in kept { pivot -= factor[column, inner] * factor[column, inner] }
            let length = transform.originalLength(ofColumn: column)
            let bound = Self.aliasTolerance * Self.aliasTolerance * originalSquaredNorms[column]
            guard pivot * length * length > bound, pivot > Self.roundingShare * fixed[column, column] else { continue }
            factor[column, column] = pivot.squareRoot()
            kept.append(column)
        }
        return kept
    }
}
