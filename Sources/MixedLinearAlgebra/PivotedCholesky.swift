// The Cholesky factorisation of a matrix that may be singular.

internal import CLAPACK

/// *P A P' = L L'* of a symmetric positive semidefinite matrix, the pivots taken in the order of what remains of them.
///
/// A diagonal element counts as zero when less than a share of what it was is left, so that columns of any units are
/// judged alike.
package struct PivotedCholesky: Sendable {
    /// Row `pivots[i]` of the matrix is row `i` of the factor.
    package let pivots: [Int]
    /// How many pivots are not zero; the factor has as many columns.
    package let rank: Int
    /// The factor, column-major with the matrix's size as stride; only rows `c...` of a column `c` are meaningful.
    package let lower: Storage<Double>

    /// Factors a matrix, of which the lower triangle is read and overwritten.
    ///
    /// - Parameters:
    ///   - scales: What each diagonal element is compared with; not negative.
    ///   - tolerance: The share of it below which a diagonal element counts as zero.
    /// - Complexity: O(size × rank²).
    package init(_ matrix: Storage<Double>, size: Int, scales: [Double], tolerance: Double) {
        lower = matrix
        guard size > 0 else {
            pivots = []
            rank = 0
            return
        }
        let roots = scales.map { $0 > 0 ? $0.squareRoot() : 1 }
        for column in 0..<size {
            for row in column..<size { matrix.pointer[row + column * size] /= roots[row] * roots[column] }
        }
        var n = Int32(size)
        var lda = n
        var order = [Int32](repeating: 0, count: size)
        var found: Int32 = 0
        var bound = tolerance
        var work = [Double](repeating: 0, count: 2 * size)
        var info: Int32 = 0
        dpstrf_("L", &n, matrix.pointer, &lda, &order, &found, &bound, &work, &info)
        pivots = order.map { Int($0) - 1 }
        // A matrix without any pivot above the tolerance is reported with a rank of zero or one, by implementation.
        rank = matrix.pointer[0].isFinite && matrix.pointer[0] > tolerance.squareRoot() ? Int(found) : 0
        for (row, original) in pivots.enumerated() {
            for column in 0...min(row, max(rank - 1, 0)) { matrix.pointer[row + column * size] *= roots[original] }
        }
    }

    /// The length of a side of the matrix.
    package var size: Int { pivots.count }
}
