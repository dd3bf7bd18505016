// Products of symmetric tiled matrices.

package import MixedProgress

extension TiledMatrix {
    /// *C = A B* for symmetric matrices of which the tiles on the diagonal have both triangles.
    ///
    /// - **Shape:** the result is `size` × `size`, column-major without padding.
    /// - Complexity: *n³* multiplications.
    /// - Parameter stop: Once it asks for the end, the result holds nothing of use.
    package func multiply(
        by other: TiledMatrix, into result: UnsafeMutablePointer<Double>, threads: Int, stop: StopRequest? = nil
    ) {
        ParallelLoop.forEach(tileCount * tileCount, threads: threads, stop: stop) { index in
            let (column, row) = index.quotientAndRemainder(dividingBy: tileCount)
            for inner in 0..<tileCount {
                TileCall.multiply(
                    row >= inner ? tile(row, inner) : tile(inner, row), row >= inner ? .plain : .transposed,
                    inner >= column ? other.tile(inner, column) : other.tile(column, inner),
                    inner >= column ? .plain : .transposed, rows: length(row, limit: size),
                    columns: length(column, limit: size), inner: length(inner, limit: size), scale: 1,
                    adding: inner > 0, into: result + start(row) + start(column) * size, stride: stride,
                    resultStride: size)
            }
        }
    }
}
