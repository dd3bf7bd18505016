// Products of blocks of a tiled matrix with dense panels of as many rows.

/// Square blocks, some of which make a tile, and column-major panels of as many rows.
///
/// Where elements of a matrix are visited in no order, a block of this size stays in the cache while a tile would not.
package enum TilePanel {
    /// Rows and columns of a block.
    package static let blockSize = TiledMatrix.tileSize / 2

    /// *C += A B'* for a block of a matrix of several tiles, and two panels of `depth` columns.
    package static func addProduct(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, depth: Int,
        to block: UnsafeMutablePointer<Double>
    ) {
        TileCall.multiply(
            left, .plain, right, .transposed, rows: blockSize, columns: blockSize, inner: depth, scale: 1, adding: true,
            into: block, stride: blockSize, resultStride: TiledMatrix.tileSize)
    }

    /// *C = G B* for a block of a matrix of several tiles, and a panel of `depth` columns.
    package static func multiply(
        _ block: UnsafePointer<Double>, _ panel: UnsafePointer<Double>, depth: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        TileCall.multiply(
            block, .plain, panel, .plain, rows: blockSize, columns: depth, inner: blockSize, scale: 1, adding: false,
            into: result, stride: blockSize, leftStride: TiledMatrix.tileSize)
    }
}
