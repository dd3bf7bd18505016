// The lower triangle of a small symmetric matrix, packed column by column: how the moments of many groups are kept.

package import MixedLinearAlgebra

/// Sums of squares and products of the columns of rows, one packed lower triangle for each group of rows.
package enum PackedTriangle {
    /// How many numbers the lower triangle of a matrix of this size has.
    package static func count(_ size: Int) -> Int { size * (size + 1) / 2 }

    /// Adds *x x'* of each row to the triangle of its group.
    ///
    /// The rows are taken in their order, so that the sums do not depend on anything else.
    /// - Parameters:
    ///   - rows: `count` rows of `width` numbers, row after row.
    ///   - start: Where the rows' groups begin in `codes`; rows with a negative code belong to no group.
    /// - Complexity: *width²/2* a row.
    package static func addRows(
        _ rows: UnsafePointer<Double>, count: Int, width: Int, codes: UnsafeBufferPointer<Int32>, from start: Int,
        into triangles: UnsafeMutablePointer<Double>
    ) {
        let size = Self.count(width)
        for index in 0..<count {
            let code = Int(codes[start + index])
            if code < 0 { continue }
            let row = rows + index * width
            var target = triangles + code * size
            for column in 0..<width {
                let value = row[column]
                for other in column..<width { target[other - column] += value * row[other] }
                target += width - column
            }
        }
    }

    /// The full symmetric matrix of some rows and columns of one group's triangle.
    package static func matrix(_ triangles: [Double], group: Int, width: Int, columns: [Int]) -> Matrix {
        let start = group * count(width)
        var result = Matrix(rows: columns.count, columns: columns.count)
        for (column, first) in columns.enumerated() {
            for (row, second) in columns.enumerated() {
                result[row, column] = triangles[start + place(max(first, second), min(first, second), width: width)]
            }
        }
        return result
    }

    /// Where an element on or below the diagonal stands in its triangle.
    @inline(__always)
    package static func place(_ row: Int, _ column: Int, width: Int) -> Int {
        column * width - column * (column - 1) / 2 + row - column
    }
}
