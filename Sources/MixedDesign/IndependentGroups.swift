// Groups of rows that share no random effect: what can be taken out, or stood up for, one group at a time.

package import MixedLinearAlgebra

/// A partition of the rows of a design in which every level of every grouping factor lies in one group.
///
/// Given the covariance parameters the groups are then independent of one another.
package struct IndependentGroups: Sendable {
    /// Rows of each group.
    package let rowCounts: [Int]
    /// For each grouping factor of the design the group that each of its levels lies in.
    package let groupOfLevel: [[Int32]]
    /// For each group the packed lower triangle of *[X̃ ỹ]'W[X̃ ỹ]* over its rows.
    package let moments: [Double]

    /// How many groups there are.
    package var count: Int { rowCounts.count }

    /// Why rows cannot be grouped.
    package enum Obstacle: Error, Hashable, Sendable {
        /// A level of this grouping factor occurs in several groups.
        case crossed(factor: Int)
        /// The cross-products do not hold the groups' moments.
        case needsRows
    }

    /// The groups that the levels of a grouping factor make.
    ///
    /// - Throws: `crossed` where another factor is not nested in it, `needsRows` where it has too many levels.
    package init(_ products: CrossProducts, levelsOf factor: Int) throws(Obstacle) {
        var parents: [[Int32]] = []
        for other in products.factors.indices {
            if other == factor {
                parents.append((0..<Int32(clamping: products.factors[factor].levelCount)).map { $0 })
                continue
            }
            guard products.isNested(other, in: factor) else { throw .crossed(factor: other) }
            parents.append(products.orientedPair(other, factor).columns)
        }
        guard let moments = products.factors[factor].fixedMoments else { throw .needsRows }
        rowCounts = products.factors[factor].rowCounts
        groupOfLevel = parents
        self.moments = moments
    }

    /// The groups that codes make of the rows of a design: one pass over them.
    ///
    /// - Parameter codes: For each row the index of its group, below `count`.
    /// - Throws: `crossed` where a level occurs in two groups.
    package init(
        _ products: CrossProducts, rows design: some DesignRows, codes: [Int32], count: Int
    ) throws(Obstacle) {
        var parents: [[Int32]] = []
        for factor in products.factors.indices {
            var groups = [Int32](repeating: -1, count: products.factors[factor].levelCount)
            for (level, code) in zip(design.codes(factor: factor), codes) where level >= 0 {
                let known = groups[Int(level)]
                guard known < 0 || known == code else { throw .crossed(factor: factor) }
                groups[Int(level)] = code
            }
            parents.append(groups)
        }
        var rowCounts = [Int](repeating: 0, count: count)
        for code in codes { rowCounts[Int(code)] += 1 }
        let width = products.fixedColumnCount + 1
        var moments = [Double](repeating: 0, count: count * PackedTriangle.count(width))
        products.forEachBatch(of: design, includingRandomEffects: false) { batch in
            batch.fixed.withUnsafeBufferPointer { fixed in
                codes.withUnsafeBufferPointer { codes in
                    moments.withUnsafeMutableBufferPointer { moments in
                        guard let rows = fixed.baseAddress, let target = moments.baseAddress else { return }
                        PackedTriangle.addRows(
                            rows, count: batch.rows.count, width: width, codes: codes, from: batch.rows.lowerBound,
                            into: target)
                    }
                }
            }
        }
        self.rowCounts = rowCounts
        groupOfLevel = parents
        self.moments = moments
    }
}

extension CrossProducts {
    /// *[X̃ ỹ]'W[X̃ ỹ]* without the rows of one group.
    package func fixedProducts(without group: Int, of groups: IndependentGroups) -> Matrix {
        let width = fixedColumnCount + 1
        var fixed = fixed
        let start = group * PackedTriangle.count(width)
        for column in 0..<width {
            for row in column..<width {
                fixed[row, column] -= groups.moments[start + PackedTriangle.place(row, column, width: width)]
                fixed[column, row] = fixed[row, column]
            }
        }
        return fixed
    }

    /// The cross-products without the rows of one group.
    ///
    /// The group's levels stay, with blocks of zeros: they add nothing to any criterion or estimate. The sums without weights
    /// stay as they are.
    /// - Complexity: Linear in the size of the cross-products.
    package func removing(group: Int, of groups: IndependentGroups) -> CrossProducts {
        let code = Int32(clamping: group)
        let reduced = factors.enumerated().map { index, factor in
            factor.clearing(
                levels: groups.groupOfLevel[index].indices.filter { groups.groupOfLevel[index][$0] == code })
        }
        let reducedPairs = pairs.map { pair in
            let parents = groups.groupOfLevel[pair.first]
            return pair.clearing(rows: parents.indices.filter { parents[$0] == code })
        }
        return CrossProducts(
            rowCount: rowCount - groups.rowCounts[group], sumOfLogWeights: sumOfLogWeights, transform: transform,
            fixed: fixedProducts(without: group, of: groups), originalSquaredNorms: originalSquaredNorms,
            moments: moments, factors: reduced,
            pairs: reducedPairs)
    }
}

extension FactorCrossProducts {
    /// The blocks with those of some levels set to zero.
    fileprivate func clearing(levels: [Int]) -> FactorCrossProducts {
        var rowCounts = rowCounts
        var diagonal = diagonalBlocks
        var cross = fixedBlocks
        let size = columnCount * columnCount
        let width = levelCount > 0 ? fixedBlocks.count / levelCount : 0
        for level in levels {
            rowCounts[level] = 0
            for index in level * size..<(level + 1) * size { diagonal[index] = 0 }
            for index in level * width..<(level + 1) * width { cross[index] = 0 }
        }
        return FactorCrossProducts(
            columnCount: columnCount, rowCounts: rowCounts, columnScales: columnScales, diagonalBlocks: diagonal,
            fixedBlocks: cross)
    }
}

extension PairCrossProducts {
    /// The blocks with those of some levels of the first factor set to zero.
    fileprivate func clearing(rows: [Int]) -> PairCrossProducts {
        var blocks = blocks
        let size = pairCount > 0 ? blocks.count / pairCount : 0
        for row in rows {
            for index in rowStarts[row] * size..<rowStarts[row + 1] * size { blocks[index] = 0 }
        }
        return PairCrossProducts(first: first, second: second, rowStarts: rowStarts, columns: columns, blocks: blocks)
    }
}
