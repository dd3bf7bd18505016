// Solving the factored mixed-model equations: the response, and right-hand sides that second derivatives need.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// Solves for the response: `borderSolution` becomes [û of the border | β̃], `effects` becomes û of every factor.
    ///
    /// - Complexity: One pass over the stored blocks and *m²* for the border.
    func solveResponse() {
        let size = plan.borderSize
        let solution = borderSolution.pointer
        let last = border.storage.pointer + TiledMatrix.rowBase(size)
        for index in 0..<size { solution[index] = last[index * border.stride] }
        border.solveLower(
            limit: size, transposed: true, rightHandSides: solution, count: 1, sideStride: plan.borderStride)
        finish(border: solution, borderStride: plan.borderStride, random: effects, count: 1, hasResponse: true)
    }

    /// Solves *C s = r* for several right-hand sides, given for every factor in the units of *u* and for the fixed effects.
    ///
    /// On return `random` and `fixed` hold the solutions.
    /// - **Shape:** `random[f]` holds for each right-hand side the factor's effects, one after another, by the factor's own
    ///   numbers of levels; `fixed` is *p* × `count`.
    /// - Complexity: O(`count` × stored blocks) and *m²* `count` for the border.
    func solve(random: [Storage<Double>], fixed: Storage<Double>, count: Int) {
        let size = plan.borderSize
        let sides = Storage<Double>(zeros: size * count)
        let sums = plan.chain.enumerated().map { position, factor in
            Storage<Double>(zeros: position > 0 ? factor.levelCount * factor.width * count : 0)
        }
        for position in plan.chain.indices {
            let cuts = plan.chain[position].cuts
            // Ranges have no ancestor in common; what they leave at the border is added in their order.
            let others = (0..<cuts.count - 2).map { _ in Storage<Double>(zeros: size * count) }
            ParallelLoop.forEach(cuts.count - 1, threads: threads) { range in
                reduce(
                    cuts[range]..<cuts[range + 1], at: position, random: random, sums: sums,
                    border: range == 0 ? sides.pointer : others[range - 1].pointer, count: count)
            }
            for other in others { sides.add(other) }
        }
        let fixedStart = plan.borderEffectCount
        for side in 0..<count {
            let target = sides.pointer + side * size
            forEachBorderLevel { factor, column, start in
                let own = random[factor.factor].pointer + side * effects[factor.factor].count + start
                for element in 0..<factor.width { target[column + element] += own[element] }
            }
            for index in 0..<plan.fixedCount {
                target[fixedStart + index] += fixed.pointer[side * plan.fixedCount + index]
            }
        }
        for transposed in [false, true] {
            border.solveLower(
                limit: size, transposed: transposed, rightHandSides: sides.pointer, count: count, sideStride: size)
        }
        for side in 0..<count {
            for index in 0..<plan.fixedCount {
                fixed.pointer[side * plan.fixedCount + index] = sides.pointer[side * size + fixedStart + index]
            }
        }
        finish(border: sides.pointer, borderStride: size, random: random, count: count, hasResponse: false)
    }

    /// Visits the border's levels: their factor, their first column, and where their effects are among the factor's.
    private func forEachBorderLevel(_ body: (EliminationPlan.BorderFactor, Int, Int) -> Void) {
        for factor in plan.border {
            for level in 0..<factor.levelCount {
                body(factor, Int(factor.columns.pointer[level]), Int(factor.levels.pointer[level]) * factor.width)
            }
        }
    }

    /// From the solution of the border to that of all random effects.
    private func finish(
        border: UnsafePointer<Double>, borderStride: Int, random: [Storage<Double>], count: Int, hasResponse: Bool
    ) {
        for side in 0..<count {
            let source = border + side * borderStride
            forEachBorderLevel { factor, column, start in
                let own = random[factor.factor].pointer + side * effects[factor.factor].count + start
                for element in 0..<factor.width { own[element] = source[column + element] }
            }
        }
        // Λu of every chain factor but the first.
        let scaledEffects = plan.chain.enumerated().map { position, factor in
            Storage<Double>(zeros: position > 0 ? factor.levelCount * factor.width * count : 0)
        }
        for position in plan.chain.indices.reversed() {
            let factor = plan.chain[position]
            ParallelLoop.forEach(factor.cuts.count - 1, threads: threads) { range in
                backSubstitute(
                    factor.cuts[range]..<factor.cuts[range + 1], at: position, border: border,
                    borderStride: borderStride, scaledEffects, count: count, hasResponse: hasResponse,
                    into: random[factor.factor])
            }
        }
    }

    /// Replaces the right-hand sides of a range of levels by *D⁻¹r* and subtracts *K'r* from what comes after.
    private func reduce(
        _ levels: Range<Int>, at position: Int, random: [Storage<Double>], sums: [Storage<Double>],
        border: UnsafeMutablePointer<Double>, count: Int
    ) {
        let factor = plan.chain[position]
        let relative = relativeFactors[factor.factor].pointer
        let fixed = plan.fixedCount
        let size = plan.borderSize
        let sideStride = effects[factor.factor].count
        let isFirst = position == 0
        let ancestors = ancestorVectors(position, sums.map(\.pointer))
        let (rows, lower) = (solved[position].pointer, lower[position].pointer)
        let sides = random[factor.factor].pointer
        @inline(__always) func reduce(size k: Int, _ taken: UnsafeMutablePointer<Double>) {
            for level in levels {
                let row = rows + factor.rowStarts.pointer[level]
                let pattern = factor.pattern(level)
                let block = lower + level * k * k
                for side in 0..<count {
                    let own = sides + side * sideStride + Int(factor.levels.pointer[level]) * k
                    if !isFirst {
                        let sum = sums[position].pointer + (side * factor.levelCount + level) * k
                        Self.multiplyTransposed(relative, sum, size: k, into: taken)
                        for element in 0..<k { own[element] += taken[element] }
                    }
                    var column = 0
                    for ancestor in ancestors {
                        let target = ancestor.values(of: level, side: side)
                        for element in 0..<ancestor.width {
                            target[element] -= Self.dot(row + (column + element) * k, own, k)
                        }
                        column += ancestor.width
                    }
                    let target = border + side * size
                    for index in 0..<pattern.count {
                        target[Int(pattern[index])] -= Self.dot(row + (column + index) * k, own, k)
                    }
                    column += pattern.count
                    for index in 0..<fixed {
                        target[plan.borderEffectCount + index] -= Self.dot(row + (column + index) * k, own, k)
                    }
                    SmallBlock.solveLower(block, size: k, own)
                    SmallBlock.solveLowerTransposed(block, size: k, own)
                }
            }
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: factor.width) { taken in
            guard let taken = taken.baseAddress else { return }
            // With the size known to the compiler, loops over one effect are no loops.
            if factor.width == 1 { reduce(size: 1, taken) } else { reduce(size: factor.width, taken) }
        }
    }

    /// Finishes the solution of a range of levels: *s·K_y + r − K (solution of what comes after)*.
    ///
    /// - Parameter scaledEffects: *Λu* of coarser chain factors, and where to write our own.
    private func backSubstitute(
        _ levels: Range<Int>, at position: Int, border: UnsafePointer<Double>, borderStride: Int,
        _ scaledEffects: [Storage<Double>], count: Int, hasResponse: Bool, into target: Storage<Double>
    ) {
        let factor = plan.chain[position]
        let fixed = plan.fixedCount
        let firstFixed = plan.borderEffectCount
        let sideStride = effects[factor.factor].count
        let relative = relativeFactors[factor.factor].pointer
        let ancestors = ancestorVectors(position, scaledEffects.map(\.pointer))
        let scaled = position > 0 ? scaledEffects[position].pointer : nil
        let rows = solved[position].pointer
        @inline(__always) func substitute(size k: Int) {
            for level in levels {
                let row = rows + factor.rowStarts.pointer[level]
                let pattern = factor.pattern(level)
                for side in 0..<count {
                    let own = target.pointer + side * sideStride + Int(factor.levels.pointer[level]) * k
                    let after = border + side * borderStride
                    var column = 0
                    if hasResponse {
                        let response = row + (factor.ancestorColumnCount + pattern.count + fixed) * k
                        for element in 0..<k { own[element] = response[element] }
                    }
                    for ancestor in ancestors {
                        let values = ancestor.values(of: level, side: side)
                        for element in 0..<ancestor.width {
                            Self.subtract(values[element], times: row + (column + element) * k, from: own, k)
                        }
                        column += ancestor.width
                    }
                    for index in 0..<pattern.count {
                        Self.subtract(after[Int(pattern[index])], times: row + (column + index) * k, from: own, k)
                    }
                    column += pattern.count
                    for index in 0..<fixed {
                        Self.subtract(after[firstFixed + index], times: row + (column + index) * k, from: own, k)
                    }
                    if let scaled {
                        Self.multiply(relative, own, size: k, into: scaled + (side * factor.levelCount + level) * k)
                    }
                }
            }
        }
        if factor.width == 1 { substitute(size: 1) } else { substitute(size: factor.width) }
    }

    /// Where the levels of a chain factor find right-hand sides of a coarser one.
    private struct AncestorVectors {
        let levels: UnsafePointer<Int32>
        let width: Int
        let sideStride: Int
        let values: UnsafeMutablePointer<Double>

        @inline(__always)
        func values(of level: Int, side: Int) -> UnsafeMutablePointer<Double> {
            values + side * sideStride + Int(levels[level]) * width
        }
    }

    /// - Parameter vectors: For each chain factor right-hand sides in the order of its levels.
    private func ancestorVectors(
        _ position: Int, _ vectors: [UnsafeMutablePointer<Double>]
    ) -> [AncestorVectors] {
        let factor = plan.chain[position]
        return factor.ancestors.indices.map { index in
            let coarser = plan.chain[position + 1 + index]
            return AncestorVectors(
                levels: factor.ancestors[index].pointer, width: coarser.width,
                sideStride: coarser.levelCount * coarser.width, values: vectors[position + 1 + index])
        }
    }

    @inline(__always)
    private static func subtract(
        _ factor: Double, times vector: UnsafePointer<Double>, from target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        for index in 0..<count { target[index] -= factor * vector[index] }
    }
}
