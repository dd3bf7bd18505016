// A square root of the design's cross-products, through which responses are simulated without rows.

internal import MixedLinearAlgebra

/// *G* with *GG' = [Z X̃]'W[Z X̃]*, by blocks along the elimination plan.
///
/// The levels of the chain are factored one by one and what is left of the border at the end, all by Cholesky's method
/// with pivots; the matrix is singular wherever fixed effects lie in the span of the random ones.
final class DesignRoot: Sendable {
    /// Below this share of a column's squared length, what lies outside the earlier columns counts as nothing.
    static let rankTolerance = 1e-10

    let plan: EliminationPlan
    /// For each chain factor its levels' *ℓ*, *k* × *k*, with zero columns beyond the rank.
    let lower: [Storage<Double>]
    /// For each chain factor its levels' *C = ℓ⁺U*, laid out as its rows, with zero rows beyond the rank.
    let rows: [Storage<Double>]
    /// For each chain factor the ranks of its levels' blocks.
    let ranks: [Storage<Int32>]
    /// What is left of the border's random effects and the fixed effects.
    let border: PivotedCholesky
    /// The rank of *[Z X]*.
    let rank: Int
    /// For each grouping factor the random effects of one level.
    let effectWidths: [Int]

    /// - Complexity: One factorisation.
    init(_ factorization: BlockFactorization) {
        let plan = factorization.plan
        self.plan = plan
        lower = plan.chain.map { Storage(zeros: $0.diagonal.count) }
        rows = plan.chain.map { Storage(zeros: $0.rows.count) }
        ranks = plan.chain.map { Storage(zeros: $0.levelCount) }
        // With Λ = I everything is in the units of the cross-products.
        effectWidths = factorization.relativeFactors.map { Int(Double($0.count).squareRoot()) }
        factorization.reset(effectWidths.map { .identity($0) }, identity: 0)
        var total = 0
        for (position, factor) in plan.chain.enumerated() {
            let k = factor.width
            let diagonal = position == 0 ? factor.diagonal : factorization.remainingDiagonal[position - 1]
            let source = position == 0 ? factor.rows : factorization.remainingRows[position - 1]
            for level in 0..<factor.levelCount {
                let start = factor.rowStarts.pointer[level]
                let width = (factor.rowStarts.pointer[level + 1] - start) / k
                let rank = Self.factorBlock(
                    diagonal.pointer + level * k * k, original: factor.diagonal.pointer + level * k * k,
                    source.pointer + start, width: width, size: k, into: lower[position].pointer + level * k * k,
                    rows: rows[position].pointer + start)
                ranks[position].pointer[level] = Int32(rank)
                total += rank
            }
            factorization.subtract(rows[position], at: position)
        }
        let size = plan.borderSize
        let remaining = Storage<Double>(zeros: size * size)
        for column in 0..<size {
            for row in column..<size {
                remaining.pointer[row + column * size] = factorization.border.lower(row, column)
            }
        }
        var scales = [Double](repeating: 0, count: size)
        for factor in plan.border {
            let k = factor.width
            for level in 0..<factor.levelCount {
                for effect in 0..<k {
                    scales[Int(factor.columns.pointer[level]) + effect] =
                        factor.diagonal.pointer[level * k * k + effect * (k + 1)]
                }
            }
        }
        for index in 0..<plan.fixedCount {
            scales[plan.borderEffectCount + index] = plan.fixed.pointer[index * (plan.tailCount + 1)]
        }
        border = PivotedCholesky(remaining, size: size, scales: scales, tolerance: Self.rankTolerance)
        rank = total + border.rank
    }

    /// Factors one level: *ℓℓ' = D* and *C = ℓ⁺U* by pivots in the order of their remaining share.
    ///
    /// - Returns: The rank of *D*.
    private static func factorBlock(
        _ block: UnsafePointer<Double>, original: UnsafePointer<Double>, _ source: UnsafePointer<Double>, width: Int,
        size k: Int, into lower: UnsafeMutablePointer<Double>, rows: UnsafeMutablePointer<Double>
    ) -> Int {
        var taken = [Bool](repeating: false, count: k)
        for step in 0..<k {
            var pivot = -1
            var largest = rankTolerance
            var value = 0.0
            for row in 0..<k where !taken[row] {
                var remaining = block[row * (k + 1)]
                for inner in 0..<step { remaining -= lower[row + inner * k] * lower[row + inner * k] }
                let share = original[row * (k + 1)] > 0 ? remaining / original[row * (k + 1)] : 0
                if share > largest {
                    largest = share
                    pivot = row
                    value = remaining
                }
            }
            guard pivot >= 0 else { return step }
            let root = value.squareRoot()
            for row in 0..<k where !taken[row] {
                var element = block[row + pivot * k]
                for inner in 0..<step { element -= lower[row + inner * k] * lower[pivot + inner * k] }
                lower[row + step * k] = row == pivot ? root : element / root
            }
            taken[pivot] = true
            for column in 0..<width {
                var element = source[pivot + column * k]
                for inner in 0..<step { element -= lower[pivot + inner * k] * rows[inner + column * k] }
                rows[step + column * k] = element / root
            }
        }
        return k
    }
}

