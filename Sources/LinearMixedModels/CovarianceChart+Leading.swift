// Charts in which chosen rows of one term come first, so that their standard deviation or correlation can be held.

internal import MixedLinearAlgebra

extension CovarianceChart {
    /// Rows of one term that stand first in its chart, in this order.
    struct Leading {
        let term: Int
        let rows: [Int]
    }

    /// *P A = L Q* with some rows first and the others in the order of their remaining size.
    static func factored(_ matrix: Matrix, leading: [Int]) -> (pivots: [Int], lower: Matrix) {
        let size = matrix.rowCount
        let others = (0..<size).filter { !leading.contains($0) }
        let order = leading + others
        let columns = Array(0..<size)
        let whole = PivotedLQ(matrix.selecting(rows: order, columns: columns), pivoting: false).lower
        let rest = Array(leading.count..<size)
        let trailing = PivotedLQ(whole.selecting(rows: rest, columns: rest))
        var lower = Matrix(rows: size, columns: size)
        for row in leading.indices {
            for column in 0...row { lower[row, column] = whole[row, column] }
        }
        for (index, pivot) in trailing.pivots.enumerated() {
            let row = leading.count + index
            for column in leading.indices { lower[row, column] = whole[leading.count + pivot, column] }
            for column in 0...index { lower[row, leading.count + column] = trailing.lower[index, column] }
        }
        return (leading + trailing.pivots.map { others[$0] }, lower)
    }
}
