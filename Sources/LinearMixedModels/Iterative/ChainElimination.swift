// The chain's part of the equations at one θ: each level's pivot, its rows towards coarser levels, and solving with them.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The factored block *M_cc = Λ_c'A_ccΛ_c + I* of the chain, tree by tree.
///
/// Eliminating a level of one factor touches one level of each coarser chain factor and nothing else, so there is no fill.
final class ChainElimination: @unchecked Sendable {
    let layout: CrossedLayout
    /// λ of each chain factor.
    private(set) var relative: [Storage<Double>]
    /// Cholesky factors of the pivots *D*.
    private let lower: [Storage<Double>]
    /// *D⁻¹* as full blocks.
    let inversePivots: [Storage<Double>]
    /// *D − I*, without the cancellation of subtracting.
    let excess: [Storage<Double>]
    /// For each level *K = D⁻¹λ'A* towards each coarser factor, in the units of the coarser effects *b*.
    let rows: [[Storage<Double>]]
    private let remainingDiagonal: [Storage<Double>]
    private let remainingRows: [[Storage<Double>]]
    /// *λD⁻¹λ'*, which is all that a chain of one factor needs.
    let shrinkage: [Storage<Double>]
    /// *log |M_cc|*.
    private(set) var logDeterminant = 0.0
    /// The most effects of each factor in one chunk.
    let chunkSizes: [Int]

    init(_ layout: CrossedLayout) {
        self.layout = layout
        let chain = layout.chain
        relative = chain.map { Storage(zeros: $0.width * $0.width) }
        func blocks() -> [Storage<Double>] { chain.map { Storage(zeros: $0.levelCount * $0.width * $0.width) } }
        lower = blocks()
        inversePivots = blocks()
        excess = blocks()
        shrinkage = blocks()
        remainingDiagonal = blocks()
        rows = chain.map { factor in factor.ancestorBlocks.map { Storage(zeros: $0.count) } }
        remainingRows = chain.map { factor in factor.ancestorBlocks.map { Storage(zeros: $0.count) } }
        chunkSizes = chain.map { factor in
            (0..<max(0, layout.chunks.count - 1)).map {
                (factor.treeStarts[layout.chunks[$0 + 1]] - factor.treeStarts[layout.chunks[$0]]) * factor.width
            }.max() ?? 0
        }
    }

    /// Factors the chain at some relative factors, one block for each grouping factor.
    ///
    /// - Returns: Whether all pivots are positive.
    func factor(_ relativeFactors: [Matrix]) -> Bool {
        logDeterminant = 0
        for (position, factor) in layout.chain.enumerated() {
            for (index, value) in relativeFactors[factor.factor].storage.enumerated() {
                relative[position].pointer[index] = value
            }
            remainingDiagonal[position].copy(from: factor.diagonal)
            for (index, blocks) in factor.ancestorBlocks.enumerated() {
                remainingRows[position][index].copy(from: blocks)
            }
        }
        for position in layout.chain.indices {
            guard eliminate(position) else { return false }
        }
        return true
    }

    private func eliminate(_ position: Int) -> Bool {
        let factor = layout.chain[position]
        let k = factor.width
        let size = k * k
        let relative = relative[position].pointer
        let scratch = Storage<Double>(zeros: k * max(k, factor.ancestorWidths.max() ?? 1))
        for level in 0..<factor.levelCount {
            let excess = excess[position].pointer + level * size
            let pivot = lower[position].pointer + level * size
            let inverse = inversePivots[position].pointer + level * size
            SmallBlock.scale(
                remainingDiagonal[position].pointer + level * size, by: relative, size: k, scratch: scratch.pointer,
                into: excess)
            for index in 0..<size { pivot[index] = excess[index] }
            for index in 0..<k { pivot[index * (k + 1)] += 1 }
            guard let logPivot = SmallBlock.cholesky(pivot, size: k) else { return false }
            logDeterminant += logPivot
            SmallBlock.inverse(fromCholesky: pivot, size: k, into: inverse)
            SmallBlock.scaleOuter(
                inverse, by: relative, size: k, scratch: scratch.pointer,
                into: shrinkage[position].pointer + level * size)
            subtract(level, at: position, scratch: scratch.pointer)
        }
        return true
    }

    /// Forms the rows *K* of a level and subtracts *C'D⁻¹C* from the coarser levels.
    private func subtract(_ level: Int, at position: Int, scratch: UnsafeMutablePointer<Double>) {
        let factor = layout.chain[position]
        guard !factor.ancestors.isEmpty else { return }
        let k = factor.width
        let relative = relative[position].pointer
        let pivot = lower[position].pointer + level * k * k
        for (index, width) in factor.ancestorWidths.enumerated() {
            let source = remainingRows[position][index].pointer + level * k * width
            let target = rows[position][index].pointer + level * k * width
            for column in 0..<width {
                let own = target + column * k
                for row in 0..<k {
                    own[row] = SmallBlock.dot(relative + row * k, source + column * k, k)
                }
                SmallBlock.solveLower(pivot, size: k, own)
                SmallBlock.solveLowerTransposed(pivot, size: k, own)
            }
        }
        for (left, leftWidth) in factor.ancestorWidths.enumerated() {
            let ancestor = Int(factor.ancestors[left].pointer[level])
            // C = λ'A of the left factor, once more, because K has its pivot divided out.
            let source = remainingRows[position][left].pointer + level * k * leftWidth
            for column in 0..<leftWidth {
                for row in 0..<k {
                    scratch[row + column * k] = SmallBlock.dot(relative + row * k, source + column * k, k)
                }
            }
            for (right, rightWidth) in factor.ancestorWidths.enumerated() where right >= left {
                let solved = rows[position][right].pointer + level * k * rightWidth
                let coarser = position + 1 + left
                let target =
                    right == left
                    ? remainingDiagonal[coarser].pointer + ancestor * leftWidth * leftWidth
                    : remainingRows[coarser][right - left - 1].pointer + ancestor * leftWidth * rightWidth
                for column in 0..<rightWidth {
                    for row in 0..<leftWidth {
                        target[row + column * leftWidth] -= SmallBlock.dot(scratch + row * k, solved + column * k, k)
                    }
                }
            }
        }
    }
}
