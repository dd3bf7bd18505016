// The numerical factorisation of the mixed-model equations at one θ, block by block along the elimination plan.
//
// With b = Λu and a level's cross-products U with everything that is eliminated after it, its step is
//
//     D = λ'Aλ + I = ℓℓ',   C = ℓ⁻¹λ'U,   K = ℓ⁻ᵀC,   and   −C'C = −K'DK   is added to what comes after.
//
// Columns of U that belong to later levels of the chain are in the units of b, those of the border in the units of u:
// the border is formed as it is factored.

internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedProgress

/// Memory for, and the result of, factoring the mixed-model equations at one value of the covariance parameters.
///
/// - **Complexity:** One factorisation costs Σ k w² over the eliminated levels, of width *w*, and *m³/3* for a border
///   of *m* columns. Memory is *m²/2* numbers, as much again for the inverse. Nothing here is as long as the data.
final class BlockFactorization {
    let plan: EliminationPlan
    /// λ of each grouping factor, a full column-major block.
    let relativeFactors: [Storage<Double>]
    /// For each chain factor the Cholesky factors ℓ of its levels.
    let lower: [Storage<Double>]
    /// For each chain factor its levels' *−D*.
    let pivots: [Storage<Double>]
    /// For each chain factor its levels' *K = D⁻¹λ'U*, laid out as its rows.
    let solved: [Storage<Double>]
    /// For each chain factor but the first, its rows and diagonal blocks less what finer levels have taken.
    let remainingRows: [Storage<Double>]
    let remainingDiagonal: [Storage<Double>]
    /// The border's Cholesky factor; its last row holds the reduced right-hand side and the root of *r²*.
    let border: TiledMatrix
    /// *Ĉ* of the border, after `invertBorder`.
    private(set) lazy var borderInverse = TiledMatrix(size: plan.borderSize)
    /// The solution of the border, after `solveResponse`: û, and the fixed effects.
    let borderSolution: Storage<Double>
    /// *û* of each grouping factor, by its own numbers of levels, after `solveResponse`.
    let effects: [Storage<Double>]
    /// For each border effect λ of its factor, where all border factors have one effect a level.
    let borderScales: Storage<Double>
    /// Whether they have.
    let hasScalarBorder: Bool
    /// Scratch for one level, one for each worker of a parallel loop.
    let scratch: [LevelScratch]
    /// Where ranges of levels but the first leave what they take from a border of one tile.
    private(set) lazy var rangeBorders = (1..<max(plan.largestRangeCount, 1)).map { _ in
        Storage<Double>(zeros: border.storage.count)
    }

    /// Threads that may be used.
    let threads: Int
    /// Ends a computation in its midst: what the memory holds is then worth nothing.
    var stop: StopRequest?
    /// Whether that has happened.
    var isStopped: Bool { stop?.isRequested ?? false }

    init(_ plan: EliminationPlan, products: CrossProducts, threads: Int) {
        self.plan = plan
        self.threads = threads
        relativeFactors = products.factors.map { Storage(zeros: $0.columnCount * $0.columnCount) }
        lower = plan.chain.map { Storage(zeros: $0.diagonal.count) }
        pivots = plan.chain.map { Storage(zeros: $0.diagonal.count) }
        solved = plan.chain.map { Storage(zeros: $0.rows.count) }
        remainingRows = plan.chain.dropFirst().map { Storage(zeros: $0.rows.count) }
        remainingDiagonal = plan.chain.dropFirst().map { Storage(zeros: $0.diagonal.count) }
        border = TiledMatrix(size: plan.borderStride)
        borderSolution = Storage(zeros: plan.borderStride)
        effects = products.factors.map { Storage(zeros: $0.columnCount * $0.levelCount) }
        borderScales = Storage(zeros: plan.borderEffectCount)
        hasScalarBorder = plan.border.allSatisfy { $0.width == 1 }
        let widest = plan.widestNeighbourhood + 1
        let widestBlock = products.factors.map(\.columnCount).max() ?? 1
        // Tiles are work for everybody; ranges of levels only for as many as there are.
        let isTiled = plan.chain.contains { $0.touches != nil }
        let workers = max(1, isTiled ? threads : min(threads, plan.largestRangeCount))
        scratch = (0..<workers).map { _ in
            LevelScratch(columns: widest, width: widestBlock, borderSize: plan.borderStride)
        }
    }

