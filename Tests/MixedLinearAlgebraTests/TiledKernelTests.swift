// The tiled kernels against the plain ones, around the size of a tile, and bit for bit over numbers of threads.

import MixedLinearAlgebra
import MixedTestSupport
import Testing

private let sizes = [1, 11, 12, 95, 96, 97, 192, 401]

private func positiveDefinite(_ size: Int) -> Matrix {
    var generator = SeededGenerator(seed: UInt64(size))
    var result = Matrix(rows: size, columns: size)
    for column in 0..<size {
        for row in column..<size {
            result[row, column] = row == column ? 4 + Double(size) / 4 : Double.random(in: -1..<1, using: &generator)
        }
    }
    result.symmetrizeFromLower()
    return result
}

private func lowerDifference(_ left: Matrix, _ right: Matrix) -> Double {
    var largest = 0.0
    for column in 0..<left.columnCount {
        for row in column..<left.rowCount { largest = max(largest, abs(left[row, column] - right[row, column])) }
    }
    return largest
}

private func factored(_ matrix: Matrix, threads: Int) -> (factor: Matrix, inverse: Matrix, failure: Int?) {
    let size = matrix.rowCount
    var factor = matrix
    var scratch = matrix.storage
    let failure = factor.storage.withUnsafeMutableBufferPointer {
        TiledKernel.cholesky($0.baseAddress!, size: size, leadingDimension: size, threads: threads)
    }
    var inverse = factor
    if failure == nil {
        inverse.storage.withUnsafeMutableBufferPointer { target in
            scratch.withUnsafeMutableBufferPointer {
                _ = TiledKernel.inverseFromCholesky(
                    target.baseAddress!, scratch: $0.baseAddress!, size: size, leadingDimension: size, threads: threads)
            }
        }
    }
    return (factor, inverse, failure)
}

@Suite struct TiledKernelTests {
    @Test(arguments: sizes)
    func agreesWithPlainKernels(size: Int) throws {
        let matrix = positiveDefinite(size)
        let tiled = factored(matrix, threads: 2)
        #expect(tiled.failure == nil)
        let plain = try #require(CholeskyDecomposition(matrix))
        #expect(lowerDifference(tiled.factor, plain.lower) < 1e-11)
        #expect(lowerDifference(tiled.inverse, plain.inverse) < 1e-11)
        #expect(tiled.inverse == tiled.inverse.transposed)
    }

    @Test(arguments: sizes)
    func threadsDoNotChangeABit(size: Int) {
        let matrix = positiveDefinite(size)
        let one = factored(matrix, threads: 1)
        let two = factored(matrix, threads: 2)
        #expect(lowerDifference(one.factor, two.factor) == 0)
        #expect(lowerDifference(one.inverse, two.inverse) == 0)
    }

    @Test(arguments: [0, 100, 200, 400])
    func failingPivotIsNamed(pivot: Int) {
        var matrix = Matrix.identity(401)
        matrix[pivot, pivot] = -1
        #expect(factored(matrix, threads: 2).failure == pivot)
    }

    @Test(arguments: [3, 170])
    func symmetricProduct(columns: Int) {
        let size = 200
        let matrix = positiveDefinite(size)
        var generator = SeededGenerator(seed: 9)
        let other = Matrix(
            rows: size, columns: columns,
            columnMajor: (0..<size * columns).map { _ in Double.random(in: -1..<1, using: &generator) })
        func product(threads: Int) -> Matrix {
            var result = Matrix(rows: size, columns: columns)
            result.storage.withUnsafeMutableBufferPointer { target in
                matrix.storage.withUnsafeBufferPointer { left in
                    other.storage.withUnsafeBufferPointer { right in
                        TiledKernel.multiplySymmetric(
                            left.baseAddress!, size: size, leadingDimension: size, by: right.baseAddress!,
                            columns: columns, stride: size, into: target.baseAddress!, resultStride: size,
                            threads: threads)
                    }
                }
            }
            return result
        }
        let expected = matrix * other
        let one = product(threads: 1)
        #expect(zip(one.storage, expected.storage).allSatisfy { abs($0 - $1) < 1e-10 })
        #expect(one == product(threads: 2))
    }
}
