// Products of the tiles of a symmetric matrix with dense panels of as many rows.

extension TiledMatrix {
    /// *C += A B'* for a tile and two panels of `depth` columns, a tile's rows apart; `column` not above `row`.
    package func addProduct(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, depth: Int, toTile row: Int, _ column: Int
    ) {
        TileCall.multiply(
            left, .plain, right, .transposed, rows: length(row, limit: size), columns: length(column, limit: size),
            inner: depth, scale: 1, adding: true, into: tile(row, column), stride: Self.tileSize, resultStride: stride)
    }

    /// *C += G B* for a tile of a symmetric matrix, those on the diagonal with both triangles, and a panel of `depth`
    /// columns, a tile's rows apart.
    package func addProduct(
        ofTile row: Int, _ column: Int, with panel: UnsafePointer<Double>, depth: Int,
        to result: UnsafeMutablePointer<Double>
    ) {
        TileCall.multiply(
            row >= column ? tile(row, column) : tile(column, row), row >= column ? .plain : .transposed, panel, .plain,
            rows: length(row, limit: size), columns: depth, inner: length(column, limit: size), scale: 1, adding: true,
            into: result, stride: Self.tileSize, leftStride: stride)
    }

    /// Visits the runs of a column's elements, from the diagonal downwards, that lie one after the other: their rows and
    /// where the first of them is.
    @inlinable @inline(__always)
    package func forEachRun(ofColumn column: Int, _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void) {
        var row = column
        while row < size {
            let end = min(size, ((row >> Self.tileShift) + 1) << Self.tileShift)
            body(row..<end, storage.pointer + place(row, column))
            row = end
        }
    }
}
