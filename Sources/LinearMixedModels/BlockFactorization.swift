// The numerical factorisation of the mixed-model equations at one θ, block by block along the elimination plan.
//
// With b = Λu and a level's cross-products U with everything that is eliminated after it, its step is
//
//     D = λ'Aλ + I = ℓℓ',   C = ℓ⁻¹λ'U,   K = ℓ⁻ᵀC,   and   −C'C   is added to what comes after.
//
// All blocks stay in the units of the cross-products; only the border is scaled by Λ, once, before it is factored.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Memory for, and the result of, factoring the mixed-model equations at one value of the covariance parameters.
///
/// - **Complexity:** One factorisation costs Σ k w² over the eliminated levels, of width *w*, and *m³/3* for a border
///   of *m* columns. Nothing here is as long as the data.
final class BlockFactorization {
    let plan: EliminationPlan
    /// λ of each grouping factor, a full column-major block.
    let relativeFactors: [Storage<Double>]
    /// For each chain factor the Cholesky factors ℓ of its levels.
    let lower: [Storage<Double>]
    /// For each chain factor its levels' *K = D⁻¹λ'U*, laid out as its rows.
    let solved: [Storage<Double>]
    /// For each chain factor but the first, its rows and diagonal blocks less what finer levels have taken.
    let remainingRows: [Storage<Double>]
    let remainingDiagonal: [Storage<Double>]
    /// The border's Cholesky factor; its last row holds the reduced right-hand side and the root of *r²*.
    let border: Storage<Double>
    /// *ΛĈΛ'* of the border (identity for fixed effects), both triangles, after `invertBorder`.
    let borderInverse: Storage<Double>
    /// Scratch for inverting the border.
    let borderScratch: Storage<Double>
    /// *Λû* of each grouping factor and the fixed effects, after `solveResponse`.
    let borderSolution: Storage<Double>
    let effects: [Storage<Double>]
    /// Scratch for one level: a row block, and a dense neighbourhood.
    let scratchRow: Storage<Double>
    let neighbourhood: Storage<Double>
    let scratchProduct: Storage<Double>
    /// Scratch for one block of effects.
    let scratchBlock: Storage<Double>

    /// Threads that the dense linear algebra may use.
    let threads: Int

    init(_ plan: EliminationPlan, products: CrossProducts, threads: Int) {
        self.plan = plan
        self.threads = threads
        relativeFactors = products.factors.map { Storage(zeros: $0.columnCount * $0.columnCount) }
        lower = plan.chain.map { Storage(zeros: $0.diagonal.count) }
        solved = plan.chain.map { Storage(zeros: $0.rows.count) }
        remainingRows = plan.chain.dropFirst().map { Storage(zeros: $0.rows.count) }
        remainingDiagonal = plan.chain.dropFirst().map { Storage(zeros: $0.diagonal.count) }
        let stride = plan.borderStride
        border = Storage(zeros: stride * stride)
        borderInverse = Storage(zeros: plan.borderSize * plan.borderSize)
        borderScratch = Storage(zeros: plan.borderSize * plan.borderSize)
        borderSolution = Storage(zeros: stride)
        effects = products.factors.map { Storage(zeros: $0.columnCount * $0.levelCount) }
        let widest = plan.widestNeighbourhood + 1
        let widestBlock = plan.chain.map(\.width).max() ?? 1
        scratchRow = Storage(zeros: widest * widestBlock)
        neighbourhood = Storage(zeros: widest * widest)
        scratchProduct = Storage(zeros: widest * widestBlock)
        scratchBlock = Storage(zeros: products.factors.map(\.columnCount).max() ?? 1)
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
        for (storage, matrix) in zip(self.relativeFactors, relativeFactors) {
            for (index, value) in matrix.storage.enumerated() { storage.pointer[index] = value }
        }
        resetRemaining()
        var logDeterminant = 0.0
        for position in plan.chain.indices {
            guard let sum = eliminate(position) else { return nil }
            logDeterminant += sum
        }
        return factorBorder(logDeterminant: logDeterminant)
    }

    /// Puts the cross-products where the elimination subtracts from them.
    func resetRemaining() {
        border.clear()
        for index in 0..<plan.borderPlaces.count {
            border.pointer[plan.borderPlaces.pointer[index]] = plan.borderValues.pointer[index]
        }
        for position in remainingRows.indices {
            remainingRows[position].copy(from: plan.chain[position + 1].rows)
            remainingDiagonal[position].copy(from: plan.chain[position + 1].diagonal)
        }
    }

