// The blocks of two grouping factors, added up over parts in which other pairs of levels occur.

/// The sum of two factors' blocks, without the pairs of levels that have lost all their rows.
struct PairSum {
    let pair: PairCrossProducts
    let counts: [Int32]

    /// Adds up the rows of the compressed storage one after the other.
    ///
    /// - Parameters:
    ///   - newPlaces: For each factor the place of each level of all parts among those that are left, or −1.
    ///   - factors: The sums of the factors.
    init(
        _ parts: [CrossProductsPart], first: Int, second: Int, newPlaces: [[Int]], factors: [FactorCrossProducts]
    ) throws(CrossProductsSum.Problem) {
        let width = factors[first].columnCount
        let size = width * factors[second].columnCount
        let sources = parts.map { Source($0, first: first, second: second, scales: factors) }
        let firstCount = newPlaces[first].count
        let ownLevel = parts.map { part in
            var own = [Int](repeating: -1, count: firstCount)
            for (level, target) in part.levels[first].enumerated() { own[target] = level }
            return own
        }
        var slot = [Int](repeating: -1, count: newPlaces[second].count)
        var touched: [Int] = []
        var rowCounts: [Int] = []
        var rowBlocks: [Double] = []
        var starts = [0]
        var columns: [Int32] = []
        var counts: [Int32] = []
        var blocks: [Double] = []
        for level in 0..<firstCount {
            touched.removeAll(keepingCapacity: true)
            rowCounts.removeAll(keepingCapacity: true)
            rowBlocks.removeAll(keepingCapacity: true)
            for (index, part) in parts.enumerated() {
                let own = ownLevel[index][level]
                if own < 0 { continue }
                let source = sources[index]
                for position in source.pair.rowStarts[own]..<source.pair.rowStarts[own + 1] {
                    let column = part.levels[second][Int(source.pair.columns[position])]
                    if slot[column] < 0 {
                        slot[column] = touched.count
                        touched.append(column)
                        rowCounts.append(0)
                        for _ in 0..<size { rowBlocks.append(0) }
                    }
                    let place = slot[column]
                    rowCounts[place] += part.sign * Int(source.counts[position])
                    for element in 0..<size {
                        rowBlocks[place * size + element] +=
                            source.factors[element] * source.pair.blocks[position * size + element]
                    }
                }
            }
            let order = touched.sorted()
            for column in order {
                let place = slot[column]
                guard rowCounts[place] >= 0 else {
                    throw .pair(first: first, firstLevel: level, second: second, secondLevel: column)
                }
                guard let count = Int32(exactly: rowCounts[place]) else { throw .tooManyRows }
                if count == 0 { continue }
                guard newPlaces[first][level] >= 0, newPlaces[second][column] >= 0 else { throw .total }
                columns.append(Int32(truncatingIfNeeded: newPlaces[second][column]))
                counts.append(count)
                blocks += rowBlocks[place * size..<(place + 1) * size]
            }
            for column in touched { slot[column] = -1 }
            if newPlaces[first][level] >= 0 { starts.append(columns.count) }
        }
        pair = PairCrossProducts(first: first, second: second, rowStarts: starts, columns: columns, blocks: blocks)
        self.counts = counts
    }

    /// A part's pairs, ordered by the levels of the first factor.
    private struct Source {
        let pair: PairCrossProducts
        let counts: [Int32]
        /// For each element of a block the sign and the change of scales.
        let factors: [Double]

        init(_ part: CrossProductsPart, first: Int, second: Int, scales: [FactorCrossProducts]) {
            let products = part.products
            pair = products.orientedPair(first, second)
            counts = products.orientedCounts(part.pairCounts, first, second)
            let left = zip(products.factors[first].columnScales, scales[first].columnScales).map { $0 / $1 }
            let right = zip(products.factors[second].columnScales, scales[second].columnScales).map { $0 / $1 }
            factors = right.flatMap { column in left.map { Double(part.sign) * $0 * column } }
        }
    }
}

extension CrossProducts {
    /// The numbers of rows of pairs of levels in the order of `orientedPair`.
    ///
    /// - Parameter counts: One array for each of `pairs`.
    func orientedCounts(_ counts: [[Int32]], _ first: Int, _ second: Int) -> [Int32] {
        if let place = pairs.firstIndex(where: { $0.first == first && $0.second == second }) { return counts[place] }
        guard let place = pairs.firstIndex(where: { $0.first == second && $0.second == first }) else { return [] }
        let stored = pairs[place]
        return PairCrossProducts(
            first: stored.first, second: stored.second, rowStarts: stored.rowStarts, columns: stored.columns,
            blocks: counts[place].map(Double.init)
        ).transposed(firstColumnCount: 1, secondColumnCount: 1, secondLevelCount: factors[first].levelCount)
            .blocks.map { Int32($0) }
    }
}
