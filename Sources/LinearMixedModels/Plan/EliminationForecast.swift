// What an elimination will cost, from counts alone: before anything that is large is laid out.

package import MixedDesign
internal import MixedLinearAlgebra

/// What the exact elimination of a design costs: work and memory that do not depend on θ, nor on the number of rows.
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
    /// Levels that are eliminated.
    package let levelCount: Int
    /// Numbers in their rows.
    package let rowElements: Double
    /// Covariance parameters whose second derivatives take a product of two borders, and those that do not.
    package let chainDirectionCount: Int
    package let borderDirectionCount: Int
    /// Whether the border is dealt with tile by tile.
    let isTiled: Bool
    /// Whether there is a single factor, whose derivatives are sums over its levels.
    let hasSingleFactor: Bool
    let memory: EliminationMemory

    /// Operations of one evaluation of the objective.
    package var operationsPerObjective: Double { 2 * pairUpdates + factorOperations }
    /// Operations of one evaluation with its gradient: the border is inverted, and read as often as it was formed.
    package var operationsPerGradient: Double { 4 * pairUpdates + 3 * factorOperations }
    /// Bytes that a fit takes besides the cross-products.
    package var bytes: Double { memory.total }
    /// The same after an iterative search.
    var bytesAfterSearch: Double { memory.totalAfterSearch }

    /// - Parameters:
    ///   - factors: Levels and random effects a level of each grouping factor.
    ///   - pairs: One for every two factors.
    ///   - fixedCount: Fixed-effects columns.
    /// - Complexity: Linear in the number of levels.
    package init(factors: [FactorShape], pairs: [PairCounts], fixedCount: Int) {
        self.init(DesignCounts(factors: factors, pairs: pairs, fixedCount: fixedCount))
    }

    /// The forecast for a design of which the cross-products are there.
    package init(_ products: CrossProducts) { self.init(DesignCounts(products)) }

    /// - Parameter threads: Each has scratch memory of its own.
    init(_ counts: DesignCounts, threads: Int = 1) {
        let peeled = PeeledForecast(counts)
        let borderEffects = counts.crossedEffectCount - peeled.effectCount
        let size = borderEffects + counts.fixedCount
        let positions = Self.positions(counts, peeled, borderEffects: borderEffects)
        chainEffectCount = positions.reduce(0) { $0 + $1.levelCount * $1.width }
        borderSize = size
        peeledEffectCount = peeled.effectCount
        pairUpdates = positions.reduce(0) { $0 + $1.updates }
        factorOperations = Double(size) * Double(size) * Double(size) / 3
        levelCount = positions.reduce(0) { $0 + $1.levelCount }
        rowElements = positions.reduce(0) { $0 + $1.rowElements }
        chainDirectionCount = Set(positions.map(\.factor)).reduce(0) { $0 + counts.directionCounts[$1] }
        borderDirectionCount = counts.directionCount - chainDirectionCount
        isTiled = size + 1 > TiledMatrix.tileSize
        hasSingleFactor = positions.count == 1 && borderEffects == 0
        memory = EliminationMemory(
            counts, positions: positions, borderEffects: borderEffects, hasSingleFactor: hasSingleFactor,
            threads: threads)
    }

    /// The chain's factors, finest first, and before them the levels that come off the border.
    private static func positions(
        _ counts: DesignCounts, _ peeled: PeeledForecast, borderEffects: Int
    ) -> [ChainForecast] {
        let tail = counts.fixedCount + 1
        let dense = BorderTouches.smallestDensePattern(borderEffects: borderEffects)
        var coarser: [Int] = []
        var positions: [ChainForecast] = []
        for factor in counts.chain.reversed() {
            let shape = counts.factors[factor]
            var position = ChainForecast(factor: factor, width: shape.columnCount, coarser: coarser)
            var pattern = [Int](repeating: 0, count: shape.levelCount)
            for neighbour in counts.border {
                for (level, count) in counts.neighbours(of: factor, with: neighbour).enumerated() {
                    pattern[level] += Int(count) * counts.factors[neighbour].columnCount
                }
            }
            for columns in pattern { position.add(pattern: columns, tail: tail, dense: dense) }
            position.remove(columns: peeled.effectCount)
            positions.insert(position, at: 0)
            coarser.insert(shape.columnCount, at: 0)
        }
        if peeled.effectCount > 0 {
            let width = counts.factors[peeled.factor].columnCount
            var position = ChainForecast(factor: peeled.factor, width: width, coarser: coarser)
            for level in peeled.levels {
                let pattern = counts.border.reduce(0) { sum, other in
                    other == peeled.factor
                        ? sum
                        : sum + Int(counts.neighbours(of: peeled.factor, with: other)[level])
                            * counts.factors[other].columnCount
                }
                position.add(pattern: pattern, tail: tail, dense: dense)
            }
            positions.insert(position, at: 0)
        }
        return positions
    }
}

/// The levels of one factor that occur with a single level of the finest chain factor, where they are enough.
private struct PeeledForecast {
    var factor = 0
    var levels: [Int] = []
    var effectCount = 0

    init(_ counts: DesignCounts) {
        let size = counts.crossedEffectCount
        guard let finest = counts.chain.first, size >= EliminationOrder.smallestPeeledBorder else { return }
        let smallest = EliminationOrder.smallestPeeledShare * Double(size)
        for candidate in counts.border {
            let partners = counts.neighbours(of: candidate, with: finest)
            let inside = partners.indices.filter { partners[$0] == 1 }
            let effects = inside.count * counts.factors[candidate].columnCount
            guard Double(effects) >= smallest, effects > effectCount else { continue }
            (factor, levels, effectCount) = (candidate, inside, effects)
        }
    }
}

/// The rows of the levels of one factor of the chain, in sums.
struct ChainForecast {
    let factor: Int
    /// Random effects of a level.
    let width: Int
    /// Random effects of a level of each coarser chain factor.
    let coarser: [Int]
    private(set) var levelCount = 0
    /// Columns of the border that the levels touch.
    private(set) var patternColumns = 0.0
    /// The same without levels that touch a good share of them.
    private(set) var sparseColumns = 0.0
    /// All of them with columns of coarser levels, fixed effects and the response, times the width.
    private(set) var rowElements = 0.0
    private(set) var updates = 0.0
    /// Columns of the widest row.
    private(set) var widest = 0

    init(factor: Int, width: Int, coarser: [Int]) {
        self.factor = factor
        self.width = width
        self.coarser = coarser
    }

    /// Adds a level.
    ///
    /// - Parameter dense: From how many columns on it counts as dense.
    mutating func add(pattern: Int, tail: Int, dense: Int) {
        let columns = coarser.reduce(pattern + tail, +)
        levelCount += 1
        patternColumns += Double(pattern)
        if pattern < dense { sparseColumns += Double(pattern) }
        rowElements += Double(width * columns)
        updates += Double(width) * Double(columns) * Double(columns + 1) / 2
        widest = max(widest, columns)
    }

    /// Takes out columns that come off the border.
    mutating func remove(columns: Int) {
        patternColumns -= Double(columns)
        sparseColumns = max(0, sparseColumns - Double(columns))
        rowElements -= Double(width * columns)
    }
}
