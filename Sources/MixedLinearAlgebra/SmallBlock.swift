// Kernels for the k-by-k blocks of one level of a grouping factor, where k is the number of its random effects.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Cholesky kernels for blocks of a few rows, column-major with no padding; LAPACK's call costs more than their work.
package enum SmallBlock {
    /// Replaces the lower triangle of a positive definite block by its Cholesky factor.
    ///
    /// - Returns: The logarithm of the determinant of the block, or `nil` when a pivot is not positive.
    @inlinable @inline(__always)
    package static func cholesky(_ block: UnsafeMutablePointer<Double>, size k: Int) -> Double? {
        if k == 1 {
            let pivot = block[0]
            guard pivot > 0 else { return nil }
            block[0] = pivot.squareRoot()
            return logarithm(pivot)
        }
        var determinant = 1.0
        for column in 0..<k {
            var pivot = block[column + column * k]
            for inner in 0..<column { pivot -= block[column + inner * k] * block[column + inner * k] }
            guard pivot > 0 else { return nil }
            determinant *= pivot
            let root = pivot.squareRoot()
            block[column + column * k] = root
            let inverse = 1 / root
            for row in column + 1..<max(k, column + 1) {
                var value = block[row + column * k]
                for inner in 0..<column { value -= block[row + inner * k] * block[column + inner * k] }
                block[row + column * k] = value * inverse
            }
        }
        if determinant.isFinite && determinant > 0x1p-1000 { return logarithm(determinant) }
        var sum = 0.0
        for column in 0..<k { sum += 2 * logarithm(block[column + column * k]) }
        return sum
    }

    /// Solves *L x = b* in place.
    @inlinable @inline(__always)
    package static func solveLower(
        _ factor: UnsafePointer<Double>, size k: Int, _ vector: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<k {
            var value = vector[row]
            for inner in 0..<row { value -= factor[row + inner * k] * vector[inner] }
            vector[row] = value / factor[row + row * k]
        }
    }

    /// Solves *L'x = b* in place.
    @inlinable @inline(__always)
    package static func solveLowerTransposed(
        _ factor: UnsafePointer<Double>, size k: Int, _ vector: UnsafeMutablePointer<Double>
    ) {
        var row = k - 1
        while row >= 0 {
            var value = vector[row]
            for inner in row + 1..<max(k, row + 1) { value -= factor[inner + row * k] * vector[inner] }
            vector[row] = value / factor[row + row * k]
            row -= 1
        }
    }

    /// The inverse of *LL'* as a full block.
    @inlinable @inline(__always)
    package static func inverse(
        fromCholesky factor: UnsafePointer<Double>, size k: Int, into result: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            result[0] = 1 / (factor[0] * factor[0])
            return
        }
        for column in 0..<k {
            let target = result + column * k
            for row in 0..<k { target[row] = row == column ? 1 : 0 }
            solveLower(factor, size: k, target)
            solveLowerTransposed(factor, size: k, target)
        }
    }
}

/// The platform's natural logarithm, under a name that inlined kernels can see.
@usableFromInline
func logarithm(_ value: Double) -> Double { log(value) }
