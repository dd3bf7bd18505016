// A large symmetric or triangular matrix that is held once, in square tiles which fit a cache.
//
// The tiles of the lower triangle follow each other row of tiles by row of tiles, each tile column-major. A row of
// tiles therefore is one column-major panel as well, and one call of the BLAS can run along it.

/// The lower triangle of a square matrix in tiles.
///
/// - **Shape:** `size` × `size`; matrices of up to one tile are stored as ordinary column-major matrices.
/// - **Complexity:** about *n²/2* numbers.
package final class TiledMatrix: Sendable {
    /// Rows and columns of a tile: products of two run at nine tenths of the BLAS's full speed, and a border of a thousand
    /// columns still has work for several threads.
    package static let tileSize = 1 << tileShift
    package static let tileShift = 8

    package let size: Int
    /// The distance between the columns of a tile, and of a row of tiles.
    package let stride: Int
    /// Rows of tiles.
    package let tileCount: Int
    package let storage: Storage<Double>

    /// A matrix of zeros.
    package init(size: Int) {
        _ = Self.usesOneThreadOfBLAS
        self.size = size
        stride = max(1, min(size, Self.tileSize))
        tileCount = (size + Self.tileSize - 1) >> Self.tileShift
        storage = Storage(zeros: Self.elementCount(size: size))
    }

    /// How many numbers a matrix holds.
    package static func elementCount(size: Int) -> Int {
        let tiles = (size + tileSize - 1) >> tileShift
        return tiles <= 1 ? size * size : tiles * (tiles + 1) / 2 * tileSize * tileSize
    }

    /// The first row, and column, of a tile.
    package func start(_ tile: Int) -> Int { tile << Self.tileShift }

    /// The rows of a tile, where only the first `limit` rows of the matrix are used.
    package func length(_ tile: Int, limit: Int) -> Int { min(Self.tileSize, limit - start(tile)) }

    /// The element where a tile begins, `column` not above `row`; one where a row of tiles begins for column zero.
    package func tile(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Double> {
        storage.pointer + ((row * (row + 1) / 2 + column) << (2 * Self.tileShift))
    }

    /// What an element's place is in column zero: in column *c* it is *c* × `stride` further on.
    @inlinable @inline(__always)
    package static func rowBase(_ row: Int) -> Int {
        let tile = row >> tileShift
        return ((tile * (tile + 1) / 2) << (2 * tileShift)) + (row & (tileSize - 1))
    }

    /// The place of an element of the lower triangle, `column` not above `row`.
    @inlinable @inline(__always)
    package func place(_ row: Int, _ column: Int) -> Int { Self.rowBase(row) + column * stride }

    /// An element of the lower triangle, `column` not above `row`.
    @inlinable @inline(__always)
    package func lower(_ row: Int, _ column: Int) -> Double { storage.pointer[place(row, column)] }

    /// An element of a symmetric matrix.
    @inlinable @inline(__always)
    package func element(_ row: Int, _ column: Int) -> Double {
        row >= column ? lower(row, column) : lower(column, row)
    }

    /// Sets all elements to zero.
    package func clear() { storage.clear() }

    /// Writes the upper triangle of the tiles on the diagonal, so that they are whole blocks of a symmetric matrix.
    package func mirrorDiagonalTiles() {
        for index in 0..<tileCount {
            let tile = tile(index, index)
            let length = length(index, limit: size)
            // Small squares, so that rows and columns of both triangles stay in the cache.
            let block = 16
            for firstColumn in Swift.stride(from: 0, to: length, by: block) {
                for firstRow in Swift.stride(from: firstColumn, to: length, by: block) {
                    for column in firstColumn..<min(firstColumn + block, length) {
                        for row in max(firstRow, column + 1)..<max(min(firstRow + block, length), column + 1) {
                            tile[column + row * stride] = tile[row + column * stride]
                        }
                    }
                }
            }
        }
    }

    /// Writes a column of a symmetric matrix, from its first row to its last.
    package func copyColumn(_ column: Int, into target: UnsafeMutablePointer<Double>) {
        // Left of the diagonal the column is a row, along which elements are a column of tiles apart.
        let row = storage.pointer + Self.rowBase(column)
        for index in 0..<column { target[index] = row[index * stride] }
        var index = column
        while index < size {
            let end = min(size, start((index >> Self.tileShift) + 1))
            let source = storage.pointer + place(index, column)
            (target + index).update(from: source, count: end - index)
            index = end
        }
    }
}
