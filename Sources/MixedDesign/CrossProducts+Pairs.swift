// Looking at a pair of grouping factors from either side.

extension CrossProducts {
    /// The pairs of two different factors, ordered by the levels of the first one named.
    ///
    /// - Complexity: O(1) when stored in that order, otherwise linear in the number of pairs.
    package func orientedPair(_ first: Int, _ second: Int) -> PairCrossProducts {
        if let stored = pairs.first(where: { $0.first == first && $0.second == second }) { return stored }
        guard let stored = pairs.first(where: { $0.first == second && $0.second == first }) else {
            return PairCrossProducts(
                first: first, second: second,
                rowStarts: [Int](repeating: 0, count: factors[first].levelCount + 1), columns: [], blocks: [])
        }
        return stored.transposed(
            firstColumnCount: factors[second].columnCount, secondColumnCount: factors[first].columnCount,
            secondLevelCount: factors[first].levelCount)
    }

    /// Whether every level of one factor occurs with a single level of the other.
    package func isNested(_ fine: Int, in coarse: Int) -> Bool {
        let stored = pairs.first {
            ($0.first == fine && $0.second == coarse) || ($0.first == coarse && $0.second == fine)
        }
        return stored?.pairCount == factors[fine].levelCount
    }
}

extension PairCrossProducts {
    /// The same pairs by the levels of the second factor, each block transposed.
    func transposed(
        firstColumnCount: Int, secondColumnCount: Int, secondLevelCount: Int
    ) -> PairCrossProducts {
        let size = firstColumnCount * secondColumnCount
        var starts = [Int](repeating: 0, count: secondLevelCount + 1)
        for column in columns { starts[Int(column) + 1] += 1 }
        for level in 0..<secondLevelCount { starts[level + 1] += starts[level] }
        var next = starts
        var newColumns = [Int32](repeating: 0, count: columns.count)
        var newBlocks = [Double](repeating: 0, count: blocks.count)
        for level in 0..<rowStarts.count - 1 {
            for position in rowStarts[level]..<rowStarts[level + 1] {
                let target = next[Int(columns[position])]
                next[Int(columns[position])] += 1
                newColumns[target] = Int32(level)
                for right in 0..<secondColumnCount {
                    for left in 0..<firstColumnCount {
                        newBlocks[target * size + right + left * secondColumnCount] =
                            blocks[position * size + left + right * firstColumnCount]
                    }
                }
            }
        }
        return PairCrossProducts(
            first: second, second: first, rowStarts: starts, columns: newColumns, blocks: newBlocks)
    }
}
