// The mixed-model equations of crossed factors at one θ, applied without being formed.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The Schur complement *S = Λ_B'A_BBΛ_B + I − B M_cc⁻¹B'* of the border once the chain is eliminated, as an operator.
///
/// It is met through the pair lists alone. One sweep over a chain's trees gathers from the border, solves the tree and
/// scatters back, so that each list is read once for all right-hand sides.
/// - Complexity: One product is O(pairs × right-hand sides).
final class CrossedOperator: @unchecked Sendable {
    let layout: CrossedLayout
    let chain: ChainElimination
    let threads: Int
    /// λ of each border factor.
    let relative: [Storage<Double>]
    /// What each part of a sweep adds to the border, kept between sweeps.
    private var partials: [Int: [RightHandSides]] = [:]
    private var scaledSides: [Int: RightHandSides] = [:]
    private var scratches: [Int: [ChainElimination.Scratch]] = [:]
    /// Products so far, each counted once for eight right-hand sides.
    private(set) var sweepCount = 0

    init(_ layout: CrossedLayout, threads: Int) {
        self.layout = layout
        self.threads = threads
        chain = ChainElimination(layout)
        relative = layout.border.map { Storage(zeros: $0.width * $0.width) }
    }

    /// Goes to another θ.
    ///
    /// - Parameter relativeFactors: One block for each grouping factor.
    /// - Returns: Whether the chain could be factored.
    func update(_ relativeFactors: [Matrix]) -> Bool {
        for (index, factor) in layout.border.enumerated() {
            for (element, value) in relativeFactors[factor.factor].storage.enumerated() {
                relative[index].pointer[element] = value
            }
        }
        return chain.factor(relativeFactors)
    }

    /// *Sx*, or *(S − I)x*, which loses no digits where θ is small.
    func apply(_ x: RightHandSides, into result: RightHandSides, addsIdentity: Bool = true) {
        let groups = x.groups
        let scaled = scaledSide(groups)
        scaleBorder(x, into: scaled)
        let partials = partials(groups)
        let scratches = scratches(groups)
        sweepCount += groups
        ParallelLoop.forEach(layout.parts.count, threads: threads) { index in
            let part = layout.parts[index]
            let target = partials[index].pointer
            partials[index].clear()
            let scratch = scratches[index]
            for chunk in part.chunks {
                gather(chunk, scaled.pointer, groups, scratch)
                solve(chunk, groups, scratch, addsSolution: false)
                scatter(chunk, scratch, groups, into: target)
            }
            for (border, levels) in part.borderLevels.enumerated() {
                sweepBorder(border, levels, scaled.pointer, groups, into: target)
            }
        }
        collect(scaled, partials, groups, base: addsIdentity ? x : nil, into: result)
    }

    /// Replaces chain right-hand sides *r_c* by *M_cc⁻¹r_c* and subtracts *B M_cc⁻¹r_c* from the border's.
    func reduce(_ sides: EffectSides) {
        let groups = sides.border.groups
        let partials = partials(groups)
        let scratches = scratches(groups)
        sweepCount += groups
        ParallelLoop.forEach(layout.parts.count, threads: threads) { index in
            let part = layout.parts[index]
            partials[index].clear()
            let scratch = scratches[index]
            for chunk in part.chunks {
                for position in layout.chain.indices {
                    let (start, count) = lanes(position, chunk, groups)
                    scratch.solution[position].pointer.update(from: sides.chain[position].pointer + start, count: count)
                    scratch.incoming[position].pointer.update(repeating: Lanes(), count: count)
                }
                chain.solve(chunk: chunk, scratch, groups: groups, addsSolution: true)
                for position in layout.chain.indices {
                    let (start, count) = lanes(position, chunk, groups)
                    (sides.chain[position].pointer + start).update(
                        from: scratch.solution[position].pointer, count: count)
                }
                scatter(chunk, scratch, groups, into: partials[index].pointer)
            }
        }
        collect(nil, partials, groups, base: sides.border, into: sides.border)
    }

