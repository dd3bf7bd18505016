// Whether cross-products that were read from a file can be used without another look: sizes, ranges and nesting.

internal import MixedLinearAlgebra

extension CrossProducts {
    /// What is wrong with the sizes or indices of the parts, as a sentence without a full stop; `nil` for cross-products
    /// of which every block can be reached.
    ///
    /// - Complexity: Linear in the number of levels and pairs.
    package var inconsistency: String? {
        let columns = fixedColumnCount
        guard rowCount >= 1 else { return "there are no rows" }
        guard transform.isConsistent else { return "the transform of the columns has the wrong size" }
        guard fixed.hasShape(columns + 1, columns + 1), originalSquaredNorms.count == columns,
            moments.fixedSums.count == columns, moments.fixed.hasShape(columns, columns)
        else { return "a matrix of the fixed effects has the wrong size" }
        guard moments.random.count == factors.count,
            zip(moments.random, factors).allSatisfy({ $0.hasShape($1.columnCount, $1.columnCount) })
        else { return "a matrix of the random effects has the wrong size" }
        for factor in factors {
            guard factor.isConsistent(fixedWidth: columns + 1) else {
                return "the blocks of a factor have the wrong size"
            }
            var total = 0
            for count in factor.rowCounts {
                let (sum, overflow) = total.addingReportingOverflow(count)
                guard !overflow, count >= 1 else { return "a level has no rows" }
                total = sum
            }
            guard total == rowCount else { return "the levels of a factor do not add up to all rows" }
        }
        return pairInconsistency ?? nestingInconsistency
    }

    private var pairInconsistency: String? {
        guard pairs.count == factors.count * (factors.count - 1) / 2 else { return "a pair of factors is missing" }
        var seen: Set<[Int]> = []
        for pair in pairs {
            guard factors.indices.contains(pair.first), factors.indices.contains(pair.second),
                pair.first < pair.second, seen.insert([pair.first, pair.second]).inserted
            else { return "a pair of factors is missing" }
            guard pair.isConsistent(factors[pair.first], factors[pair.second]) else {
                return "the levels of two factors do not pair up"
            }
        }
        return nil
    }

    /// A factor that is nested in a second one, which is nested in a third, must be nested in the third, level by level.
    private var nestingInconsistency: String? {
        for fine in factors.indices {
            let coarser = factors.indices.filter { $0 != fine && isNested(fine, in: $0) }
            for middle in coarser {
                let parents = orientedPair(fine, middle).columns
                for coarse in factors.indices where coarse != fine && coarse != middle && isNested(middle, in: coarse) {
                    guard coarser.contains(coarse) else { return "the nesting of its factors contradicts itself" }
                    let grandparents = orientedPair(middle, coarse).columns
                    let own = orientedPair(fine, coarse).columns
                    guard zip(parents, own).allSatisfy({ grandparents[Int($0)] == $1 }) else {
                        return "the nesting of its factors contradicts itself"
                    }
                }
            }
        }
        return nil
    }
}

extension FactorCrossProducts {
    fileprivate func isConsistent(fixedWidth: Int) -> Bool {
        columnCount >= 1 && levelCount >= 1 && columnScales.count == columnCount
            && columnScales.allSatisfy { $0 > 0 && $0.isFinite }
            && diagonalBlocks.count == levelCount * columnCount * columnCount
            && fixedBlocks.count == levelCount * columnCount * fixedWidth
            && (fixedMoments.map { $0.count == levelCount * PackedTriangle.count(fixedWidth) } ?? true)
    }
}

extension PairCrossProducts {
    /// Whether the rows are compressed as they should be, and every level of either factor occurs with one of the other.
    fileprivate func isConsistent(_ first: FactorCrossProducts, _ second: FactorCrossProducts) -> Bool {
        guard rowStarts.count == first.levelCount + 1, rowStarts[0] == 0, rowStarts[first.levelCount] == pairCount,
            blocks.count == pairCount * first.columnCount * second.columnCount
        else { return false }
        var occurs = [Bool](repeating: false, count: second.levelCount)
        for level in 0..<first.levelCount {
            let range = (rowStarts[level], rowStarts[level + 1])
            guard range.0 < range.1, range.1 <= pairCount else { return false }
            var previous: Int32 = -1
            for position in range.0..<range.1 {
                let column = columns[position]
                guard column > previous, Int(column) < second.levelCount else { return false }
                occurs[Int(column)] = true
                previous = column
            }
        }
        return occurs.allSatisfy { $0 }
    }
}

extension FixedColumnTransform {
    fileprivate var isConsistent: Bool {
        scales.count == columnCount && scales.allSatisfy { $0 > 0 && $0.isFinite } && responseScale > 0
            && responseScale.isFinite && (rotation?.hasShape(columnCount, columnCount) ?? true)
            && (constantCombination.map { $0.count == columnCount } ?? true)
    }
}

extension Matrix {
    fileprivate func hasShape(_ rows: Int, _ columns: Int) -> Bool {
        rowCount == rows && columnCount == columns && storage.count == rows * columns
    }
}
