// The diagonal blocks of the inverse of the chain's equations.

internal import MixedLinearAlgebra

extension ChainElimination {
    /// For each chain factor the sum over its levels of the diagonal blocks of *I − M_cc⁻¹*.
    ///
    /// - Complexity: Linear in the number of levels.
    func complementSums() -> [Matrix] {
        var sums = layout.chain.map { Matrix(rows: $0.width, columns: $0.width) }
        // For each level the inverse over itself and its ancestors.
        var inverses: [[Double]] = layout.chain.map { _ in [] }
        for position in layout.chain.indices.reversed() {
            let factor = layout.chain[position]
            let k = factor.width
            let outer = factor.ancestorWidths.reduce(0, +)
            let full = k + outer
            let isNeeded = position > 0
            if isNeeded { inverses[position] = [Double](repeating: 0, count: factor.levelCount * full * full) }
            var scaled = [Double](repeating: 0, count: k * outer)
            var product = scaled
            for level in 0..<factor.levelCount {
                let inverse = inversePivots[position].pointer + level * k * k
                let excess = excess[position].pointer + level * k * k
                for column in 0..<k {
                    for row in 0..<k {
                        var sum = 0.0
                        for inner in 0..<k { sum += inverse[row + inner * k] * excess[inner + column * k] }
                        sums[position][row, column] += sum
                    }
                }
                if outer > 0 {
                    scaledRows(level, at: position, into: &scaled)
                    let parent = Int(factor.ancestors[0].pointer[level])
                    let known = inverses[position + 1]
                    let start = parent * outer * outer
                    for column in 0..<outer {
                        for row in 0..<k {
                            var sum = 0.0
                            for inner in 0..<outer {
                                sum += scaled[row + inner * k] * known[start + inner + column * outer]
                            }
                            product[row + column * k] = sum
                        }
                    }
                    for column in 0..<k {
                        for row in 0..<k {
                            var sum = 0.0
                            for inner in 0..<outer { sum += product[row + inner * k] * scaled[column + inner * k] }
                            sums[position][row, column] -= sum
                        }
                    }
                }
                guard isNeeded else { continue }
                let start = level * full * full
                for column in 0..<full {
                    for row in 0..<full {
                        var value: Double
                        if row < k, column < k {
                            value = inverse[row + column * k]
                            for inner in 0..<outer { value += product[row + inner * k] * scaled[column + inner * k] }
                        } else if row < k {
                            value = -product[row + (column - k) * k]
                        } else if column < k {
                            value = -product[column + (row - k) * k]
                        } else {
                            let parent = Int(factor.ancestors[0].pointer[level])
                            value = inverses[position + 1][parent * outer * outer + row - k + (column - k) * outer]
                        }
                        inverses[position][start + row + column * full] = value
                    }
                }
            }
        }
        return sums
    }

    /// *Kλ* of a level towards its ancestors, in the units of their *u*.
    private func scaledRows(_ level: Int, at position: Int, into result: inout [Double]) {
        let factor = layout.chain[position]
        let k = factor.width
        var offset = 0
        for (index, width) in factor.ancestorWidths.enumerated() {
            let block = rows[position][index].pointer + level * k * width
            let relative = relative[position + 1 + index].pointer
            for column in 0..<width {
                for row in 0..<k {
                    var sum = 0.0
                    for inner in 0..<width { sum += block[row + inner * k] * relative[inner + column * width] }
                    result[row + (offset + column) * k] = sum
                }
            }
            offset += width
        }
    }
}
