// The pairs of levels of two grouping factors that occur together, counted.

package import MixedDesign

/// The levels of two grouping factors that occur together, counted.
package struct PairCounts: Sendable {
    /// Indices of the factors.
    package let first: Int
    package let second: Int
    /// For each level of the first factor how many levels of the second one it occurs with, and the other way around.
    package let neighboursOfFirst: [Int32]
    package let neighboursOfSecond: [Int32]
    /// How many rows there are where the blocks of all pairs are numbers of rows; `nil` where they are not.
    package let rowCount: Int?

    package init(
        first: Int, second: Int, neighboursOfFirst: [Int32], neighboursOfSecond: [Int32], rowCount: Int? = nil
    ) {
        self.first = first
        self.second = second
        self.neighboursOfFirst = neighboursOfFirst
        self.neighboursOfSecond = neighboursOfSecond
        self.rowCount = rowCount
    }

    /// Counts the pairs of cross-products.
    package init(_ pair: PairCrossProducts, secondLevelCount: Int) {
        first = pair.first
        second = pair.second
        neighboursOfFirst = (1..<max(pair.rowStarts.count, 1)).map {
            Int32(pair.rowStarts[$0] - pair.rowStarts[$0 - 1])
        }
        var counts = [Int32](repeating: 0, count: secondLevelCount)
        for level in pair.columns { counts[Int(level)] += 1 }
        neighboursOfSecond = counts
        rowCount = pair.blocks.count == pair.pairCount ? LevelPairs.totalCount(pair.blocks) : nil
    }

    /// How many pairs occur.
    var count: Int { neighboursOfFirst.reduce(0) { $0 + Int($1) } }
}

/// The levels and random effects of a design's grouping factors, and the pairs of levels that occur together.
struct DesignCounts: Sendable {
    let factors: [FactorShape]
    let pairs: [PairCounts]
    /// For each factor how many covariance parameters its terms have.
    let directionCounts: [Int]
    /// Fixed-effects columns, without aliased ones.
    let fixedCount: Int
    /// The factors that are eliminated level by level, finest first.
    let chain: [Int]
    /// The others.
    let border: [Int]

    init(factors: [FactorShape], pairs: [PairCounts], directionCounts: [Int]? = nil, fixedCount: Int) {
        self.factors = factors
        self.pairs = pairs
        self.directionCounts = directionCounts ?? factors.map { $0.columnCount * ($0.columnCount + 1) / 2 }
        self.fixedCount = fixedCount
        let chain = EliminationOrder.chain(sizes: factors.map { ($0.levelCount, $0.columnCount) }) { fine, coarse in
            let counts = Self.neighbours(of: fine, with: coarse, in: pairs)
            return !counts.isEmpty && counts.allSatisfy { $0 == 1 }
        }
        self.chain = chain
        border = factors.indices.filter { !chain.contains($0) }
    }

    /// The counts of a design of which the cross-products are there.
    ///
    /// - Complexity: Linear in the levels and pairs of levels.
    init(_ products: CrossProducts, terms: [RandomTermLayout]? = nil) {
        self.init(
            factors: products.factors.map { FactorShape(levelCount: $0.levelCount, columnCount: $0.columnCount) },
            pairs: products.pairs.map { PairCounts($0, secondLevelCount: products.factors[$0.second].levelCount) },
            directionCounts: terms.map { terms in
                products.factors.indices.map { factor in
                    terms.filter { $0.factor == factor }.reduce(0) { $0 + $1.columnCount * ($1.columnCount + 1) / 2 }
                }
            }, fixedCount: products.fixedColumnBasis().mapped.count)
    }

    /// The same design with random intercepts alone for one factor.
    func withoutSlopes(of factor: Int) -> DesignCounts {
        var factors = factors
        var directions = directionCounts
        factors[factor].columnCount = 1
        directions[factor] = 1
        return DesignCounts(factors: factors, pairs: pairs, directionCounts: directions, fixedCount: fixedCount)
    }

    /// All random effects.
    var effectCount: Int { factors.reduce(0) { $0 + $1.levelCount * $1.columnCount } }

    /// Random effects that are left when the chain is eliminated, before any are peeled off.
    var crossedEffectCount: Int { border.reduce(0) { $0 + factors[$1].levelCount * factors[$1].columnCount } }

    var directionCount: Int { directionCounts.reduce(0, +) }

    /// The counts of two factors, from either side.
    func pair(_ first: Int, _ second: Int) -> PairCounts? {
        pairs.first { ($0.first, $0.second) == (first, second) || ($0.first, $0.second) == (second, first) }
    }

    /// For each level of a factor how many levels of another one it occurs with.
    func neighbours(of factor: Int, with other: Int) -> [Int32] {
        Self.neighbours(of: factor, with: other, in: pairs)
    }

    /// Whether each level of a factor occurs with a single level of another one.
    func isNested(_ fine: Int, in coarse: Int) -> Bool {
        let counts = neighbours(of: fine, with: coarse)
        return !counts.isEmpty && counts.allSatisfy { $0 == 1 }
    }

    private static func neighbours(of factor: Int, with other: Int, in pairs: [PairCounts]) -> [Int32] {
        for pair in pairs {
            if pair.first == factor && pair.second == other { return pair.neighboursOfFirst }
            if pair.first == other && pair.second == factor { return pair.neighboursOfSecond }
        }
        return []
    }
}
