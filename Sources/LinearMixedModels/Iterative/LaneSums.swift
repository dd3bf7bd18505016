// Sums of products of right-hand sides, the same for any number of threads.

internal import MixedLinearAlgebra

/// Sums of lanes over long loops, in pieces that do not depend on the number of threads.
enum LaneSums {
    private static let pieceCount = 8

    /// Runs `body` over pieces of `0..<count`, each with sums of its own, and adds these up in their order.
    static func over(
        _ count: Int, width: Int, threads: Int, _ body: (Range<Int>, UnsafeMutablePointer<Lanes>) -> Void
    ) -> [Lanes] {
        let pieces = count >= 4096 ? pieceCount : 1
        let sums = RightHandSides(rows: pieces, groups: width)
        ParallelLoop.forEach(pieces, threads: threads) { piece in
            body(count * piece / pieces..<count * (piece + 1) / pieces, sums.pointer + piece * width)
        }
        return (0..<width).map { lane in
            (0..<pieces).reduce(Lanes()) { $0 + sums.pointer[$1 * width + lane] }
        }
    }
}

extension LaneSums {
    /// *A'B* of the first columns of two blocks of vectors, of either's own number.
    ///
    /// - Parameters:
    ///   - first: The first row of either that is used.
    ///   - step: How far the next one is.
    ///   - places: How many are used; all when `nil`.
    static func crossProduct(
        _ left: RightHandSides, _ rows: Int, _ right: RightHandSides, _ columns: Int,
        first: (left: Int, right: Int) = (0, 0), step: Int = 1, places: Int? = nil, threads: Int
    ) -> Matrix {
        let used = RightHandSides.groups(for: columns)
        guard rows > 0 else { return Matrix(rows: 0, columns: columns) }
        let sums = over(places ?? left.rowCount, width: rows * used, threads: threads) { range, sums in
            for place in range {
                let own = left.pointer + (first.left + place * step) * left.groups
                let other = right.pointer + (first.right + place * step) * right.groups
                for column in 0..<rows {
                    let factor = own[column / Lanes.scalarCount][column % Lanes.scalarCount]
                    for group in 0..<used { sums[column * used + group] += factor * other[group] }
                }
            }
        }
        var result = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            for column in 0..<columns {
                result[row, column] = sums[row * used + column / Lanes.scalarCount][column % Lanes.scalarCount]
            }
        }
        return result
    }
}
