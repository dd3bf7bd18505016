// What an iterative fit will cost, from counts alone.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Memory and reads of an iterative fit: of `CrossedLayout`, `IterativeEquations`, their solver and the probes.
struct IterativeForecast: Sendable {
    /// Entries of the lists of pairs, each of which every product reads twice: those that stand for a row, and the numbers in
    /// blocks of values.
    let entryCount: Double
    let valueCount: Double
    /// Bytes of the lists, blocks and vectors, without the probes.
    let layoutBytes: Double
    /// Sides of the probes to begin with, and of all other solves, those that are empty included.
    let probeLanes: Double
    let otherLanes: Double
    let borderFactorCount: Int
    let borderEffects: Double
    let effectCount: Double

    /// Bytes of the probes' vectors and of their solutions.
    var probeBytes: Double { 16 * probeLanes * borderEffects }

    /// Bytes that a fit takes besides the cross-products.
    var bytes: Double { layoutBytes + FitCosts.probeGrowth * probeBytes }

    init(_ counts: DesignCounts) {
        let border = Double(counts.crossedEffectCount)
        let effects = Double(counts.effectCount)
        borderEffects = border
        effectCount = effects
        var bytes = 0.0
        var entries = 0.0
        var values = 0.0
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
                if block == 1, let rows = pair.rowCount, Double(rows) <= LevelPairs.largestRepetition * pairs {
                    entries += Double(rows)
                    bytes += 4 * Double(rows)
                } else {
                    values += pairs * Double(block)
                    bytes += pairs * (4 + 8 * Double(block))
                }
                bytes += 16 * Double(counts.factors[first].levelCount)
            }
        }
        entryCount = entries
        valueCount = values
        borderFactorCount = counts.border.count
        let lane = Double(MemoryLayout<Lanes>.size)
        let fixedGroups = RightHandSides.groups(for: counts.fixedCount + 1)
        let informationGroups = RightHandSides.groups(for: counts.directionCount)
        // Three sets of sides over all effects, two for the information, and the solution of each.
        bytes += lane * Double(3 * fixedGroups + 2 * informationGroups) * effects
        bytes += lane * Double(fixedGroups + informationGroups) * border + 16 * effects
        // For each width the solver's four vectors, the parts of a sweep and a scaled copy.
        let probes = counts.border.reduce(0) { sum, factor in
            let own = counts.factors[factor].levelCount * counts.factors[factor].columnCount
            return sum + (own <= ScoreProbes.largestExactFactor ? own : IterativeSettings().probes ?? own)
        }
        let probeGroups = Self.groups(ofProbes: probes)
        let widths = Set([fixedGroups, informationGroups, 1] + probeGroups)
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
        probeLanes = Double(probeGroups.reduce(0, +) * Lanes.scalarCount)
    }

    /// Groups of eight sides in each block of probes.
    private static func groups(ofProbes count: Int) -> [Int] {
        stride(from: 0, to: count, by: ScoreProbes.blockSize).map {
            RightHandSides.groups(for: min(ScoreProbes.blockSize, count - $0))
        }
    }
}
