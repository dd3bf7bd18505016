// Factoring, inverting and multiplying large dense matrices on several threads, with the same bits for any number of them.
//
// A threaded BLAS splits its work by the number of threads, and its roundings with it. Here the work is cut into tiles
// whose size does not depend on the threads; each tile is one call of a BLAS that runs on one thread, and every element
// is the result of the same operations in the same order whoever computes it.

internal import CLAPACK

/// Dense kernels over tiles; lower triangles throughout, column-major storage.
package enum TiledKernel {
    /// Rows and columns of a tile: large enough for the BLAS, small enough for a second thread to find work.
    static let tileSize = 96

    /// Replaces a symmetric positive definite matrix by its Cholesky factor, as `DenseKernel.cholesky`.
    ///
    /// - Returns: `nil` on success, otherwise the index of the first pivot that is not positive.
    /// - Complexity: *n³/3* multiplications.
    package static func cholesky(
        _ matrix: UnsafeMutablePointer<Double>, size: Int, leadingDimension: Int, threads: Int
    ) -> Int? {
        let tiles = Tiles(size)
        for pivot in 0..<tiles.count {
            let diagonal = matrix + tiles.start(pivot) * (leadingDimension + 1)
            if let failure = DenseKernel.cholesky(
                diagonal, size: tiles.length(pivot), leadingDimension: leadingDimension)
            {
                return tiles.start(pivot) + failure
            }
            let below = tiles.count - pivot - 1
            ParallelLoop.forEach(below, threads: threads) { index in
                let row = pivot + 1 + index
                solveRight(
                    diagonal, size: tiles.length(pivot),
                    matrix + tiles.start(row) + tiles.start(pivot) * leadingDimension, rows: tiles.length(row),
                    leadingDimension: leadingDimension)
            }
            ParallelLoop.forEach(below * (below + 1) / 2, threads: threads) { index in
                let (row, column) = lowerPlace(index)
                subtractProduct(
                    matrix, tiles, row: pivot + 1 + row, column: pivot + 1 + column, pivot: pivot,
                    leadingDimension: leadingDimension)
            }
        }
        return nil
    }

    /// Replaces a Cholesky factor by the inverse of the matrix it factors, both triangles.
    ///
    /// - Parameter scratch: As large as the matrix, with the same leading dimension.
    /// - Returns: Whether the factor had no zero on its diagonal.
    /// - Complexity: *2n³/3* multiplications.
    package static func inverseFromCholesky(
        _ factor: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>, size: Int, leadingDimension: Int,
        threads: Int
    ) -> Bool {
        let tiles = Tiles(size)
        guard tiles.count > 1 else {
            let isDone = DenseKernel.inverseFromCholesky(factor, size: size, leadingDimension: leadingDimension)
            mirror(factor, rows: size, columns: size, onto: factor, leadingDimension: leadingDimension)
            return isDone
        }
        for index in 0..<size where factor[index * (leadingDimension + 1)] == 0 { return false }
        // X = L⁻¹, a block of columns at a time: each is the solution of a triangular system of its own.
        ParallelLoop.forEach(tiles.count, threads: threads) { column in
            let start = tiles.start(column)
            let target = scratch + start * (leadingDimension + 1)
            let width = tiles.length(column)
            for inner in 0..<width {
                for row in 0..<size - start { target[row + inner * leadingDimension] = row == inner ? 1 : 0 }
            }
            DenseKernel.solveLower(
                factor + start * (leadingDimension + 1), size: size - start, leadingDimension: leadingDimension,
                transposed: false, rightHandSides: target, count: width, stride: leadingDimension)
        }
        // X'X, a tile at a time, from the rows where both blocks of columns are not zero.
        ParallelLoop.forEach(tiles.count * (tiles.count + 1) / 2, threads: threads) { index in
            let (row, column) = lowerPlace(index)
            let first = tiles.start(row)
            let left = scratch + first + first * leadingDimension
            let right = scratch + first + tiles.start(column) * leadingDimension
            let target = factor + first + tiles.start(column) * leadingDimension
            var lda = Int32(leadingDimension)
            var inner = Int32(size - first)
            var rows = Int32(tiles.length(row))
            var columns = Int32(tiles.length(column))
            var one = 1.0
            var zero = 0.0
            if row == column {
                dsyrk_("L", "T", &rows, &inner, &one, left, &lda, &zero, target, &lda)
            } else {
                dgemm_("T", "N", &rows, &columns, &inner, &one, left, &lda, right, &lda, &zero, target, &lda)
            }
            // The tile is in the cache: its mirror image costs least now.
            mirror(
                target, rows: tiles.length(row), columns: tiles.length(column),
                onto: factor + tiles.start(column) + first * leadingDimension, leadingDimension: leadingDimension)
        }
        return true
    }

    /// Writes the transpose of a tile; of a tile on the diagonal, its lower triangle onto its upper one.
    private static func mirror(
        _ tile: UnsafePointer<Double>, rows: Int, columns: Int, onto target: UnsafeMutablePointer<Double>,
        leadingDimension: Int
    ) {
        let isDiagonal = tile == UnsafePointer(target)
        for column in 0..<columns {
            for row in (isDiagonal ? column + 1 : 0)..<max(rows, isDiagonal ? column + 1 : 0) {
                target[column + row * leadingDimension] = tile[row + column * leadingDimension]
            }
        }
    }

    /// *C = A B* for a symmetric *A* given by its lower triangle, as `DenseKernel.multiplySymmetric`.
    package static func multiplySymmetric(
        _ symmetric: UnsafePointer<Double>, size: Int, leadingDimension: Int, by other: UnsafePointer<Double>,
        columns: Int, stride: Int, into result: UnsafeMutablePointer<Double>, resultStride: Int, threads: Int
    ) {
        let tiles = Tiles(columns)
        ParallelLoop.forEach(tiles.count, threads: threads) { index in
            DenseKernel.multiplySymmetric(
                symmetric, size: size, leadingDimension: leadingDimension, by: other + tiles.start(index) * stride,
                columns: tiles.length(index), stride: stride, into: result + tiles.start(index) * resultStride,
                resultStride: resultStride)
        }
    }

    /// Makes the BLAS leave threads to the tiles.
    package static let usesOneThreadOfBLAS: Void = mixed_blas_set_threads(1)

    // MARK: Tiles

    private struct Tiles {
        let size: Int
        var count: Int { (size + tileSize - 1) / tileSize }

        init(_ size: Int) {
            self.size = size
            _ = usesOneThreadOfBLAS
        }

        func start(_ index: Int) -> Int { index * tileSize }
        func length(_ index: Int) -> Int { min(tileSize, size - index * tileSize) }
    }

    /// The row and column of a place in the lower triangle, counted row by row.
    private static func lowerPlace(_ index: Int) -> (row: Int, column: Int) {
        var row = Int(((8 * Double(index) + 1).squareRoot() - 1) / 2)
        while row * (row + 1) / 2 > index { row -= 1 }
        while (row + 1) * (row + 2) / 2 <= index { row += 1 }
        return (row, index - row * (row + 1) / 2)
    }

    /// *B = B L⁻ᵀ*.
    private static func solveRight(
        _ factor: UnsafePointer<Double>, size: Int, _ block: UnsafeMutablePointer<Double>, rows: Int,
        leadingDimension: Int
    ) {
        var m = Int32(rows)
        var n = Int32(size)
        var lda = Int32(leadingDimension)
        var one = 1.0
        dtrsm_("R", "L", "T", "N", &m, &n, &one, factor, &lda, block, &lda)
    }

    /// *A_rc −= A_rp A_cp'*.
    private static func subtractProduct(
        _ matrix: UnsafeMutablePointer<Double>, _ tiles: Tiles, row: Int, column: Int, pivot: Int, leadingDimension: Int
    ) {
        let offset = tiles.start(pivot) * leadingDimension
        let left = matrix + tiles.start(row) + offset
        let right = matrix + tiles.start(column) + offset
        let target = matrix + tiles.start(row) + tiles.start(column) * leadingDimension
        var lda = Int32(leadingDimension)
        var rows = Int32(tiles.length(row))
        var columns = Int32(tiles.length(column))
        var inner = Int32(tiles.length(pivot))
        var minusOne = -1.0
        var one = 1.0
        if row == column {
            dsyrk_("L", "N", &rows, &inner, &minusOne, left, &lda, &one, target, &lda)
        } else {
            dgemm_("N", "T", &rows, &columns, &inner, &minusOne, left, &lda, right, &lda, &one, target, &lda)
        }
    }
}
