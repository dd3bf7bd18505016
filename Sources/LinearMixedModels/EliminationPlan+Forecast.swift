// What an elimination will cost, from counts alone: before anything that is large is laid out.

package import MixedDesign
internal import MixedLinearAlgebra

/// The levels of two grouping factors that occur together, counted.
package struct PairCounts: Sendable {
    /// Indices of the factors.
    package let first: Int
    package let second: Int
    /// For each level of the first factor how many levels of the second one it occurs with, and the other way around.
    package let neighboursOfFirst: [Int32]
    package let neighboursOfSecond: [Int32]

    package init(first: Int, second: Int, neighboursOfFirst: [Int32], neighboursOfSecond: [Int32]) {
        self.first = first
        self.second = second
        self.neighboursOfFirst = neighboursOfFirst
        self.neighboursOfSecond = neighboursOfSecond
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
    }
}

/// What the exact elimination of a design costs: time and memory that do not depend on θ, nor on the number of rows.
package struct EliminationForecast: Sendable {
    /// Random effects that are eliminated level by level.
    package let chainEffectCount: Int
    /// Columns of the dense border, fixed effects included.
    package let borderSize: Int
    /// Random effects that come off the border because their level has a single partner.
    package let peeledEffectCount: Int
    /// Multiplications that form the border: for each eliminated effect half the square of the columns it touches.
    package let pairUpdates: Double
    /// Floating-point operations of the border's factorisation, *m³/3*.
    package let factorOperations: Double
    /// Operations of one evaluation of the objective.
    package var operationsPerObjective: Double { 2 * pairUpdates + factorOperations }
    /// Operations of one evaluation with its gradient: the border is inverted, and read as often as it was formed.
    package var operationsPerGradient: Double { 4 * pairUpdates + 3 * factorOperations }
    /// Bytes that an evaluation with gradient keeps: blocks, their solutions, the border and its inverse.
    package let bytes: Double
    /// Bytes that the exact Hessian takes in addition, while it is computed.
    package let hessianBytes: Double

    /// - Parameters:
    ///   - factors: Levels and random effects a level of each grouping factor.
    ///   - pairs: One for every two factors.
    ///   - fixedCount: Fixed-effects columns.
    /// - Complexity: Linear in the number of levels.
    package init(factors: [FactorShape], pairs: [PairCounts], fixedCount: Int) {
        let counts = NeighbourCounts(factors: factors, pairs: pairs)
        let chain = EliminationOrder.chain(
            sizes: factors.map { ($0.levelCount, $0.columnCount) }, isNested: counts.isNested)
        let border = factors.indices.filter { !chain.contains($0) }
        let tail = Double(fixedCount + 1)

        var borderEffects = border.reduce(0) { $0 + factors[$1].levelCount * factors[$1].columnCount }
        var peeled = 0
        if let finest = chain.first, borderEffects >= EliminationOrder.smallestPeeledBorder {
            let most = border.map { factor in
                counts.of(factor, with: finest).count { $0 == 1 } * factors[factor].columnCount
            }
            let largest = most.max() ?? 0
            if Double(largest) >= EliminationOrder.smallestPeeledShare * Double(borderEffects) { peeled = largest }
        }
        borderEffects -= peeled

        var updates = 0.0
        var stored = 0.0
        var touched = 0.0
        var ancestors = 0.0
        var directions = 0.0
        for factor in chain.reversed() {
            let width = Double(factors[factor].columnCount)
            var columns = [Double](repeating: ancestors + tail, count: factors[factor].levelCount)
            for neighbour in border {
                for (level, count) in counts.of(factor, with: neighbour).enumerated() {
                    columns[level] += Double(count) * Double(factors[neighbour].columnCount)
                }
            }
            for count in columns {
                updates += width * count * (count + 1) / 2
                stored += width * count
                touched += count
            }
            directions += width * (width + 1) / 2
            ancestors += width
        }
        let size = borderEffects + fixedCount
        let columns = Double(size)
        let square = Double(TiledMatrix.elementCount(size: size + 1))
        chainEffectCount = chain.reduce(peeled) { $0 + factors[$1].levelCount * factors[$1].columnCount }
        borderSize = size
        peeledEffectCount = peeled
        pairUpdates = updates
        factorOperations = columns * columns * columns / 3
        // Rows and solutions; columns of levels and levels of columns; factor and inverse.
        bytes = 16 * stored + 12 * touched + 16 * square
        hessianBytes = directions * (8 * square + 8 * columns * columns)
    }

    /// The forecast for a design of which the cross-products are there.
    package init(_ products: CrossProducts) {
        self.init(
            factors: products.factors.map { FactorShape(levelCount: $0.levelCount, columnCount: $0.columnCount) },
            pairs: products.pairs.map { PairCounts($0, secondLevelCount: products.factors[$0.second].levelCount) },
            fixedCount: products.fixedColumnBasis().mapped.count)
    }
}

/// Counts of pairs seen from either side.
private struct NeighbourCounts {
    let factors: [FactorShape]
    let pairs: [PairCounts]

    /// For each level of a factor how many levels of another one it occurs with.
    func of(_ factor: Int, with other: Int) -> [Int32] {
        for pair in pairs {
            if pair.first == factor && pair.second == other { return pair.neighboursOfFirst }
            if pair.first == other && pair.second == factor { return pair.neighboursOfSecond }
        }
        return []
    }

    func isNested(_ fine: Int, in coarse: Int) -> Bool {
        let counts = of(fine, with: coarse)
        return !counts.isEmpty && counts.allSatisfy { $0 == 1 }
    }
}
