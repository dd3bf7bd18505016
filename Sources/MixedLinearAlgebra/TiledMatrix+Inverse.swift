// The inverse of a matrix from its tiled Cholesky factor.

package import MixedProgress

extension TiledMatrix {
    /// Becomes the inverse of the leading part of the matrix that a Cholesky factor belongs to, zero beyond it.
    ///
    /// First *W = L⁻¹* takes the place of the result, then *W'W* that of *W*: nothing else is as large.
    /// - Parameters:
    ///   - factor: Another matrix, at least as large as `limit`.
    ///   - limit: How many rows of the factor count.
    ///   - stop: Once it asks for the end, the result holds nothing of use.
    /// - **Shape:** tiles on the diagonal have both triangles.
    /// - Complexity: *2n³/3* multiplications.
    package func setInverse(
        ofFactor factor: TiledMatrix, limit: Int, threads: Int, stop: StopRequest? = nil
    ) {
        if limit < size { clear() }
        guard limit > 0 else { return }
        let tiles = (limit + Self.tileSize - 1) >> Self.tileShift
        guard tiles > 1 else {
            let target = storage.pointer
            for column in 0..<limit {
                (target + column * (stride + 1)).update(
                    from: factor.storage.pointer + column * (factor.stride + 1), count: limit - column)
            }
            _ = DenseKernel.inverseFromCholesky(target, size: limit, leadingDimension: stride)
            mirrorDiagonalTiles()
            return
        }
        invertTriangle(factor, tiles: tiles, limit: limit, threads: threads, stop)
        multiplyTransposedBySelf(tiles: tiles, limit: limit, threads: threads, stop)
        mirrorDiagonalTiles()
    }

    /// *W_ij = −L_ii⁻¹ Σ_k L_ik W_kj*, row by row; columns do not depend on each other.
    private func invertTriangle(
        _ factor: TiledMatrix, tiles: Int, limit: Int, threads: Int, _ stop: StopRequest?
    ) {
        let done = TaskProgress(tiles)
        ParallelLoop.forEach(tiles * (tiles + 1) / 2, threads: threads) { index in
            let (row, column) = Self.rowwisePlace(index)
            let rows = length(row, limit: limit)
            let target = tile(row, column)
            // Others may wait for a tile, so that it must be done with in any case.
            defer { done.advance(column) }
            if let stop, stop.isRequested { return }
            if row == column {
                for place in 0..<rows {
                    (target + place * stride).update(repeating: 0, count: place)
                    (target + place * (stride + 1)).update(
                        from: factor.tile(row, row) + place * (factor.stride + 1), count: rows - place)
                }
                TileCall.invertTriangle(target, size: rows, stride: stride)
            } else {
                done.wait(for: column, toReach: row - column)
                for place in 0..<Self.tileSize {
                    (target + place * stride).update(
                        from: factor.tile(row, column) + place * factor.stride, count: rows)
                }
                TileCall.multiplyRight(
                    target, byLower: tile(column, column), scale: -1, rows: rows, columns: Self.tileSize,
                    stride: stride)
                for inner in column + 1..<max(row, column + 1) {
                    TileCall.multiply(
                        factor.tile(row, inner), .plain, tile(inner, column), .plain, rows: rows,
                        columns: Self.tileSize, inner: Self.tileSize, scale: -1, adding: true, into: target,
                        stride: stride)
                }
                DenseKernel.solveLower(
                    factor.tile(row, row), size: rows, leadingDimension: factor.stride, transposed: false,
                    rightHandSides: target, count: Self.tileSize, stride: stride)
            }
        }
    }

    /// *W'W* in place: rows of *W* one after the other add *W_ki'W_kj* to the rows of tiles above, then become *W_kk'W_kj*.
    private func multiplyTransposedBySelf(tiles: Int, limit: Int, threads: Int, _ stop: StopRequest?) {
        // For each row of tiles how many steps it has taken, its own first; and for each step how many rows have.
        let done = TaskProgress(2 * tiles)
        let count = tiles * (tiles + 1) / 2
        ParallelLoop.forEach(count, threads: threads) { index in
            // A step's own row is left until the others have begun the next step, so that nobody waits for it.
            let (next, place) = index + 1 < count ? Self.rowwisePlace(index + 1) : (tiles, tiles - 1)
            let isOwn = place == next - 1
            let step = isOwn ? next - 1 : next
            let row = isOwn ? step : place == next ? next - 1 : next - 2 - place
            defer {
                if row < step { done.advance(tiles + step) }
                done.advance(row)
            }
            if let stop, stop.isRequested { return }
            if row < step {
                done.wait(for: row, toReach: step - row)
                let inner = length(step, limit: limit)
                if row > 0 {
                    TileCall.multiply(
                        tile(step, row), .transposed, tile(step, 0), .plain, rows: Self.tileSize, columns: start(row),
                        inner: inner, scale: 1, adding: true, into: tile(row, 0), stride: stride)
                }
                TileCall.addSquareOfTransposed(
                    tile(step, row), rows: Self.tileSize, inner: inner, to: tile(row, row), stride: stride)
            } else {
                done.wait(for: tiles + step, toReach: step)
                TileCall.multiplyByOwnTransposed(
                    tile(step, 0), rows: length(step, limit: limit), columns: start(step), stride: stride)
            }
        }
    }
}
