// The memory of an exact fit, part by part as it is allocated: what `EliminationPlan` and `BlockFactorization` lay out.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Bytes that an exact fit takes besides the cross-products.
struct EliminationMemory: Sendable {
    /// The blocks in their layout.
    let plan: Double
    /// Factors and solutions at one θ.
    let factorization: Double
    /// The inverse that the gradient is taken from.
    let inverse: Double
    /// What the exact Hessian takes while it is computed.
    let hessian: Double
    /// What a Hessian takes of which the traces of a large border are estimated, as after an iterative search.
    let estimatedHessian: Double

    /// The most that there is at a time: the Hessian is computed with everything else in place.
    var total: Double { plan + factorization + inverse + hessian }
    /// The same after an iterative search.
    var totalAfterSearch: Double { plan + factorization + inverse + estimatedHessian }

    init(
        _ counts: DesignCounts, positions: [ChainForecast], borderEffects: Int, hasSingleFactor: Bool, threads: Int
    ) {
        let layout = BorderLayout(
            effects: borderEffects, fixedCount: counts.fixedCount, positions: positions, threads: threads)
        let effects = Double(counts.effectCount)
        plan = Self.plan(counts, positions, layout)
        factorization = Self.factorization(positions, layout) + 8 * effects
        inverse = hasSingleFactor ? 0 : Self.inverse(counts, positions, layout)
        hessian =
            hasSingleFactor
            ? 0
            : max(Self.hessian(counts, positions, layout), 16 * effects * Double(counts.directionCount))
        estimatedHessian =
            hasSingleFactor || !layout.isTiled
            ? hessian
            : max(
                Self.estimatedHessian(counts, positions, layout), 16 * effects * Double(counts.directionCount))
    }

    /// What the parts share.
    private struct BorderLayout {
        let effects: Double
        let tail: Double
        /// Columns with the fixed effects, without the response.
        let size: Double
        let isTiled: Bool
        /// Numbers in a matrix of the border's size, with the response and without, and without tiles.
        let factorElements: Double
        let elements: Double
        var square: Double { size * size }
        /// Columns of the widest row.
        let widest: Double
        /// Threads that have scratch memory.
        let workers: Double
        /// Ranges that the levels are cut into at most.
        let ranges: Double

        init(effects: Int, fixedCount: Int, positions: [ChainForecast], threads: Int) {
            let size = effects + fixedCount
            self.effects = Double(effects)
            tail = Double(fixedCount + 1)
            self.size = Double(size)
            isTiled = size + 1 > TiledMatrix.tileSize
            factorElements = Double(TiledMatrix.elementCount(size: size + 1))
            elements = Double(TiledMatrix.elementCount(size: size))
            widest = Double(positions.reduce(0) { max($0, $1.widest) })
            let most = positions.reduce(0) { max($0, $1.rowElements) }
            ranges = max(1, min(16, (most / 16384).rounded(.down)))
            workers = isTiled ? Double(threads) : min(Double(threads), ranges)
        }
    }

    /// Levels, patterns, rows and diagonal blocks, in `EliminationPlan`.
    private static func plan(_ counts: DesignCounts, _ positions: [ChainForecast], _ layout: BorderLayout) -> Double {
        var bytes = 8 * layout.tail * layout.tail + 4 * layout.effects
        for position in positions {
            let levels = Double(position.levelCount)
            let width = Double(position.width)
            let coarser = Double(position.coarser.count)
            bytes += levels * (4 + 4 * coarser + 16 + 8 * width * width)
            bytes += position.patternColumns * (4 + 4 * coarser) + 8 * position.rowElements
            if layout.isTiled {
                // The levels of each column, and where the column stands in their patterns.
                bytes += 8 * position.sparseColumns + 8 * (layout.effects + 1)
            }
        }
        for shape in counts.factors { bytes += 4 * Double(shape.levelCount) }
        for factor in counts.border {
            let levels = Double(counts.factors[factor].levelCount)
            let width = Double(counts.factors[factor].columnCount)
            bytes += levels * (8 + 8 * width * width + 8 * width * layout.tail)
        }
        for (index, first) in counts.border.enumerated() {
            for second in counts.border.dropFirst(index + 1) {
                let size = counts.factors[first].columnCount * counts.factors[second].columnCount
                bytes += Double(counts.pair(first, second)?.count ?? 0) * (4 + 8 * Double(size))
                bytes += 8 * Double(counts.factors[first].levelCount)
            }
        }
        return bytes
    }