    /// The parts of the objective that a factorisation yields.
    struct Determinants {
        /// *log |M|*.
        var randomEffects: Double
        /// *log |X̃'V⁻¹X̃|*.
        var fixedEffects: Double
        /// The penalised residual sum of squares *r²* of the mapped response.
        var residualSumOfSquares: Double
    }

    /// Factors the equations at the given relative factors, one block for each grouping factor.
    ///
    /// - Returns: `nil` when a pivot is not positive: the model fits the data without residual, or overflows.
    func factor(_ relativeFactors: [Matrix]) -> Determinants? {
        reset(relativeFactors)
        var logDeterminant = 0.0
        for position in plan.chain.indices {
            guard let sum = eliminate(position), !isStopped else { return nil }
            logDeterminant += sum
        }
        return factorBorder(logDeterminant: logDeterminant)
    }

    /// Puts the cross-products where the elimination subtracts from them.
    ///
    /// - Parameter identity: The multiple of the identity that is added to those of the border's random effects.
    func reset(_ relativeFactors: [Matrix], identity: Double = 1) {
        for (storage, matrix) in zip(self.relativeFactors, relativeFactors) {
            for (index, value) in matrix.storage.enumerated() { storage.pointer[index] = value }
        }
        resetBorder(identity: identity)
        for position in remainingRows.indices {
            let factor = plan.chain[position + 1]
            let rows = remainingRows[position]
            rows.copy(from: factor.rows)
            remainingDiagonal[position].copy(from: factor.diagonal)
            guard !factor.hasEmptyPattern else { continue }
            for level in 0..<factor.levelCount {
                scalePattern(
                    rows.pointer + factor.rowStarts.pointer[level] + factor.width * factor.ancestorColumnCount,
                    factor.pattern(level), size: factor.width, scratch[0].block.pointer)
            }
        }
    }

    /// Turns the border columns of a level's rows to the units of *u*.
    func scalePattern(
        _ values: UnsafeMutablePointer<Double>, _ pattern: UnsafeBufferPointer<Int32>, size k: Int,
        _ buffer: UnsafeMutablePointer<Double>
    ) {
        if hasScalarBorder {
            let scales = borderScales.pointer
            for (index, column) in pattern.enumerated() {
                let scale = scales[Int(column)]
                for element in 0..<k { values[index * k + element] *= scale }
            }
            return
        }
        var index = 0
        while index < pattern.count {
            let factor = plan.border[Int(plan.factorOfColumn.pointer[Int(pattern[index])])]
            let relative = relativeFactors[factor.factor].pointer
            let width = factor.width
            let block = values + index * k
            for element in 0..<k {
                for column in 0..<width { buffer[column] = block[element + column * k] }
                for column in 0..<width {
                    block[element + column * k] = Self.dot(buffer, relative + column * width, width)
                }
            }
            index += width
        }
    }

    /// Eliminates every level of a chain factor.
    ///
    /// - Returns: The sum of the logarithms of their blocks' determinants.
    private func eliminate(_ position: Int) -> Double? {
        let factor = plan.chain[position]
        let cuts = factor.cuts
        let ranges = cuts.count - 1
        // Ranges have no ancestor in common; what they take from a border of one tile is kept apart and added in order.
        let takesDirectly = factor.touches == nil
        let others = takesDirectly && ranges > 1 ? rangeBorders : []
        var sums = [Double](repeating: 0, count: ranges)
        sums.withUnsafeMutableBufferPointer { sums in
            let results = DisjointResults(sums)
            ParallelLoop.forEachTask(ranges, threads: threads, stop: stop) { worker, range in
                var target: UnsafeMutablePointer<Double>?
                if takesDirectly {
                    if range > 0 { others[range - 1].clear() }
                    target = range == 0 ? border.storage.pointer : others[range - 1].pointer
                }
                results[range] = eliminate(
                    cuts[range]..<cuts[range + 1], at: position, scratch[worker], border: target)
            }
        }
        if takesDirectly {
            for other in others.prefix(ranges - 1) { border.storage.add(other) }
        } else {
            addProducts(.init(solved[position], solved[position], weights: pivots[position]), at: position, to: border)
        }
        let sum = sums.reduce(0, +)
        return sum.isNaN ? nil : sum
    }

