// The row-pivoted LQ factorisation of a small square matrix, which re-charts a covariance factor.

internal import CLAPACK

/// *P A = L Q*: rows of *A* taken in the order of their remaining size, *L* lower triangular, *Q* orthogonal.
package struct PivotedLQ: Sendable {
    /// Row `pivots[r]` of the matrix is row `r` of `lower`.
    package let pivots: [Int]
    /// The lower triangular factor with a diagonal that is not negative and does not increase.
    package let lower: Matrix

    /// Factors a square matrix.
    ///
    /// - Parameter pivoting: Whether rows may be reordered; without it the factor keeps the order of the rows.
    /// - Complexity: O(*k³*).
    package init(_ matrix: Matrix, pivoting: Bool = true) {
        let size = matrix.rowCount
        guard size > 1 else {
            pivots = Array(0..<size)
            lower = Matrix(rows: size, columns: size, columnMajor: matrix.storage.map(abs))
            return
        }
        // The QR factorisation of the transpose is the LQ factorisation; each pivot brings the longest remaining row up.
        var transposed = matrix.transposed.storage
        var order = [Int32](repeating: 0, count: size)
        do {
            var m = Int32(size)
            var n = Int32(size)
            var lda = Int32(size)
            var tau = [Double](repeating: 0, count: size)
            var length = Int32(3 * size + 64 * (size + 1))
            var work = [Double](repeating: 0, count: Int(length))
            var info: Int32 = 0
            if pivoting {
                dgeqp3_(&m, &n, &transposed, &lda, &order, &tau, &work, &length, &info)
            } else {
                for index in 0..<size { order[index] = Int32(index + 1) }
                dgeqrf_(&m, &n, &transposed, &lda, &tau, &work, &length, &info)
            }
        }
        pivots = order.map { Int($0) - 1 }
        var lower = Matrix(rows: size, columns: size)
        for column in 0..<size {
            let sign: Double = transposed[column + column * size] < 0 ? -1 : 1
            for row in column..<size { lower[row, column] = sign * transposed[column + row * size] }
        }
        self.lower = lower
    }
}
