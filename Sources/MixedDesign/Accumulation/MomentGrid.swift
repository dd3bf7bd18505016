// Squares and products of the rows of a level, laid out so that two numbers are added at a time.

/// The lower triangle of *X'X* of one level in blocks of two by two, column pair by column pair.
///
/// A pair of columns has all rows from its own on, two for each pair of rows: the upper corner of each block on the diagonal
/// is there twice. That is a sixth more than a packed triangle for eight columns, and no more than half the work.
enum MomentGrid {
    /// How many numbers a grid of an even width has.
    static func count(_ width: Int) -> Int { width * (width + 2) / 2 }

    /// Adds *x x'* for one row.
    @inline(__always)
    static func add(_ row: UnsafePointer<Double>, width: Int, to grid: UnsafeMutablePointer<Double>) {
        var target = grid
        var column = 0
        while column < width {
            let first = SIMD2(repeating: row[column])
            let second = SIMD2(repeating: row[column &+ 1])
            var other = column
            while other < width {
                let values = ColumnKernel.pair(row + other)
                ColumnKernel.add(first * values, to: target)
                ColumnKernel.add(second * values, to: target + 2)
                target += 4
                other &+= 2
            }
            column &+= 2
        }
    }

    /// Adds the sums of the first `size` columns to a packed lower triangle.
    static func addTriangle(
        of grid: UnsafePointer<Double>, _ width: Int, size: Int, to triangle: UnsafeMutablePointer<Double>
    ) {
        var target = triangle
        var start = grid
        for column in 0..<size {
            // The two columns of a pair lie interleaved by pairs of rows.
            let own = start + column % 2 * 2
            for row in column..<size {
                let offset = row - column / 2 * 2
                target[row - column] += own[offset / 2 * 4 + offset % 2]
            }
            target += size - column
            if column % 2 == 1 { start += 2 * (width - column + 1) }
        }
    }
}