    /// Eliminates every level of a chain factor.
    ///
    /// - Returns: The sum of the logarithms of their blocks' determinants.
    private func eliminate(_ position: Int) -> Double? {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let diagonal = position == 0 ? factor.diagonal.pointer : remainingDiagonal[position - 1].pointer
        let rows = position == 0 ? factor.rows.pointer : remainingRows[position - 1].pointer
        let lower = lower[position].pointer
        let solved = solved[position].pointer
        let starts = factor.rowStarts.pointer
        let scratch = scratchRow.pointer
        // Levels with one effect and no ancestors are subtracted together, so that threads can share the border's columns.
        let isScattered = k == 1 && factor.ancestors.isEmpty && plan.borderEffectCount > 0
        var logDeterminant = 0.0
        for level in 0..<factor.levelCount {
            let block = lower + level * k * k
            let start = starts[level]
            let width = (starts[level + 1] - start) / k
            Self.scaledBlock(diagonal + level * k * k, by: relative, size: k, into: block)
            guard let logPivot = SmallBlock.cholesky(block, size: k) else { return nil }
            logDeterminant += logPivot
            let row = rows + start
            let result = solved + start
            if k == 1 {
                let scale = relative[0] / block[0]
                let inverse = 1 / block[0]
                for column in 0..<width {
                    let value = row[column] * scale
                    scratch[column] = value
                    result[column] = value * inverse
                }
            } else if k == 2 {
                Self.reducePairs(row, count: width, by: relative, block: block, reduced: scratch, solved: result)
            } else {
                for column in 0..<width {
                    let reduced = scratch + column * k
                    Self.multiplyTransposed(relative, row + column * k, size: k, into: reduced)
                    SmallBlock.solveLower(block, size: k, reduced)
                    let target = result + column * k
                    for element in 0..<k { target[element] = reduced[element] }
                    SmallBlock.solveLowerTransposed(block, size: k, target)
                }
            }
            if !isScattered { subtract(scratch, width: width, of: level, at: position) }
        }
        if isScattered { subtractScalarLevels(position) }
        return logDeterminant
    }

    /// Subtracts *C'C* of a level from its ancestors and from the border.
    func subtract(_ reduced: UnsafePointer<Double>, width: Int, of level: Int, at position: Int) {
        let factor = plan.chain[position]
        let k = factor.width
        let fixed = plan.fixedCount + 1
        let ancestorColumns = factor.ancestorColumnCount
        let patternCount = width - ancestorColumns - fixed
        let patternStart = factor.patternStarts.pointer[level]
        if !factor.ancestors.isEmpty {
            subtractFromAncestors(reduced, width: width, of: level, at: position)
        }
        let stride = plan.borderStride
        let border = border.pointer
        let pattern = factor.patternColumns.pointer + patternStart
        let own = reduced + ancestorColumns * k
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
            if k == 2 {
                let (first, second) = (right[0], right[1])
                for row in column..<fixed { target[row] -= tail[2 * row] * first + tail[2 * row + 1] * second }
            } else {
                for row in column..<fixed { target[row] -= Self.dot(tail + row * k, right, k) }
            }
        }
    }

    /// Subtracts *C'C* of all levels of a factor with one effect a level and no ancestors from the border.
    ///
    /// Each range of the border's columns takes the levels in their order, so that the sums do not depend on the ranges.
    private func subtractScalarLevels(_ position: Int) {
        let factor = plan.chain[position]
        let fixed = plan.fixedCount + 1
        let effects = plan.borderEffectCount
        let stride = plan.borderStride
        let border = border.pointer
        let solved = solved[position].pointer
        let lower = lower[position].pointer
        ParallelLoop.forEachRange(stride, smallest: 64, threads: threads) { range in
            for level in 0..<factor.levelCount {
                let patternStart = factor.patternStarts.pointer[level]
                let count = factor.patternStarts.pointer[level + 1] - patternStart
                let pattern = factor.patternColumns.pointer + patternStart
                let row = solved + factor.rowStarts.pointer[level]
                // C'C = D K'K, with K = C/√D as it is stored.
                let pivot = lower[level] * lower[level]
                var column = 0
                while column < count, Int(pattern[column]) < range.lowerBound { column += 1 }
                while column < count, Int(pattern[column]) < range.upperBound {
                    let target = border + Int(pattern[column]) * stride
                    let factor = row[column] * pivot
                    for other in column..<count { target[Int(pattern[other])] -= row[other] * factor }
                    let fixedTarget = target + effects
                    for other in 0..<fixed { fixedTarget[other] -= row[count + other] * factor }
                    column += 1
                }
                var place = max(0, range.lowerBound - effects)
                while place < fixed, effects + place < range.upperBound {
                    let target = border + (effects + place) * stride + effects
                    let factor = row[count + place] * pivot
                    for other in place..<fixed { target[other] -= row[count + other] * factor }
                    place += 1
                }
            }
        }
    }

    private func subtractFromAncestors(
        _ reduced: UnsafePointer<Double>, width: Int, of level: Int, at position: Int
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let fixed = plan.fixedCount + 1
        let patternOffset = factor.ancestorColumnCount
        let patternCount = width - patternOffset - fixed
        var offset = 0
        for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
            let coarser = plan.chain[position + 1 + index]
            let ancestor = Int(factor.ancestors[index].pointer[level])
            let diagonal = remainingDiagonal[position + index].pointer + ancestor * ancestorWidth * ancestorWidth
            let rows = remainingRows[position + index].pointer + coarser.rowStarts.pointer[ancestor]
            let end = coarser.rowStarts.pointer[ancestor + 1] - coarser.rowStarts.pointer[ancestor]
            let left = reduced + offset * k
            for column in 0..<ancestorWidth {
                for row in 0..<ancestorWidth {
                    diagonal[row + column * ancestorWidth] -= Self.dot(left + row * k, left + column * k, k)
                }
            }
            let next = offset + ancestorWidth
            for column in next..<patternOffset {
                let target = rows + (column - next) * ancestorWidth
                for row in 0..<ancestorWidth { target[row] -= Self.dot(left + row * k, reduced + column * k, k) }
            }
            let places = factor.patternPlaces[index].pointer + factor.patternStarts.pointer[level]
            let patternTarget = rows + (patternOffset - next) * ancestorWidth
            for column in 0..<patternCount {
                let target = patternTarget + Int(places[column]) * ancestorWidth
                let right = reduced + (patternOffset + column) * k
                for row in 0..<ancestorWidth { target[row] -= Self.dot(left + row * k, right, k) }
            }
            let fixedTarget = rows + end - fixed * ancestorWidth
            for column in 0..<fixed {
                let target = fixedTarget + column * ancestorWidth
                let right = reduced + (patternOffset + patternCount + column) * k
                for row in 0..<ancestorWidth { target[row] -= Self.dot(left + row * k, right, k) }
            }
            offset = next
        }
    }
}

