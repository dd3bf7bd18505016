// Solving the factored mixed-model equations: the response, and right-hand sides that second derivatives need.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// Solves for the response: `borderSolution` becomes [û of the border | β̃], `effects` becomes û of every factor.
    ///
    /// - Complexity: One pass over the stored blocks and *m²* for the border.
    func solveResponse() {
        let size = plan.borderSize
        let stride = plan.borderStride
        let solution = borderSolution.pointer
        for index in 0..<size { solution[index] = border.pointer[size + index * stride] }
        DenseKernel.solveLower(
            border.pointer, size: size, leadingDimension: stride, transposed: true, rightHandSides: solution, count: 1,
            stride: stride)
        for factor in plan.border {
            for index in 0..<factor.levelCount * factor.width {
                effects[factor.factor].pointer[index] = solution[factor.offset + index]
            }
        }
        let scaled = scaledBorder(solution, count: 1, stride: stride)
        var ancestors: [Storage<Double>] = []
        for position in plan.chain.indices.reversed() {
            let factor = plan.chain[position]
            let target = effects[factor.factor]
            backSubstitute(
                position, border: scaled.pointer, borderStride: size, ancestors: ancestors, count: 1,
                responseSign: 1, into: target)
            ancestors.insert(scaledEffects(target, of: factor, count: 1), at: 0)
        }
    }

    /// Solves *C s = r* for several right-hand sides, given for every factor in the units of *u* and for the fixed effects.
    ///
    /// On return `random` and `fixed` hold the solutions.
    /// - **Shape:** `random[f]` holds for each right-hand side the factor's effects, one after another; `fixed` is
    ///   *p* × `count`.
    /// - Complexity: O(`count` × stored blocks) and *m²* `count` for the border.
    func solve(random: [Storage<Double>], fixed: Storage<Double>, count: Int) {
        let size = plan.borderSize
        let stride = plan.borderStride
        let borderEffects = plan.borderEffectCount
        let rightHandSides = Storage<Double>(zeros: size * count)
        let ancestorSums = plan.chain.map { Storage<Double>(zeros: $0.levelCount * $0.width * count) }
        for position in plan.chain.indices {
            reduce(position, random: random, sums: ancestorSums, border: rightHandSides.pointer, count: count)
        }
        // What the chain has taken is in the units of b; Λ' brings it to those of u.
        for factor in plan.border {
            let relative = relativeFactors[factor.factor].pointer
            let k = factor.width
            var taken = [Double](repeating: 0, count: k)
            for side in 0..<count {
                for level in 0..<factor.levelCount {
                    let target = rightHandSides.pointer + side * size + factor.offset + level * k
                    let own = random[factor.factor].pointer + (side * factor.levelCount + level) * k
                    for element in 0..<k { taken[element] = target[element] }
                    Self.multiplyTransposed(relative, taken, size: k, into: target)
                    for element in 0..<k { target[element] += own[element] }
                }
            }
        }
        for side in 0..<count {
            for index in 0..<plan.fixedCount {
                rightHandSides.pointer[side * size + borderEffects + index] +=
                    fixed.pointer[side * plan.fixedCount + index]
            }
        }
        for transposed in [false, true] {
            DenseKernel.solveLower(
                border.pointer, size: size, leadingDimension: stride, transposed: transposed,
                rightHandSides: rightHandSides.pointer, count: count, stride: size)
        }
        for side in 0..<count {
            for index in 0..<plan.fixedCount {
                fixed.pointer[side * plan.fixedCount + index] =
                    rightHandSides.pointer[side * size + borderEffects + index]
            }
            for factor in plan.border {
                let effectCount = factor.levelCount * factor.width
                for index in 0..<effectCount {
                    random[factor.factor].pointer[side * effectCount + index] =
                        rightHandSides.pointer[side * size + factor.offset + index]
                }
            }
        }
        let scaled = scaledBorder(rightHandSides.pointer, count: count, stride: size)
        var ancestors: [Storage<Double>] = []
        for position in plan.chain.indices.reversed() {
            let factor = plan.chain[position]
            backSubstitute(
                position, border: scaled.pointer, borderStride: size, ancestors: ancestors, count: count,
                responseSign: 0, into: random[factor.factor])
            ancestors.insert(scaledEffects(random[factor.factor], of: factor, count: count), at: 0)
        }
    }

    /// Replaces a chain factor's right-hand sides by *D⁻¹ r* and subtracts *K'r* from what comes after.
    private func reduce(
        _ position: Int, random: [Storage<Double>], sums: [Storage<Double>], border: UnsafeMutablePointer<Double>,
        count: Int
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let fixed = plan.fixedCount
        let size = plan.borderSize
        var taken = [Double](repeating: 0, count: k)
        for level in 0..<factor.levelCount {
            let start = factor.rowStarts.pointer[level]
            let row = solved[position].pointer + start
            let width = (factor.rowStarts.pointer[level + 1] - start) / k - 1
            let patternStart = factor.patternStarts.pointer[level]
            let patternCount = factor.patternStarts.pointer[level + 1] - patternStart
            let pattern = factor.patternColumns.pointer + patternStart
            for side in 0..<count {
                let own = random[factor.factor].pointer + (side * factor.levelCount + level) * k
                let sum = sums[position].pointer + (side * factor.levelCount + level) * k
                Self.multiplyTransposed(relative, sum, size: k, into: &taken)
                for element in 0..<k { own[element] += taken[element] }
                var column = 0
                for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
                    let ancestor = Int(factor.ancestors[index].pointer[level])
                    let coarser = plan.chain[position + 1 + index]
                    let target =
                        sums[position + 1 + index].pointer + (side * coarser.levelCount + ancestor) * ancestorWidth
                    for element in 0..<ancestorWidth {
                        target[element] -= Self.dot(row + (column + element) * k, own, k)
                    }
                    column += ancestorWidth
                }
                let target = border + side * size
                for index in 0..<patternCount {
                    target[Int(pattern[index])] -= Self.dot(row + (column + index) * k, own, k)
                }
                for index in 0..<fixed {
                    target[plan.borderEffectCount + index] -= Self.dot(row + (width - fixed + index) * k, own, k)
                }
                let block = lower[position].pointer + level * k * k
                SmallBlock.solveLower(block, size: k, own)
                SmallBlock.solveLowerTransposed(block, size: k, own)
            }
        }
    }

    /// Finishes a chain factor's solution: *s·K_y + r − K (solution of what comes after, in the units of b)*.
    private func backSubstitute(
        _ position: Int, border: UnsafePointer<Double>, borderStride: Int, ancestors: [Storage<Double>], count: Int,
        responseSign: Double, into target: Storage<Double>
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let fixed = plan.fixedCount
        for level in 0..<factor.levelCount {
            let start = factor.rowStarts.pointer[level]
            let row = solved[position].pointer + start
            let width = (factor.rowStarts.pointer[level + 1] - start) / k - 1
            let patternStart = factor.patternStarts.pointer[level]
            let patternCount = factor.patternStarts.pointer[level + 1] - patternStart
            let pattern = factor.patternColumns.pointer + patternStart
            for side in 0..<count {
                let own = target.pointer + (side * factor.levelCount + level) * k
                let after = border + side * borderStride
                if responseSign != 0 {
                    for element in 0..<k { own[element] = row[width * k + element] }
                }
                var column = 0
                for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
                    let ancestor = Int(factor.ancestors[index].pointer[level])
                    let coarser = plan.chain[position + 1 + index]
                    let values = ancestors[index].pointer + (side * coarser.levelCount + ancestor) * ancestorWidth
                    for element in 0..<ancestorWidth {
                        Self.subtract(values[element], times: row + (column + element) * k, from: own, k)
                    }
                    column += ancestorWidth
                }
                for index in 0..<patternCount {
                    Self.subtract(after[Int(pattern[index])], times: row + (column + index) * k, from: own, k)
                }
                for index in 0..<fixed {
                    Self.subtract(
                        after[plan.borderEffectCount + index], times: row + (width - fixed + index) * k, from: own, k)
                }
            }
        }
    }

    @inline(__always)
    private static func subtract(
        _ factor: Double, times vector: UnsafePointer<Double>, from target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        for index in 0..<count { target[index] -= factor * vector[index] }
    }

    /// [Λu | β] of a border solution [u | β].
    private func scaledBorder(_ solution: UnsafePointer<Double>, count: Int, stride: Int) -> Storage<Double> {
        let size = plan.borderSize
        let result = Storage<Double>(zeros: size * count)
        for side in 0..<count {
            let source = solution + side * stride
            let target = result.pointer + side * size
            for index in plan.borderEffectCount..<size { target[index] = source[index] }
            for factor in plan.border {
                let relative = relativeFactors[factor.factor].pointer
                for level in 0..<factor.levelCount {
                    let start = factor.offset + level * factor.width
                    Self.multiply(relative, source + start, size: factor.width, into: target + start)
                }
            }
        }
        return result
    }

    /// *Λu* of a chain factor.
    private func scaledEffects(
        _ effects: Storage<Double>, of factor: EliminationPlan.ChainFactor, count: Int
    ) -> Storage<Double> {
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let result = Storage<Double>(zeros: factor.levelCount * k * count)
        for block in 0..<factor.levelCount * count {
            Self.multiply(relative, effects.pointer + block * k, size: k, into: result.pointer + block * k)
        }
        return result
    }
}