    /// Subtracts *M_cc⁻¹B'x* from chain right-hand sides.
    func expand(_ x: RightHandSides, into target: [RightHandSides]) {
        let groups = x.groups
        let scaled = scaledSide(groups)
        scaleBorder(x, into: scaled)
        let scratches = scratches(groups)
        sweepCount += groups
        ParallelLoop.forEach(layout.parts.count, threads: threads) { index in
            let scratch = scratches[index]
            for chunk in layout.parts[index].chunks {
                gather(chunk, scaled.pointer, groups, scratch)
                chain.solve(chunk: chunk, scratch, groups: groups, addsSolution: false)
                for position in layout.chain.indices {
                    let (start, count) = lanes(position, chunk, groups)
                    let own = target[position].pointer + start
                    let solution = scratch.solution[position].pointer
                    for lane in 0..<count { own[lane] -= solution[lane] }
                }
            }
        }
    }

    /// For each chain factor the sums over its levels of *(Hx)_i (Hz)_i'*, *H = M_cc⁻¹B'*, for each right-hand side.
    ///
    /// - **Shape:** `result[factor][(row + column × width) × groups + group]`.
    func chainProducts(_ x: RightHandSides, _ z: RightHandSides) -> [[Lanes]] {
        let groups = x.groups
        let scaledX = scaledSide(groups)
        let scaledZ = RightHandSides(rows: layout.borderEffectCount, groups: groups)
        scaleBorder(x, into: scaledX)
        scaleBorder(z, into: scaledZ)
        let scratches = scratches(groups)
        let others = layout.parts.map { _ in ChainElimination.Scratch(chain, groups: groups) }
        let sums = layout.parts.map { _ in
            layout.chain.map { RightHandSides(rows: $0.width * $0.width, groups: groups) }
        }
        sweepCount += 2 * groups
        ParallelLoop.forEach(layout.parts.count, threads: threads) { index in
            for chunk in layout.parts[index].chunks {
                gather(chunk, scaledX.pointer, groups, scratches[index])
                chain.solve(chunk: chunk, scratches[index], groups: groups, addsSolution: false)
                gather(chunk, scaledZ.pointer, groups, others[index])
                chain.solve(chunk: chunk, others[index], groups: groups, addsSolution: false)
                for (position, factor) in layout.chain.enumerated() {
                    let k = factor.width
                    let left = scratches[index].solution[position].pointer
                    let right = others[index].solution[position].pointer
                    let target = sums[index][position].pointer
                    for level in 0..<chain.levels(position, chunk: chunk).count {
                        for column in 0..<k {
                            for row in 0..<k {
                                for group in 0..<groups {
                                    target[(row + column * k) * groups + group] +=
                                        left[(level * k + row) * groups + group]
                                        * right[(level * k + column) * groups + group]
                                }
                            }
                        }
                    }
                }
            }
        }
        return layout.chain.indices.map { position in
            (0..<sums[0][position].laneCount).map { lane in
                sums.reduce(Lanes()) { $0 + $1[position].pointer[lane] }
            }
        }
    }
}

// MARK: Parts of a sweep

extension CrossedOperator {
    /// Where the numbers of a chunk begin and how many there are.
    @inline(__always)
    private func lanes(_ position: Int, _ chunk: Int, _ groups: Int) -> (start: Int, count: Int) {
        let levels = chain.levels(position, chunk: chunk)
        let step = layout.chain[position].width * groups
        return (levels.lowerBound * step, levels.count * step)
    }

    /// *A_iB ξ* of the levels of a chunk.
    private func gather(
        _ chunk: Int, _ scaled: UnsafePointer<Lanes>, _ groups: Int, _ scratch: ChainElimination.Scratch
    ) {
        for (position, factor) in layout.chain.enumerated() {
            let (_, count) = lanes(position, chunk, groups)
            let target = scratch.incoming[position].pointer
            target.update(repeating: Lanes(), count: count)
            for pair in factor.pairs {
                PairKernel.gather(
                    pair, rows: chain.levels(position, chunk: chunk), from: scaled, groups: groups, into: target)
            }
        }
    }

    /// Solves a chunk; a chain of one factor with one effect a level needs one product only.
    @inline(__always)
    private func solve(_ chunk: Int, _ groups: Int, _ scratch: ChainElimination.Scratch, addsSolution: Bool) {
        guard layout.chain.count == 1, layout.chain[0].width == 1 else {
            chain.solve(chunk: chunk, scratch, groups: groups, addsSolution: addsSolution)
            return
        }
        let shrinkage = chain.shrinkage[0].pointer
        let incoming = scratch.incoming[0].pointer
        let scaled = scratch.scaled[0].pointer
        for (place, level) in chain.levels(0, chunk: chunk).enumerated() {
            for group in 0..<groups {
                scaled[place * groups + group] = shrinkage[level] * incoming[place * groups + group]
            }
        }
    }

