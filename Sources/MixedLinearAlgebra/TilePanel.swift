// Products of tiles with dense panels of as many rows.

/// Products with column-major panels of `TiledMatrix.tileSize` rows.
package enum TilePanel {
    /// *C += A B'* for a tile and two panels of `depth` columns.
    package static func addProduct(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, depth: Int, to tile: UnsafeMutablePointer<Double>
    ) {
        let size = TiledMatrix.tileSize
        TileCall.multiply(
            left, .plain, right, .transposed, rows: size, columns: size, inner: depth, scale: 1, adding: true,
            into: tile, stride: size)
    }

    /// *C = G B* for a tile and a panel of `depth` columns.
    package static func multiply(
        _ tile: UnsafePointer<Double>, _ panel: UnsafePointer<Double>, depth: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        let size = TiledMatrix.tileSize
        TileCall.multiply(
            tile, .plain, panel, .plain, rows: size, columns: depth, inner: size, scale: 1, adding: false,
            into: result, stride: size)
    }
}
