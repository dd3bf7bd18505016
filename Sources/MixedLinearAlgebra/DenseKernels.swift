// The BLAS and LAPACK calls of the project, on raw column-major storage; lower triangles throughout.

internal import CLAPACK

/// Dense kernels on column-major storage.
///
/// Every routine works on the lower triangle of symmetric and triangular matrices and allocates nothing.
package enum DenseKernel {
    /// Below this size the work is less than what a call of LAPACK costs.
    static let smallestLibrarySize = 12

    /// Replaces a symmetric positive definite matrix by its Cholesky factor *L*, *A = LL'*.
    ///
    /// - Returns: `nil` on success, otherwise the index of the first pivot that is not positive.
    /// - Complexity: *n³/3* multiplications.
    package static func cholesky(_ matrix: UnsafeMutablePointer<Double>, size: Int, leadingDimension: Int) -> Int? {
        guard size > 0 else { return nil }
        guard size >= smallestLibrarySize else {
            return choleskyInPlace(matrix, size: size, leadingDimension: leadingDimension)
        }
        var n = Int32(size)
        var lda = Int32(leadingDimension)
        var info: Int32 = 0
        dpotrf_("L", &n, matrix, &lda, &info)
        return info == 0 ? nil : Int(abs(info)) - 1
    }

    /// Replaces a Cholesky factor by the lower triangle of the inverse of the matrix it factors.
    ///
    /// - Returns: Whether the factor had no zero on its diagonal.
    /// - Complexity: *2n³/3* multiplications.
    package static func inverseFromCholesky(
        _ factor: UnsafeMutablePointer<Double>, size: Int, leadingDimension: Int
    ) -> Bool {
        guard size > 0 else { return true }
        guard size >= smallestLibrarySize else {
            return inverseInPlace(factor, size: size, leadingDimension: leadingDimension)
        }
        var n = Int32(size)
        var lda = Int32(leadingDimension)
        var info: Int32 = 0
        dpotri_("L", &n, factor, &lda, &info)
        return info == 0
    }

    /// Solves *L X = B* (or *L'X = B* when `transposed`) in place for a lower triangular *L*.
    package static func solveLower(
        _ factor: UnsafePointer<Double>, size: Int, leadingDimension: Int, transposed: Bool,
        rightHandSides: UnsafeMutablePointer<Double>, count: Int, stride: Int
    ) {
        guard size > 0, count > 0 else { return }
        var m = Int32(size)
        var n = Int32(count)
        var lda = Int32(leadingDimension)
        var ldb = Int32(stride)
        var one = 1.0
        dtrsm_("L", "L", transposed ? "T" : "N", "N", &m, &n, &one, factor, &lda, rightHandSides, &ldb)
    }

    /// *C = A B* for a symmetric *A* given by its lower triangle.
    package static func multiplySymmetric(
        _ symmetric: UnsafePointer<Double>, size: Int, leadingDimension: Int, by other: UnsafePointer<Double>,
        columns: Int, stride: Int, into result: UnsafeMutablePointer<Double>, resultStride: Int
    ) {
        guard size > 0, columns > 0 else { return }
        var m = Int32(size)
        var n = Int32(columns)
        var lda = Int32(leadingDimension)
        var ldb = Int32(stride)
        var ldc = Int32(resultStride)
        var one = 1.0
        var zero = 0.0
        dsymm_("L", "L", &m, &n, &one, symmetric, &lda, other, &ldb, &zero, result, &ldc)
    }

    /// *C += X'X* for a matrix of `rows` rows and `columns` columns; the lower triangle of *C* is updated.
    package static func addCrossProduct(
        _ matrix: UnsafePointer<Double>, rows: Int, columns: Int, leadingDimension: Int,
        into result: UnsafeMutablePointer<Double>, resultStride: Int
    ) {
        guard rows > 0, columns > 0 else { return }
        var n = Int32(columns)
        var k = Int32(rows)
        var lda = Int32(leadingDimension)
        var ldc = Int32(resultStride)
        var one = 1.0
        // Threads of the BLAS wait for each other by spinning, beside those that read the rows.
        _ = TiledMatrix.usesOneThreadOfBLAS
        dsyrk_("L", "T", &n, &k, &one, matrix, &lda, &one, result, &ldc)
    }

    /// *B = B R* in place for an upper triangular *R*, as when the columns of a design are rotated.
    package static func multiplyUpper(
        _ matrix: UnsafeMutablePointer<Double>, rows: Int, columns: Int, leadingDimension: Int,
        byUpper triangular: UnsafePointer<Double>, triangularStride: Int
    ) {
        guard rows > 0, columns > 0 else { return }
        var m = Int32(rows)
        var n = Int32(columns)
        var lda = Int32(triangularStride)
        var ldb = Int32(leadingDimension)
        var one = 1.0
        _ = TiledMatrix.usesOneThreadOfBLAS
        dtrmm_("R", "U", "N", "N", &m, &n, &one, triangular, &lda, matrix, &ldb)
    }
}

// MARK: Small matrices

extension DenseKernel {
    private static func choleskyInPlace(
        _ matrix: UnsafeMutablePointer<Double>, size: Int, leadingDimension: Int
    ) -> Int? {
        for column in 0..<size {
            let target = matrix + column * leadingDimension
            var pivot = target[column]
            for inner in 0..<column {
                let value = matrix[column + inner * leadingDimension]
                pivot -= value * value
            }
            guard pivot > 0 else { return column }
            let root = pivot.squareRoot()
            target[column] = root
            for row in column + 1..<max(size, column + 1) {
                var value = target[row]
                for inner in 0..<column {
                    value -= matrix[row + inner * leadingDimension] * matrix[column + inner * leadingDimension]
                }
                target[row] = value / root
            }
        }
        return nil
    }

    /// *L⁻¹* column by column, then the lower triangle of *L⁻ᵀL⁻¹*; column *j* of the product needs columns from *j* on only.
    private static func inverseInPlace(
        _ factor: UnsafeMutablePointer<Double>, size: Int, leadingDimension: Int
    ) -> Bool {
        for column in stride(from: size - 1, through: 0, by: -1) {
            let target = factor + column * leadingDimension
            guard target[column] != 0 else { return false }
            let diagonal = 1 / target[column]
            for row in stride(from: size - 1, to: column, by: -1) {
                // The columns to the right hold the inverse already.
                var value = 0.0
                for inner in column + 1...row { value += factor[row + inner * leadingDimension] * target[inner] }
                target[row] = -value * diagonal
            }
            target[column] = diagonal
        }
        for column in 0..<size {
            let left = factor + column * leadingDimension
            for row in column..<size {
                let right = factor + row * leadingDimension
                var sum = 0.0
                for inner in row..<size { sum += right[inner] * left[inner] }
                left[row] = sum
            }
        }
        return true
    }
}
