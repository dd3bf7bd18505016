// What an iterative fit will cost, from counts alone.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Memory and reads of an iterative fit: of `CrossedLayout`, `IterativeEquations`, their solver and the probes.
struct IterativeForecast: Sendable {
    /// Entries of the lists of pairs, each of which every product reads twice.
    let entryCount: Double
    /// Bytes of the lists, blocks and vectors, without the probes.
    let layoutBytes: Double
    /// Bytes of one block of probes: their vectors and their solutions.
    let bytesPerProbeBlock: Double
    /// Blocks of probes to begin with.
    let probeBlocks: Double
    /// Numbers that all blocks of right-hand sides but the probes' have side by side.
    let otherLanes: Double
    let borderEffects: Double
    let effectCount: Double

    /// Numbers side by side in a block of probes.
    static let probeLanes = 16.0

    /// Bytes that a fit takes besides the cross-products.
    var bytes: Double { layoutBytes + FitCosts.probeGrowth * probeBlocks * bytesPerProbeBlock }

    init(_ counts: DesignCounts) {
        let border = Double(counts.crossedEffectCount)
        let effects = Double(counts.effectCount)
        borderEffects = border
        effectCount = effects
        var bytes = 0.0
        var entries = 0.0
        // Order, places, blocks and what the preconditioner and the chain keep of them.
        for shape in counts.factors {
            let levels = Double(shape.levelCount)
            let blocks = 8 * levels * Double(shape.columnCount * shape.columnCount)
            bytes += 16 * levels + 7 * blocks
        }
        for (index, first) in counts.chain.enumerated() {
            for second in counts.chain.dropFirst(index + 1) {
                let block = Double(counts.factors[first].columnCount * counts.factors[second].columnCount)
                bytes += Double(counts.factors[first].levelCount) * (12 + 24 * block)
            }
        }
        for (index, first) in (counts.chain + counts.border).enumerated() {
            for second in (counts.chain + counts.border).dropFirst(index + 1) where counts.border.contains(second) {
                guard let pair = counts.pair(first, second) else { continue }
                let block = counts.factors[first].columnCount * counts.factors[second].columnCount
                let pairs = Double(pair.count)
                var own = pairs
                var bytesPerEntry = 4 + 8 * Double(block)
                if block == 1, let rows = pair.rowCount, Double(rows) <= LevelPairs.largestRepetition * pairs {
                    (own, bytesPerEntry) = (Double(rows), 4)
                }
                entries += own * Double(block)
                bytes += bytesPerEntry * own + 16 * Double(counts.factors[first].levelCount)
            }
        }
        entryCount = entries
        let lane = Double(MemoryLayout<Lanes>.size)
        let fixedGroups = RightHandSides.groups(for: counts.fixedCount + 1)
        let informationGroups = RightHandSides.groups(for: counts.directionCount)
        // Three sets of sides over all effects, two for the information, and the solution of each.
        bytes += lane * Double(3 * fixedGroups + 2 * informationGroups) * effects
        bytes += lane * Double(fixedGroups + informationGroups) * border + 16 * effects
        // For each width the solver's four vectors, the parts of a sweep and a scaled copy.
        let widths = Set([fixedGroups, informationGroups, 1, Int(Self.probeLanes) / Lanes.scalarCount])
        let vectors = Double(4 + CrossedLayout.partCount + 2)
        bytes += lane * vectors * Double(widths.reduce(0, +)) * border
        var coarse = 0
        for factor in counts.border {
            let shape = counts.factors[factor]
            let own = shape.levelCount * shape.columnCount
            coarse += own <= CrossedPreconditioner.largestWholeFactor ? own : shape.columnCount
        }
        bytes += 8 * border * Double(coarse)
        layoutBytes = bytes
        otherLanes = Double((fixedGroups + informationGroups) * Lanes.scalarCount)
        bytesPerProbeBlock = 2 * 8 * Self.probeLanes * border
        let probes = counts.border.reduce(0) { sum, factor in
            let own = counts.factors[factor].levelCount * counts.factors[factor].columnCount
            return sum + (own <= ScoreProbes.largestExactFactor ? own : IterativeSettings().probes ?? own)
        }
        probeBlocks = (Double(probes) / Self.probeLanes).rounded(.up)
    }
}