    /// Eliminates a range of levels; NaN where a pivot is not positive.
    private func eliminate(
        _ levels: Range<Int>, at position: Int, _ scratch: LevelScratch, border: UnsafeMutablePointer<Double>?
    ) -> Double {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let isFirst = position == 0
        let diagonal = isFirst ? factor.diagonal.pointer : remainingDiagonal[position - 1].pointer
        let rows = isFirst ? factor.rows.pointer : remainingRows[position - 1].pointer
        let lower = lower[position].pointer
        let pivots = pivots[position].pointer
        let solved = solved[position].pointer
        let starts = factor.rowStarts.pointer
        let reduced = scratch.reduced.pointer
        let patternOffset = k * factor.ancestorColumnCount
        let isScaled = !isFirst || factor.hasEmptyPattern
        let ancestors = AncestorBlocks.all(plan, at: position, diagonal: remainingDiagonal, rows: remainingRows)
        var logDeterminant = 0.0
        for level in levels {
            let block = lower + level * k * k
            let start = starts[level]
            let width = (starts[level + 1] - start) / k
            Self.scaledBlock(diagonal + level * k * k, by: relative, size: k, into: block)
            for element in 0..<k * k { pivots[level * k * k + element] = -block[element] }
            guard let logPivot = SmallBlock.cholesky(block, size: k) else { return .nan }
            logDeterminant += logPivot
            var row = UnsafePointer(rows + start)
            if !isScaled {
                scratch.row.pointer.update(from: row, count: k * width)
                scalePattern(
                    scratch.row.pointer + patternOffset, factor.pattern(level), size: k, scratch.block.pointer)
                row = UnsafePointer(scratch.row.pointer)
            }
            let result = solved + start
            if k == 1 {
                let scale = relative[0] / block[0]
                let inverse = 1 / block[0]
                for column in 0..<width {
                    let value = row[column] * scale
                    reduced[column] = value
                    result[column] = value * inverse
                }
            } else if k == 2 {
                Self.reducePairs(row, count: width, by: relative, block: block, reduced: reduced, solved: result)
            } else {
                for column in 0..<width {
                    let target = reduced + column * k
                    Self.multiplyTransposed(relative, row + column * k, size: k, into: target)
                    SmallBlock.solveLower(block, size: k, target)
                    let own = result + column * k
                    for element in 0..<k { own[element] = target[element] }
                    SmallBlock.solveLowerTransposed(block, size: k, own)
                }
            }
            subtract(
                reduced, width: width, patternStart: factor.patternStarts.pointer[level], size: k, of: level,
                from: ancestors)
            if let border { subtract(reduced, width: width, of: level, at: position, from: border) }
        }
        return logDeterminant
    }

    /// Subtracts *C'C* of a level from a border of one tile.
    private func subtract(
        _ reduced: UnsafePointer<Double>, width: Int, of level: Int, at position: Int,
        from border: UnsafeMutablePointer<Double>
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let fixed = plan.tailCount
        let stride = self.border.stride
        let pattern = factor.pattern(level)
        let patternCount = pattern.count
        let own = reduced + factor.ancestorColumnCount * k
        let tail = own + patternCount * k
        for column in 0..<patternCount {
            let target = border + Int(pattern[column]) * stride
            let right = own + column * k
            if k == 1 {
                let factor = right[0]
                for row in column..<patternCount { target[Int(pattern[row])] -= own[row] * factor }
                let fixedTarget = target + plan.borderEffectCount
                for row in 0..<fixed { fixedTarget[row] -= tail[row] * factor }
            } else {
                for row in column..<patternCount {
                    target[Int(pattern[row])] -= Self.dot(own + row * k, right, k)
                }
                let fixedTarget = target + plan.borderEffectCount
                for row in 0..<fixed { fixedTarget[row] -= Self.dot(tail + row * k, right, k) }
            }
        }
        for column in 0..<fixed {
            let target = border + (plan.borderEffectCount + column) * stride + plan.borderEffectCount
            let right = tail + column * k
            if k == 1 {
                for row in column..<fixed { target[row] -= tail[row] * right[0] }
            } else if k == 2 {
                let (first, second) = (right[0], right[1])
                for row in column..<fixed { target[row] -= tail[2 * row] * first + tail[2 * row + 1] * second }
            } else {
                for row in column..<fixed { target[row] -= Self.dot(tail + row * k, right, k) }
            }
        }
    }