// MARK: Kernels for one block

extension BlockFactorization {
    /// *λ'Aλ + I*.
    @inline(__always)
    static func scaledBlock(
        _ block: UnsafePointer<Double>, by relative: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            result[0] = relative[0] * block[0] * relative[0] + 1
            return
        }
        for column in 0..<k {
            for row in 0..<k {
                var sum = row == column ? 1.0 : 0.0
                for inner in 0..<k {
                    let right = relative[inner + column * k]
                    if right == 0 { continue }
                    for outer in 0..<k { sum += relative[outer + row * k] * block[outer + inner * k] * right }
                }
                result[row + column * k] = sum
            }
        }
    }

    /// *ℓ⁻¹λ'x* and *ℓ⁻ᵀℓ⁻¹λ'x* of the columns of a level with two effects: most slopes are that.
    @inline(__always)
    static func reducePairs(
        _ columns: UnsafePointer<Double>, count: Int, by relative: UnsafePointer<Double>,
        block: UnsafePointer<Double>, reduced: UnsafeMutablePointer<Double>, solved: UnsafeMutablePointer<Double>
    ) {
        let (l00, l10, l01, l11) = (relative[0], relative[1], relative[2], relative[3])
        let (first, below, second) = (1 / block[0], block[1], 1 / block[3])
        for column in 0..<count {
            let (x, y) = (columns[2 * column], columns[2 * column + 1])
            let upper = (l00 * x + l10 * y) * first
            let lower = (l01 * x + l11 * y - below * upper) * second
            reduced[2 * column] = upper
            reduced[2 * column + 1] = lower
            let last = lower * second
            solved[2 * column] = (upper - below * last) * first
            solved[2 * column + 1] = last
        }
    }

    /// *λ'x*.
    @inline(__always)
    static func multiplyTransposed(
        _ relative: UnsafePointer<Double>, _ vector: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<k { result[row] = dot(relative + row * k, vector, k) }
    }

    /// *λx*.
    @inline(__always)
    static func multiply(
        _ relative: UnsafePointer<Double>, _ vector: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<k {
            var sum = 0.0
            for column in 0..<k { sum += relative[row + column * k] * vector[column] }
            result[row] = sum
        }
    }

    @inline(__always)
    static func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += left[index] * right[index] }
        return sum
    }
}
