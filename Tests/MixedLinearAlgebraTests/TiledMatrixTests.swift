// Tiled matrices against plain ones, around the size of a tile, and bit for bit over numbers of threads.

import MixedLinearAlgebra
import MixedTestSupport
import Testing

private let tile = TiledMatrix.tileSize
private let sizes = [1, 2, 11, 12, tile - 1, tile, tile + 1, 2 * tile, 2 * tile + 1, 3 * tile + 17]

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

private func tiled(_ matrix: Matrix) -> TiledMatrix {
    let result = TiledMatrix(size: matrix.rowCount)
    for column in 0..<matrix.columnCount {
        for row in column..<matrix.rowCount { result.storage.pointer[result.place(row, column)] = matrix[row, column] }
    }
    return result
}

/// The largest difference from the lower triangle of a matrix.
private func lowerDifference(_ left: TiledMatrix, _ right: Matrix) -> Double {
    var largest = 0.0
    for column in 0..<right.columnCount {
        for row in column..<right.rowCount { largest = max(largest, abs(left.lower(row, column) - right[row, column])) }
    }
    return largest
}

private func lowerTriangle(_ matrix: TiledMatrix) -> [Double] {
    (0..<matrix.size).flatMap { column in (column..<matrix.size).map { matrix.lower($0, column) } }
}

@Suite struct TiledMatrixTests {
    @Test(arguments: sizes)
    func agreesWithPlainKernels(size: Int) throws {
        let matrix = positiveDefinite(size)
        let plain = try #require(CholeskyDecomposition(matrix))
        let factor = tiled(matrix)
        #expect(factor.factor(threads: 2) == nil)
        #expect(lowerDifference(factor, plain.lower) < 1e-11)
        let inverse = TiledMatrix(size: size)
        inverse.setInverse(ofFactor: factor, limit: size, threads: 2)
        #expect(lowerDifference(inverse, plain.inverse) < 1e-11)
        for index in [0, size / 2, size - 1] {
            let column = Storage<Double>(zeros: size)
            inverse.copyColumn(index, into: column.pointer)
            #expect((0..<size).allSatisfy { column.pointer[$0] == inverse.element($0, index) })
        }
    }

    @Test(arguments: sizes)
    func threadsDoNotChangeABit(size: Int) {
        let matrix = positiveDefinite(size)
        let results = [1, 2, 3, 7].map { threads -> [[Double]] in
            let factor = tiled(matrix)
            _ = factor.factor(threads: threads)
            let inverse = TiledMatrix(size: size)
            inverse.setInverse(ofFactor: factor, limit: size, threads: threads)
            return [lowerTriangle(factor), lowerTriangle(inverse)]
        }
        for other in results { #expect(other == results[0]) }
    }

    /// The leading part of a factor is that of the leading part; beyond it the inverse is zero, whatever was there before.
    @Test(arguments: [(1, 0), (20, 13), (tile + 1, tile), (tile + 3, tile + 2), (3 * tile, tile - 5), (300, 150)])
    func leadingPartIsInverted(size: Int, limit: Int) throws {
        let matrix = positiveDefinite(size)
        let factor = tiled(matrix)
        _ = factor.factor(threads: 2)
        let inverse = TiledMatrix(size: size)
        inverse.setInverse(ofFactor: factor, limit: size, threads: 2)
        inverse.setInverse(ofFactor: factor, limit: limit, threads: 2)
        var expected = Matrix(rows: size, columns: size)
        if limit > 0 {
            let leading = matrix.selecting(rows: Array(0..<limit), columns: Array(0..<limit))
            let plain = try #require(CholeskyDecomposition(leading)).inverse
            for column in 0..<limit {
                for row in 0..<limit { expected[row, column] = plain[row, column] }
            }
        }
        #expect(lowerDifference(inverse, expected) < 1e-11)
    }

    @Test(arguments: [0, 100, tile, 300, 400])
    func failingPivotIsNamed(pivot: Int) {
        var matrix = Matrix.identity(401)
        matrix[pivot, pivot] = -1
        for threads in [1, 3] { #expect(tiled(matrix).factor(threads: threads) == pivot) }
    }

    @Test(arguments: sizes)
    func solves(size: Int) {
        let matrix = positiveDefinite(size)
        let factor = tiled(matrix)
        _ = factor.factor(threads: 1)
        var generator = SeededGenerator(seed: 5)
        for limit in [size, (size + 1) / 2] {
            let leading = matrix.selecting(rows: Array(0..<limit), columns: Array(0..<limit))
            let sides = (0..<limit * 3).map { _ in Double.random(in: -1..<1, using: &generator) }
            var solution = sides
            for transposed in [false, true] {
                factor.solveLower(
                    limit: limit, transposed: transposed, rightHandSides: &solution, count: 3, sideStride: limit)
            }
            for side in 0..<3 {
                let product = leading * Array(solution[side * limit..<(side + 1) * limit])
                #expect(zip(product, sides[(side * limit)...]).allSatisfy { abs($0 - $1) < 1e-11 })
            }
        }
    }

    @Test(arguments: sizes)
    func symmetricProduct(size: Int) {
        let (left, right) = (positiveDefinite(size), 0.5 * positiveDefinite(size))
        let expected = left * right
        var results: [Matrix] = []
        for threads in [1, 2, 5] {
            let (first, second) = (tiled(left), tiled(right))
            first.mirrorDiagonalTiles()
            second.mirrorDiagonalTiles()
            var result = Matrix(rows: size, columns: size)
            result.storage.withUnsafeMutableBufferPointer {
                first.multiply(by: second, into: $0.baseAddress!, threads: threads)
            }
            results.append(result)
        }
        #expect(zip(results[0].storage, expected.storage).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func triangleIsHeldOnce() {
        #expect(TiledMatrix.elementCount(size: tile) == tile * tile)
        let size = 20 * tile
        #expect(Double(TiledMatrix.elementCount(size: size)) < 0.53 * Double(size * size))
    }
}
