// The dense kernels against the definitions they compute, over awkward sizes.

import MixedLinearAlgebra
import MixedTestSupport
import Testing

private let sizes = [0, 1, 2, 3, 8, 31, 127]

/// A symmetric positive definite matrix with eigenvalues of about one to a hundred.
private func positiveDefinite(_ size: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    let root = randomMatrix(size, size, &generator)
    return root * root.transposed + Matrix.diagonal((0..<size).map { 1 + Double($0 % 7) })
}

private func randomMatrix(_ rows: Int, _ columns: Int, _ generator: inout SeededGenerator) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    for index in result.storage.indices { result.storage[index] = Double.random(in: -1..<1, using: &generator) }
    return result
}

private func largestDifference(_ left: Matrix, _ right: Matrix) -> Double {
    zip(left.storage, right.storage).map { abs($0 - $1) }.max() ?? 0
}

@Suite struct DenseKernelTests {
    @Test(arguments: sizes)
    func choleskyReproducesTheMatrix(size: Int) throws {
        let matrix = positiveDefinite(size, seed: 1)
        let factor = try #require(CholeskyDecomposition(matrix)).lower
        #expect(largestDifference(factor * factor.transposed, matrix) < 1e-11)
        for column in 0..<size {
            for row in 0..<column { #expect(factor[row, column] == 0) }
        }
    }

    @Test(arguments: sizes)
    func inverseAndSolutionAgree(size: Int) throws {
        let matrix = positiveDefinite(size, seed: 2)
        let decomposition = try #require(CholeskyDecomposition(matrix))
        #expect(largestDifference(decomposition.inverse * matrix, .identity(size)) < 1e-11)
        let expected = (0..<size).map { Double($0) - 3 }
        let solution = decomposition.solve(matrix * expected)
        for (got, wanted) in zip(solution, expected) { #expect(abs(got - wanted) < 1e-10) }
    }

    @Test func choleskyNamesTheFailingPivot() {
        var storage = Matrix.diagonal([1, 2, -1, 3]).storage
        let failure = storage.withUnsafeMutableBufferPointer {
            DenseKernel.cholesky($0.baseAddress!, size: 4, leadingDimension: 4)
        }
        #expect(failure == 2)
        #expect(CholeskyDecomposition(Matrix.diagonal([1, 0])) == nil)
    }

    @Test(arguments: [1, 2, 3, 8, 31])
    func triangularSolves(size: Int) throws {
        let lower = try #require(CholeskyDecomposition(positiveDefinite(size, seed: 3))).lower
        var generator = SeededGenerator(seed: 4)
        let sides = randomMatrix(size, 3, &generator)
        for transposed in [false, true] {
            var solution = sides
            solution.storage.withUnsafeMutableBufferPointer { values in
                lower.storage.withUnsafeBufferPointer { factor in
                    DenseKernel.solveLower(
                        factor.baseAddress!, size: size, leadingDimension: size, transposed: transposed,
                        rightHandSides: values.baseAddress!, count: 3, stride: size)
                }
            }
            let product = (transposed ? lower.transposed : lower) * solution
            #expect(largestDifference(product, sides) < 1e-11)
        }
    }

    @Test(arguments: [1, 3, 31])
    func symmetricProductReadsTheLowerTriangle(size: Int) {
        let matrix = positiveDefinite(size, seed: 5)
        var half = matrix
        for column in 0..<size {
            for row in 0..<column { half[row, column] = .nan }
        }
        var generator = SeededGenerator(seed: 6)
        let other = randomMatrix(size, 4, &generator)
        var result = Matrix(rows: size, columns: 4)
        result.storage.withUnsafeMutableBufferPointer { target in
            half.storage.withUnsafeBufferPointer { left in
                other.storage.withUnsafeBufferPointer { right in
                    DenseKernel.multiplySymmetric(
                        left.baseAddress!, size: size, leadingDimension: size, by: right.baseAddress!, columns: 4,
                        stride: size, into: target.baseAddress!, resultStride: size)
                }
            }
        }
        #expect(largestDifference(result, matrix * other) < 1e-12)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 8])
    func smallBlocksAgreeWithLAPACK(size: Int) throws {
        let matrix = positiveDefinite(size, seed: 7)
        let decomposition = try #require(CholeskyDecomposition(matrix))
        var block = matrix.storage
        var inverse = Matrix(rows: size, columns: size)
        let logDeterminant = block.withUnsafeMutableBufferPointer { values -> Double? in
            let result = SmallBlock.cholesky(values.baseAddress!, size: size)
            inverse.storage.withUnsafeMutableBufferPointer {
                SmallBlock.inverse(fromCholesky: values.baseAddress!, size: size, into: $0.baseAddress!)
            }
            return result
        }
        #expect(abs(try #require(logDeterminant) - decomposition.logDeterminant) < 1e-12)
        #expect(largestDifference(inverse, decomposition.inverse) < 1e-13)
        var indefinite = Matrix.identity(size).storage
        indefinite[indefinite.count - 1] = -1
        let refused = indefinite.withUnsafeMutableBufferPointer { SmallBlock.cholesky($0.baseAddress!, size: size) }
        #expect(refused == nil)
    }

    @Test func smallDeterminantsNeitherOverflowNorUnderflow() throws {
        for scale in [1e-200, 1e200] {
            var block = (scale * Matrix.identity(3)).storage
            let value = block.withUnsafeMutableBufferPointer { SmallBlock.cholesky($0.baseAddress!, size: 3) }
            let expected = 3 * (scale < 1 ? -200 : 200) * 2.302585092994045684
            #expect(abs(try #require(value) - expected) < 1e-9)
        }
    }
}
