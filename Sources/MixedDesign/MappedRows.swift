// All rows of a design as they entered the cross-products, so that any of them can be taken out again.

internal import MixedLinearAlgebra

/// The mapped and weighted rows of a design in memory.
package struct MappedRows: Sendable {
    /// Fixed-effects columns and the response, row after row.
    package let fixed: [Double]
    /// For each grouping factor its random-effects columns, row after row.
    package let random: [[Double]]
    /// For each grouping factor the level of each row.
    package let codes: [[Int32]]

    /// One pass over the rows of a design.
    package init(_ products: CrossProducts, rows design: some DesignRows) {
        var fixed: [Double] = []
        fixed.reserveCapacity(design.rowCount * (products.fixedColumnCount + 1))
        var random = products.factors.map { factor in
            [Double](repeating: 0, count: design.rowCount * factor.columnCount)
        }
        products.forEachBatch(of: design, includingRandomEffects: true) { batch in
            fixed.append(contentsOf: batch.fixed)
            for factor in random.indices {
                let columns = products.factors[factor].columnCount
                let count = batch.rows.count
                for row in 0..<count {
                    for column in 0..<columns {
                        random[factor][(batch.rows.lowerBound + row) * columns + column] =
                            batch.random[factor][row + column * count]
                    }
                }
            }
        }
        self.fixed = fixed
        self.random = random
        codes = products.factors.indices.map { design.codes(factor: $0) }
    }
}

extension CrossProducts {
    /// The cross-products without some rows. The sums without weights stay as they are.
    ///
    /// A level without rows stays, with blocks of zeros: it adds nothing to any criterion or estimate.
    /// - Complexity: Linear in the size of the cross-products, and the rows times the logarithm of a level's pairs.
    package func removing(rows removed: [Int], of rows: MappedRows) -> CrossProducts {
        let width = fixedColumnCount + 1
        var triangle = [Double](repeating: 0, count: PackedTriangle.count(width))
        for row in removed {
            let values = rows.fixed[row * width..<(row + 1) * width]
            for column in 0..<width {
                for other in column..<width {
                    triangle[PackedTriangle.place(other, column, width: width)] +=
                        values[row * width + other] * values[row * width + column]
                }
            }
        }
        var fixed = fixed
        for column in 0..<width {
            for row in column..<width {
                fixed[row, column] -= triangle[PackedTriangle.place(row, column, width: width)]
                fixed[column, row] = fixed[row, column]
            }
        }
        let reduced = factors.indices.map { removing(removed, of: rows, factor: $0) }
        let reducedPairs = pairs.map { removing(removed, of: rows, pair: $0, factors: reduced) }
        return CrossProducts(
            rowCount: rowCount - removed.count, sumOfLogWeights: sumOfLogWeights, transform: transform, fixed: fixed,
            originalSquaredNorms: originalSquaredNorms, moments: moments, factors: reduced, pairs: reducedPairs)
    }

    private func removing(_ removed: [Int], of rows: MappedRows, factor index: Int) -> FactorCrossProducts {
        let factor = factors[index]
        let k = factor.columnCount
        let width = fixedColumnCount + 1
        var counts = factor.rowCounts
        var diagonal = factor.diagonalBlocks
        var cross = factor.fixedBlocks
        for row in removed {
            let level = Int(rows.codes[index][row])
            counts[level] -= 1
            let isEmpty = counts[level] == 0
            for column in 0..<k {
                let value = rows.random[index][row * k + column]
                for other in 0..<k {
                    let place = level * k * k + other + column * k
                    diagonal[place] = isEmpty ? 0 : diagonal[place] - value * rows.random[index][row * k + other]
                }
                for term in 0..<width {
                    let place = level * k * width + column + term * k
                    cross[place] = isEmpty ? 0 : cross[place] - value * rows.fixed[row * width + term]
                }
            }
        }
        return FactorCrossProducts(
            columnCount: k, rowCounts: counts, columnScales: factor.columnScales, diagonalBlocks: diagonal,
            fixedBlocks: cross)
    }

    private func removing(
        _ removed: [Int], of rows: MappedRows, pair: PairCrossProducts, factors: [FactorCrossProducts]
    ) -> PairCrossProducts {
        let left = factors[pair.first].columnCount
        let right = factors[pair.second].columnCount
        var blocks = pair.blocks
        for row in removed {
            let first = Int(rows.codes[pair.first][row])
            let second = rows.codes[pair.second][row]
            guard let position = pair.position(first, second) else { continue }
            let isEmpty =
                factors[pair.first].rowCounts[first] == 0 || factors[pair.second].rowCounts[Int(second)] == 0
            for column in 0..<right {
                let value = rows.random[pair.second][row * right + column]
                for element in 0..<left {
                    let place = position * left * right + element + column * left
                    blocks[place] =
                        isEmpty ? 0 : blocks[place] - rows.random[pair.first][row * left + element] * value
                }
            }
        }
        return PairCrossProducts(
            first: pair.first, second: pair.second, rowStarts: pair.rowStarts, columns: pair.columns, blocks: blocks)
    }
}

extension PairCrossProducts {
    /// Where the block of two levels stands; `nil` where they do not occur together.
    fileprivate func position(_ first: Int, _ second: Int32) -> Int? {
        var low = rowStarts[first]
        var high = rowStarts[first + 1]
        while low < high {
            let middle = (low + high) / 2
            if columns[middle] < second { low = middle + 1 } else { high = middle }
        }
        return low < rowStarts[first + 1] && columns[low] == second ? low : nil
    }
}