    /// Pivots, solutions, the border and scratch memory, in `BlockFactorization`.
    private static func factorization(_ positions: [ChainForecast], _ layout: BorderLayout) -> Double {
        var bytes = 8 * layout.factorElements + 8 * layout.effects + 8 * layout.size
        var widestBlock = 1.0
        for (index, position) in positions.enumerated() {
            let blocks = Double(position.levelCount) * Double(position.width * position.width)
            widestBlock = max(widestBlock, Double(position.width))
            bytes += 16 * blocks + 8 * position.rowElements
            if index > 0 { bytes += 8 * position.rowElements + 8 * blocks }
        }
        if !layout.isTiled { bytes += 8 * (layout.ranges - 1) * layout.factorElements }
        var scratch = 24 * layout.widest * widestBlock
        let gathers = positions.count > 1 || (!layout.isTiled && widestBlock > 1)
        if gathers { scratch += 8 * layout.widest * layout.widest }
        if layout.isTiled { scratch += 8 * (layout.size + 1) }
        return bytes + layout.workers * scratch
    }

    /// The border's inverse and the blocks of the chain's, in `SelectedInverse`.
    private static func inverse(
        _ counts: DesignCounts, _ positions: [ChainForecast], _ layout: BorderLayout
    ) -> Double {
        var bytes = 8 * layout.elements
        for shape in counts.factors { bytes += Double(8 * shape.columnCount * shape.columnCount) }
        var shares = 0.0
        for (index, position) in positions.enumerated() {
            let block = Double(position.width * position.width)
            bytes += 8 * Double(position.levelCount) * block
            if index > 0 { bytes += 8 * Double(position.levelCount) * block + 8 * position.rowElements }
            if index == 0, layout.isTiled, position.coarser.isEmpty {
                shares = Double(8 * BlockFactorization.formPartCount * position.levelCount) * block
            }
        }
        return bytes + shares
    }

    /// The tangents of all directions and their products with the inverse, in `inverseTraces`.
    private static func hessian(
        _ counts: DesignCounts, _ positions: [ChainForecast], _ layout: BorderLayout
    ) -> Double {
        var bytes = 0.0
        var active = 0.0
        var passing = 0.0
        var owners: Set<Int> = []
        for (index, position) in positions.enumerated() {
            let blocks = Double(position.levelCount) * Double(position.width * position.width)
            if index > 0 { bytes += active * 8 * (position.rowElements + blocks) }
            if owners.insert(position.factor).inserted { active += Double(counts.directionCounts[position.factor]) }
            let halves =
                layout.isTiled ? 8 * position.rowElements : 8 * (layout.ranges - 1) * layout.square
            let variations = (2 * active + 1) * Double(position.width) * (layout.widest + 1)
            passing = max(passing, active * halves + 8 * variations * layout.workers)
        }
        return bytes + active * 8 * layout.elements + max(passing, active * 8 * layout.square)
    }

    /// The tangents of the chain's directions and probes with their images, in `estimatedInverseTraces`.
    private static func estimatedHessian(
        _ counts: DesignCounts, _ positions: [ChainForecast], _ layout: BorderLayout
    ) -> Double {
        var bytes = 0.0
        var active = 0.0
        var owners: Set<Int> = []
        for (index, position) in positions.enumerated() {
            let blocks = Double(position.levelCount) * Double(position.width * position.width)
            if index > 0 { bytes += active * 8 * (position.rowElements + blocks) }
            if owners.insert(position.factor).inserted { active += Double(counts.directionCounts[position.factor]) }
            bytes += active * 8 * position.rowElements
        }
        return bytes + Double(counts.directionCount + 1) * Double(8 * BlockFactorization.traceProbeCount) * layout.size
    }
}
