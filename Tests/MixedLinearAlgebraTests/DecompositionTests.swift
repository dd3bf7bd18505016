// Eigenvalues, pseudo-inverses and the pivoted LQ factorisation against their definitions.

import MixedLinearAlgebra
import MixedTestSupport
import Testing

private func randomMatrix(_ size: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    var result = Matrix(rows: size, columns: size)
    for index in result.storage.indices { result.storage[index] = Double.random(in: -2..<2, using: &generator) }
    return result
}

private func largestDifference(_ left: Matrix, _ right: Matrix) -> Double {
    zip(left.storage, right.storage).map { abs($0 - $1) }.max() ?? 0
}

@Suite struct DecompositionTests {
    @Test(arguments: [0, 1, 2, 3, 8, 20])
    func eigenvectorsReproduceTheMatrix(size: Int) throws {
        let root = randomMatrix(size, seed: 1)
        let matrix = root + root.transposed
        let eigen = try #require(SymmetricEigendecomposition(matrix))
        let product = eigen.vectors * .diagonal(eigen.values) * eigen.vectors.transposed
        #expect(largestDifference(product, matrix) < 1e-12)
        #expect(eigen.values == eigen.values.sorted())
    }

    @Test func valuesThatAreNotFiniteAreRefused() {
        #expect(SymmetricEigendecomposition(Matrix(rows: 1, columns: 1, columnMajor: [.nan])) == nil)
        #expect(SymmetricEigendecomposition(Matrix(rows: 2, columns: 1)) == nil)
    }

    @Test func pseudoInverseLeavesOutTheNullSpace() throws {
        let root = Matrix(rows: 3, columns: 1, columnMajor: [1, 2, -1])
        let matrix = root * root.transposed
        let inverse = try #require(SymmetricEigendecomposition(matrix)).pseudoInverse(threshold: 1e-8)
        #expect(largestDifference(matrix * inverse * matrix, matrix) < 1e-13)
        #expect(largestDifference(inverse * matrix * inverse, inverse) < 1e-13)
    }

    @Test(arguments: [1, 2, 3, 5, 9], [true, false])
    func lowerFactorHasTheSameProduct(size: Int, pivoting: Bool) {
        let matrix = randomMatrix(size, seed: 2)
        let factored = PivotedLQ(matrix, pivoting: pivoting)
        #expect(factored.pivots.sorted() == Array(0..<size))
        var unpivoted = Matrix(rows: size, columns: size)
        for (row, original) in factored.pivots.enumerated() {
            for column in 0..<size { unpivoted[original, column] = factored.lower[row, column] }
        }
        #expect(largestDifference(unpivoted * unpivoted.transposed, matrix * matrix.transposed) < 1e-12)
        for column in 0..<size {
            #expect(factored.lower[column, column] >= 0)
            for row in 0..<column { #expect(factored.lower[row, column] == 0) }
            if pivoting, column > 0 {
                #expect(factored.lower[column, column] <= factored.lower[column - 1, column - 1] + 1e-14)
            }
        }
    }

    @Test func rankOfASingularFactorShowsInItsPivots() {
        let column = Matrix(rows: 3, columns: 1, columnMajor: [1, -2, 0.5])
        var matrix = Matrix(rows: 3, columns: 3)
        for row in 0..<3 { matrix[row, 0] = column[row, 0] }
        let factored = PivotedLQ(matrix)
        #expect(factored.pivots[0] == 1)
        #expect(factored.lower[1, 1] < 1e-15)
        #expect(factored.lower[2, 2] < 1e-15)
    }

    @Test func linearSystems() throws {
        let matrix = randomMatrix(6, seed: 3)
        let expected = [1.0, -2, 3, 0.5, 0, 7]
        let solution = try #require(matrix.solving(matrix * expected))
        for (got, wanted) in zip(solution, expected) { #expect(abs(got - wanted) < 1e-11) }
        #expect(Matrix(rows: 2, columns: 2).solving([1, 1]) == nil)
        #expect(Matrix(rows: 2, columns: 1).solving([1, 1]) == nil)
    }
}