    /// Subtracts *C'C* of all levels from their ancestors and from the border.
    ///
    /// - Parameter reduced: Their *C*, laid out as their rows.
    func subtract(_ reduced: Storage<Double>, at position: Int) {
        let factor = plan.chain[position]
        let k = factor.width
        let ancestors = AncestorBlocks.all(plan, at: position, diagonal: remainingDiagonal, rows: remainingRows)
        for level in 0..<factor.levelCount {
            let own = reduced.pointer + factor.rowStarts.pointer[level]
            let width = factor.columnCount(level)
            subtract(
                own, width: width, patternStart: factor.patternStarts.pointer[level], size: k, of: level,
                from: ancestors)
            if factor.touches == nil {
                subtract(own, width: width, of: level, at: position, from: border.storage.pointer)
            }
        }
        guard factor.touches != nil else { return }
        let weight = Storage<Double>(zeros: k * k)
        for index in 0..<k { weight.pointer[index * (k + 1)] = -1 }
        addProducts(.init(reduced, reduced, weights: weight), at: position, to: border)
    }

    /// Subtracts *C'C* of a level from its ancestors.
    @inline(__always)
    private func subtract(
        _ reduced: UnsafePointer<Double>, width: Int, patternStart: Int, size k: Int, of level: Int,
        from ancestors: [AncestorBlocks]
    ) {
        guard let last = ancestors.last else { return }
        let fixed = plan.tailCount
        let patternOffset = last.offset + last.width
        let patternCount = width - patternOffset - fixed
        @inline(__always) func subtract(size k: Int, from ancestor: AncestorBlocks, width own: Int) {
            let diagonal = ancestor.diagonalBlock(level)
            let rows = ancestor.rowBlock(level)
            let left = reduced + ancestor.offset * k
            for column in 0..<own {
                for row in 0..<own {
                    diagonal[row + column * own] -= Self.dot(left + row * k, left + column * k, k)
                }
            }
            let next = ancestor.offset + own
            for column in next..<patternOffset {
                let target = rows + (column - next) * own
                for row in 0..<own { target[row] -= Self.dot(left + row * k, reduced + column * k, k) }
            }
            let places = ancestor.places + patternStart
            let patternTarget = rows + (patternOffset - next) * own
            for column in 0..<patternCount {
                let target = patternTarget + Int(places[column]) * own
                let right = reduced + (patternOffset + column) * k
                for row in 0..<own { target[row] -= Self.dot(left + row * k, right, k) }
            }
            let fixedTarget = rows + (ancestor.elementCount(level) - fixed * own)
            for column in 0..<fixed {
                let target = fixedTarget + column * own
                let right = reduced + (patternOffset + patternCount + column) * k
                for row in 0..<own { target[row] -= Self.dot(left + row * k, right, k) }
            }
        }
        for ancestor in ancestors {
            // With the sizes known to the compiler, loops over one effect are no loops.
            if k == 1 && ancestor.width == 1 {
                subtract(size: 1, from: ancestor, width: 1)
            } else {
                subtract(size: k, from: ancestor, width: ancestor.width)
            }
        }
    }
}

extension EliminationPlan {
    /// The most ranges that the levels of any chain factor are cut into.
    var largestRangeCount: Int { chain.map { $0.cuts.count - 1 }.max() ?? 1 }
}