    /// Subtracts *A_Bi s_i* of the levels of a chunk from the border.
    private func scatter(
        _ chunk: Int, _ scratch: ChainElimination.Scratch, _ groups: Int, into target: UnsafeMutablePointer<Lanes>
    ) {
        for (position, factor) in layout.chain.enumerated() {
            for pair in factor.pairs {
                PairKernel.subtractScattered(
                    pair, rows: chain.levels(position, chunk: chunk), from: scratch.scaled[position].pointer,
                    groups: groups,
                    into: target)
            }
        }
    }

    /// Adds the products of the pairs within the border.
    private func sweepBorder(
        _ index: Int, _ levels: Range<Int>, _ scaled: UnsafePointer<Lanes>, _ groups: Int,
        into target: UnsafeMutablePointer<Lanes>
    ) {
        let factor = layout.border[index]
        for pair in factor.pairs {
            PairKernel.addProducts(
                pair, rows: levels, firstEffect: factor.offset, from: scaled, groups: groups, into: target)
        }
    }

    /// *ξ = Λ_B x*.
    func scaleBorder(_ x: RightHandSides, into result: RightHandSides) {
        let groups = x.groups
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            let relative = relative[index].pointer
            ParallelLoop.forEachRange(factor.levelCount, smallest: 2048, threads: threads) { levels in
                for level in levels {
                    let start = (factor.offset + level * k) * groups
                    for row in 0..<k {
                        for group in 0..<groups {
                            var sum = Lanes()
                            for inner in 0..<k {
                                sum += relative[row + inner * k] * x.pointer[start + inner * groups + group]
                            }
                            result.pointer[start + row * groups + group] = sum
                        }
                    }
                }
            }
        }
    }

    /// *x + Λ_B'(A_jj ξ_j + Σ parts)*, the first summand and the diagonal only where they are asked for.
    private func collect(
        _ scaled: RightHandSides?, _ partials: [RightHandSides], _ groups: Int, base: RightHandSides?,
        into result: RightHandSides
    ) {
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            let relative = relative[index].pointer
            ParallelLoop.forEachRange(factor.levelCount, smallest: 1024, threads: threads) { levels in
                withUnsafeTemporaryAllocation(of: Lanes.self, capacity: k) { sums in
                    for level in levels {
                        let diagonal = factor.diagonal.pointer + level * k * k
                        let start = (factor.offset + level * k) * groups
                        for group in 0..<groups {
                            for row in 0..<k {
                                let place = start + row * groups + group
                                var sum = Lanes()
                                for partial in partials { sum += partial.pointer[place] }
                                if let scaled {
                                    for inner in 0..<k {
                                        sum +=
                                            diagonal[row + inner * k] * scaled.pointer[start + inner * groups + group]
                                    }
                                }
                                sums[row] = sum
                            }
                            for row in 0..<k {
                                let place = start + row * groups + group
                                var sum = base?.pointer[place] ?? Lanes()
                                for inner in 0..<k { sum += relative[inner + row * k] * sums[inner] }
                                result.pointer[place] = sum
                            }
                        }
                    }
                }
            }
        }
    }

    private func partials(_ groups: Int) -> [RightHandSides] {
        if let known = partials[groups] { return known }
        let made = layout.parts.map { _ in RightHandSides(rows: layout.borderEffectCount, groups: groups) }
        partials[groups] = made
        return made
    }

    private func scaledSide(_ groups: Int) -> RightHandSides {
        if let known = scaledSides[groups] { return known }
        let made = RightHandSides(rows: layout.borderEffectCount, groups: groups)
        scaledSides[groups] = made
        return made
    }

    private func scratches(_ groups: Int) -> [ChainElimination.Scratch] {
        if let known = scratches[groups] { return known }
        let made = layout.parts.map { _ in ChainElimination.Scratch(chain, groups: groups) }
        scratches[groups] = made
        return made
    }
}
