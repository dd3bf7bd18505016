// Solving small dense systems: normal equations, moment equations, standard errors.

internal import CLAPACK

/// The Cholesky factorisation *A = LL'* of a symmetric positive definite matrix.
public struct CholeskyDecomposition: Sendable {
    /// The lower triangular factor; its upper triangle is zero.
    public let lower: Matrix

    /// Factors a matrix, of which the lower triangle is read.
    ///
    /// - Returns: `nil` when a pivot is not positive.
    /// - Complexity: O(*n³*).
    public init?(_ matrix: Matrix) {
        var storage = matrix.storage
        let size = matrix.rowCount
        guard size == matrix.columnCount else { return nil }
        let failure = storage.withUnsafeMutableBufferPointer { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            return DenseKernel.cholesky(base, size: size, leadingDimension: max(size, 1))
        }
        guard failure == nil else { return nil }
        for column in 0..<size {
            for row in 0..<column { storage[row + column * size] = 0 }
        }
        lower = Matrix(rows: size, columns: size, columnMajor: storage)
    }

    /// The solution of *A x = b*.
    public func solve(_ rightHandSide: [Double]) -> [Double] {
        var solution = rightHandSide
        let size = lower.rowCount
        lower.storage.withUnsafeBufferPointer { factor in
            solution.withUnsafeMutableBufferPointer { values in
                guard let base = factor.baseAddress, let target = values.baseAddress else { return }
                for transposed in [false, true] {
                    DenseKernel.solveLower(
                        base, size: size, leadingDimension: size, transposed: transposed, rightHandSides: target,
                        count: 1, stride: size)
                }
            }
        }
        return solution
    }

    /// The inverse of *A*, both triangles.
    public var inverse: Matrix {
        let size = lower.rowCount
        var result = lower
        result.storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            _ = DenseKernel.inverseFromCholesky(base, size: size, leadingDimension: size)
        }
        result.symmetrizeFromLower()
        return result
    }

    /// *log det A*.
    public var logDeterminant: Double {
        lower.diagonal.reduce(0) { $0 + 2 * logarithm($1) }
    }
}

extension Matrix {
    /// The solution of *A x = b* by Gaussian elimination with pivoting, or `nil` when *A* is singular.
    public func solving(_ rightHandSide: [Double]) -> [Double]? {
        guard rowCount == columnCount, rightHandSide.count == rowCount, rowCount > 0 else { return nil }
        var factor = storage
        var solution = rightHandSide
        var n = Int32(rowCount)
        var count: Int32 = 1
        var lda = n
        var ldb = n
        var pivots = [Int32](repeating: 0, count: rowCount)
        var info: Int32 = 0
        dgesv_(&n, &count, &factor, &lda, &pivots, &solution, &ldb, &info)
        return info == 0 && solution.allSatisfy(\.isFinite) ? solution : nil
    }
}