extension DesignRoot {
    /// A vector with a part for every chain factor and one for the border.
    struct Vector {
        let chain: [Storage<Double>]
        let border: Storage<Double>

        init(_ plan: EliminationPlan) {
            chain = plan.chain.map { Storage(zeros: $0.levelCount * $0.width) }
            border = Storage(zeros: plan.borderSize)
        }
    }

    /// *G'v*.
    func multiplyTransposed(_ vector: Vector, into result: Vector) {
        let fixed = plan.fixedCount
        for (position, factor) in plan.chain.enumerated() {
            let k = factor.width
            for level in 0..<factor.levelCount {
                let start = factor.rowStarts.pointer[level]
                let row = rows[position].pointer + start
                let width = (factor.rowStarts.pointer[level + 1] - start) / k - 1
                let block = lower[position].pointer + level * k * k
                let own = vector.chain[position].pointer + level * k
                let target = result.chain[position].pointer + level * k
                for element in 0..<k { target[element] = BlockFactorization.dot(block + element * k, own, k) }
                var column = 0
                for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
                    let ancestor = Int(factor.ancestors[index].pointer[level])
                    let values = vector.chain[position + 1 + index].pointer + ancestor * ancestorWidth
                    for element in 0..<ancestorWidth {
                        Self.add(values[element], times: row + (column + element) * k, to: target, k)
                    }
                    column += ancestorWidth
                }
                let patternStart = factor.patternStarts.pointer[level]
                let patternCount = factor.patternStarts.pointer[level + 1] - patternStart
                let pattern = factor.patternColumns.pointer + patternStart
                for index in 0..<patternCount {
                    Self.add(
                        vector.border.pointer[Int(pattern[index])], times: row + (column + index) * k, to: target, k)
                }
                let after = vector.border.pointer + plan.borderEffectCount
                for index in 0..<fixed {
                    Self.add(after[index], times: row + (width - fixed + index) * k, to: target, k)
                }
            }
        }
        let size = border.size
        for column in 0..<border.rank {
            let values = border.lower.pointer + column * size
            var sum = 0.0
            for row in column..<size { sum += values[row] * vector.border.pointer[border.pivots[row]] }
            result.border.pointer[column] = sum
        }
    }

    /// *G η*.
    func multiply(_ vector: Vector, into result: Vector) {
        let fixed = plan.fixedCount
        for part in result.chain { part.clear() }
        result.border.clear()
        for (position, factor) in plan.chain.enumerated() {
            let k = factor.width
            for level in 0..<factor.levelCount {
                let start = factor.rowStarts.pointer[level]
                let row = rows[position].pointer + start
                let width = (factor.rowStarts.pointer[level + 1] - start) / k - 1
                let block = lower[position].pointer + level * k * k
                let own = vector.chain[position].pointer + level * k
                let target = result.chain[position].pointer + level * k
                for element in 0..<k { Self.add(own[element], times: block + element * k, to: target, k) }
                var column = 0
                for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
                    let ancestor = Int(factor.ancestors[index].pointer[level])
                    let values = result.chain[position + 1 + index].pointer + ancestor * ancestorWidth
                    for element in 0..<ancestorWidth {
                        values[element] += BlockFactorization.dot(row + (column + element) * k, own, k)
                    }
                    column += ancestorWidth
                }
                let patternStart = factor.patternStarts.pointer[level]
                let patternCount = factor.patternStarts.pointer[level + 1] - patternStart
                let pattern = factor.patternColumns.pointer + patternStart
                for index in 0..<patternCount {
                    result.border.pointer[Int(pattern[index])] += BlockFactorization.dot(
                        row + (column + index) * k, own, k)
                }
                let after = result.border.pointer + plan.borderEffectCount
                for index in 0..<fixed {
                    after[index] += BlockFactorization.dot(row + (width - fixed + index) * k, own, k)
                }
            }
        }
        let size = border.size
        for column in 0..<border.rank {
            let values = border.lower.pointer + column * size
            let factor = vector.border.pointer[column]
            for row in column..<size { result.border.pointer[border.pivots[row]] += factor * values[row] }
        }
    }

    @inline(__always)
    private static func add(
        _ factor: Double, times vector: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        for index in 0..<count { target[index] += factor * vector[index] }
    }
}
