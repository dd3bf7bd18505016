// Factoring a tiled matrix, and solving with its factor.
//
// A threaded BLAS splits its work by the number of threads, and its roundings with it. Here each tile is the work of one
// task with calls of a BLAS that runs on one thread, and every element is the result of the same operations in the same
// order whoever computes it.

internal import CLAPACK
package import MixedProgress

extension TiledMatrix {
    /// Makes the BLAS leave threads to the tiles.
    static let usesOneThreadOfBLAS: Void = mixed_blas_set_threads(1)

    /// Replaces a symmetric positive definite matrix by its Cholesky factor *L*, *A = LL'*.
    ///
    /// - Parameter stop: Once it asks for the end, the matrix holds nothing of use.
    /// - Returns: `nil` on success, otherwise the index of the first pivot that is not positive.
    /// - Complexity: *n³/3* multiplications.
    package func factor(threads: Int, stop: StopRequest? = nil) -> Int? {
        guard tileCount > 1 else {
            return DenseKernel.cholesky(storage.pointer, size: size, leadingDimension: stride)
        }
        // For each row of tiles, how many of its tiles are done; they are in ascending order.
        let done = TaskProgress(tileCount)
        // For each tile on the diagonal the pivot that fails, counted from one. What follows a failure is not used.
        let failures = Storage<Int32>(zeros: tileCount)
        ParallelLoop.forEach(tileCount * (tileCount + 1) / 2, threads: threads) { index in
            let (row, column) = columnwisePlace(index)
            // Others may wait for a tile, so that it must be done with in any case.
            defer { done.advance(row) }
            if let stop, stop.isRequested { return }
            done.wait(for: row, toReach: column)
            if row > column { done.wait(for: column, toReach: column + 1) }
            if row > column {
                factorTile(row, column)
            } else if let pivot = factorDiagonal(row) {
                failures.pointer[row] = Int32(pivot + 1)
            }
        }
        for tile in 0..<tileCount where failures.pointer[tile] > 0 {
            return start(tile) + Int(failures.pointer[tile]) - 1
        }
        return nil
    }

    /// The row and column of a tile, counted column by column.
    private func columnwisePlace(_ index: Int) -> (row: Int, column: Int) {
        // Counted from the end, columns have 1, 2, 3, ... tiles.
        let last = tileCount * (tileCount + 1) / 2 - 1
        let (fromEnd, place) = Self.rowwisePlace(last - index)
        return (tileCount - 1 - place, tileCount - 1 - fromEnd)
    }

    /// The row and column of a tile, counted row by row.
    package static func rowwisePlace(_ index: Int) -> (row: Int, column: Int) {
        var row = Int(((8 * Double(index) + 1).squareRoot() - 1) / 2)
        while row * (row + 1) / 2 > index { row -= 1 }
        while (row + 1) * (row + 2) / 2 <= index { row += 1 }
        return (row, index - row * (row + 1) / 2)
    }

    /// *L_rr* of *A_rr − Σ L_rk L_rk'*.
    private func factorDiagonal(_ row: Int) -> Int? {
        let length = length(row, limit: size)
        if row > 0 {
            TileCall.subtractSquare(tile(row, 0), rows: length, inner: start(row), from: tile(row, row), stride: stride)
        }
        return DenseKernel.cholesky(tile(row, row), size: length, leadingDimension: stride)
    }

    /// *L_rc = (A_rc − Σ L_rk L_ck') L_cc⁻ᵀ*.
    private func factorTile(_ row: Int, _ column: Int) {
        let rows = length(row, limit: size)
        let target = tile(row, column)
        if column > 0 {
            TileCall.multiply(
                tile(row, 0), .plain, tile(column, 0), .transposed, rows: rows, columns: Self.tileSize,
                inner: start(column), scale: -1, adding: true, into: target, stride: stride)
        }
        TileCall.solveRight(tile(column, column), size: Self.tileSize, target, rows: rows, stride: stride)
    }

    /// Solves *L X = B*, or *L'X = B* when `transposed`, in place with the first `limit` rows of a factor.
    ///
    /// - **Shape:** `rightHandSides` has `count` columns, `sideStride` apart.
    package func solveLower(
        limit: Int, transposed: Bool, rightHandSides: UnsafeMutablePointer<Double>, count: Int, sideStride: Int
    ) {
        guard limit > 0, count > 0 else { return }
        let tiles = (limit + Self.tileSize - 1) >> Self.tileShift
        for step in 0..<tiles {
            let pivot = transposed ? tiles - 1 - step : step
            let own = rightHandSides + start(pivot)
            let length = length(pivot, limit: limit)
            if transposed {
                for row in pivot + 1..<max(tiles, pivot + 1) {
                    TileCall.subtractProduct(
                        tile(row, pivot), transposed: true, rows: length, inner: self.length(row, limit: limit),
                        stride: stride, rightHandSides + start(row), from: own, count: count, sideStride: sideStride)
                }
            } else if pivot > 0 {
                TileCall.subtractProduct(
                    tile(pivot, 0), transposed: false, rows: length, inner: start(pivot), stride: stride,
                    rightHandSides, from: own, count: count, sideStride: sideStride)
            }
            DenseKernel.solveLower(
                tile(pivot, pivot), size: length, leadingDimension: stride, transposed: transposed,
                rightHandSides: own, count: count, stride: sideStride)
        }
    }
}
