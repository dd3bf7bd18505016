// Eigenvalues and eigenvectors of small symmetric matrices: trust-region steps, null spaces, pseudo-inverses.

internal import CLAPACK

/// The decomposition *A = V diag(w) V'* of a symmetric matrix, eigenvalues ascending.
public struct SymmetricEigendecomposition: Sendable {
    /// The eigenvalues, smallest first.
    public let values: [Double]
    /// The eigenvectors, one a column.
    public let vectors: Matrix

    /// Decomposes a symmetric matrix, of which the lower triangle is read.
    ///
    /// - Returns: `nil` when the matrix holds values that are not finite or the iteration does not converge.
    /// - Complexity: O(*n³*).
    public init?(_ matrix: Matrix) {
        let size = matrix.rowCount
        guard size == matrix.columnCount, matrix.storage.allSatisfy(\.isFinite) else { return nil }
        guard size > 1 else {
            values = matrix.storage
            vectors = .identity(size)
            return
        }
        var storage = matrix.storage
        var eigenvalues = [Double](repeating: 0, count: size)
        var work = [Double](repeating: 0, count: Self.workCount(size))
        guard Self.decompose(&storage, size: size, values: &eigenvalues, work: &work) else { return nil }
        values = eigenvalues
        vectors = Matrix(rows: size, columns: size, columnMajor: storage)
    }

    /// How many numbers `decompose` needs to work with.
    package static func workCount(_ size: Int) -> Int { 34 * max(size, 1) }

    /// Replaces a symmetric matrix, of which the lower triangle is read, by its eigenvectors, one a column.
    ///
    /// - Returns: Whether the iteration converged.
    package static func decompose(
        _ matrix: UnsafeMutablePointer<Double>, size: Int, values: UnsafeMutablePointer<Double>,
        work: UnsafeMutablePointer<Double>
    ) -> Bool {
        guard size > 0 else { return true }
        var n = Int32(size)
        var lda = Int32(size)
        var length = Int32(workCount(size))
        var info: Int32 = 0
        dsyev_("V", "L", &n, matrix, &lda, values, work, &length, &info)
        return info == 0
    }

    /// The Moore–Penrose inverse, treating eigenvalues at or below `threshold` as zero.
    public func pseudoInverse(threshold: Double) -> Matrix {
        let size = values.count
        var result = Matrix(rows: size, columns: size)
        for (index, value) in values.enumerated() where value > threshold {
            for column in 0..<size {
                for row in 0..<size {
                    result[row, column] += vectors[row, index] * vectors[column, index] / value
                }
            }
        }
        return result
    }
}
