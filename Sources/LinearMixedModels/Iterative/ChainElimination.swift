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
    private let excess: [Storage<Double>]
    /// For each level *K = D⁻¹λ'A* towards each coarser factor, in the units of the coarser effects *b*.
    private let rows: [[Storage<Double>]]
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

// MARK: Solving

extension ChainElimination {
    /// The levels of a factor in a chunk.
    @inline(__always)
    func levels(_ position: Int, chunk: Int) -> Range<Int> {
        let starts = layout.chain[position].treeStarts
        return starts[layout.chunks[chunk]]..<starts[layout.chunks[chunk + 1]]
    }

    /// Memory for the numbers of one chunk.
    struct Scratch {
        /// What finer levels and the border bring to each level, in the units of *b*.
        let incoming: [RightHandSides]
        /// The solution in the units of *u*.
        let solution: [RightHandSides]
        /// The solution in the units of *b*.
        let scaled: [RightHandSides]

        init(_ chain: ChainElimination, groups: Int) {
            incoming = chain.chunkSizes.map { RightHandSides(rows: $0, groups: groups) }
            solution = chain.chunkSizes.map { RightHandSides(rows: $0, groups: groups) }
            scaled = chain.chunkSizes.map { RightHandSides(rows: $0, groups: groups) }
        }
    }

    /// Solves *M_cc r = Λ't + r₀* for the levels of a chunk.
    ///
    /// On entry `incoming` holds *t* and, with `addsSolution`, `solution` holds *r₀*. On return `solution` is *r* and `scaled` is *Λr*.
    func solve(chunk: Int, _ scratch: Scratch, groups: Int, addsSolution: Bool) {
        for position in layout.chain.indices { forward(position, chunk, scratch, groups, addsSolution) }
        for position in layout.chain.indices.reversed() { backward(position, chunk, scratch, groups) }
    }

    private func forward(_ position: Int, _ chunk: Int, _ scratch: Scratch, _ groups: Int, _ addsSolution: Bool) {
        let factor = layout.chain[position]
        let levels = levels(position, chunk: chunk)
        let k = factor.width
        let relative = relative[position].pointer
        let incoming = scratch.incoming[position].pointer
        let solution = scratch.solution[position].pointer
        for (place, level) in levels.enumerated() {
            let start = place * k * groups
            for row in 0..<k {
                for group in 0..<groups {
                    var sum = addsSolution ? solution[start + row * groups + group] : Lanes()
                    for inner in 0..<k { sum += relative[inner + row * k] * incoming[start + inner * groups + group] }
                    solution[start + row * groups + group] = sum
                }
            }
            for (index, width) in factor.ancestorWidths.enumerated() {
                let coarser = position + 1 + index
                let first = self.levels(coarser, chunk: chunk).lowerBound
                let target =
                    scratch.incoming[coarser].pointer
                    + (Int(factor.ancestors[index].pointer[level]) - first) * width * groups
                let block = rows[position][index].pointer + level * k * width
                for column in 0..<width {
                    for group in 0..<groups {
                        var sum = Lanes()
                        for row in 0..<k { sum += block[row + column * k] * solution[start + row * groups + group] }
                        target[column * groups + group] -= sum
                    }
                }
            }
        }
    }

    private func backward(_ position: Int, _ chunk: Int, _ scratch: Scratch, _ groups: Int) {
        let factor = layout.chain[position]
        let levels = levels(position, chunk: chunk)
        let k = factor.width
        let relative = relative[position].pointer
        let solution = scratch.solution[position].pointer
        let scaled = scratch.scaled[position].pointer
        let held = scratch.incoming[position].pointer
        for (place, level) in levels.enumerated() {
            let start = place * k * groups
            let inverse = inversePivots[position].pointer + level * k * k
            for row in 0..<k {
                for group in 0..<groups {
                    var sum = Lanes()
                    for inner in 0..<k { sum += inverse[row + inner * k] * solution[start + inner * groups + group] }
                    for (index, width) in factor.ancestorWidths.enumerated() {
                        let coarser = position + 1 + index
                        let first = self.levels(coarser, chunk: chunk).lowerBound
                        let source =
                            scratch.scaled[coarser].pointer
                            + (Int(factor.ancestors[index].pointer[level]) - first) * width * groups
                        let block = rows[position][index].pointer + level * k * width
                        for column in 0..<width { sum -= block[row + column * k] * source[column * groups + group] }
                    }
                    // What came in has been used, and makes room for the result while the old one is still read.
                    held[start + row * groups + group] = sum
                }
            }
            for index in start..<start + k * groups { solution[index] = held[index] }
            for row in 0..<k {
                for group in 0..<groups {
                    var sum = Lanes()
                    for inner in 0..<k { sum += relative[row + inner * k] * solution[start + inner * groups + group] }
                    scaled[start + row * groups + group] = sum
                }
            }
        }
    }
}

// MARK: The diagonal of the inverse

extension ChainElimination {
    /// For each chain factor the sum over its levels of the diagonal blocks of *I − M_cc⁻¹*.
    ///
    /// - Complexity: Linear in the number of levels.
    func complementSums() -> [Matrix] {
        var sums = layout.chain.map { Matrix(rows: $0.width, columns: $0.width) }
        // For each level the inverse over itself and its ancestors.
        var inverses: [[Double]] = layout.chain.map { _ in [] }
        for position in layout.chain.indices.reversed() {
            let factor = layout.chain[position]
            let k = factor.width
            let outer = factor.ancestorWidths.reduce(0, +)
            let full = k + outer
            let isNeeded = position > 0
            if isNeeded { inverses[position] = [Double](repeating: 0, count: factor.levelCount * full * full) }
            var scaled = [Double](repeating: 0, count: k * outer)
            var product = scaled
            for level in 0..<factor.levelCount {
                let inverse = inversePivots[position].pointer + level * k * k
                let excess = excess[position].pointer + level * k * k
                for column in 0..<k {
                    for row in 0..<k {
                        var sum = 0.0
                        for inner in 0..<k { sum += inverse[row + inner * k] * excess[inner + column * k] }
                        sums[position][row, column] += sum
                    }
                }
                if outer > 0 {
                    scaledRows(level, at: position, into: &scaled)
                    let parent = Int(factor.ancestors[0].pointer[level])
                    let known = inverses[position + 1]
                    let start = parent * outer * outer
                    for column in 0..<outer {
                        for row in 0..<k {
                            var sum = 0.0
                            for inner in 0..<outer {
                                sum += scaled[row + inner * k] * known[start + inner + column * outer]
                            }
                            product[row + column * k] = sum
                        }
                    }
                    for column in 0..<k {
                        for row in 0..<k {
                            var sum = 0.0
                            for inner in 0..<outer { sum += product[row + inner * k] * scaled[column + inner * k] }
                            sums[position][row, column] -= sum
                        }
                    }
                }
                guard isNeeded else { continue }
                let start = level * full * full
                for column in 0..<full {
                    for row in 0..<full {
                        var value: Double
                        if row < k, column < k {
                            value = inverse[row + column * k]
                            for inner in 0..<outer { value += product[row + inner * k] * scaled[column + inner * k] }
                        } else if row < k {
                            value = -product[row + (column - k) * k]
                        } else if column < k {
                            value = -product[column + (row - k) * k]
                        } else {
                            let parent = Int(factor.ancestors[0].pointer[level])
                            value = inverses[position + 1][parent * outer * outer + row - k + (column - k) * outer]
                        }
                        inverses[position][start + row + column * full] = value
                    }
                }
            }
        }
        return sums
    }

    /// *Kλ* of a level towards its ancestors, in the units of their *u*.
    private func scaledRows(_ level: Int, at position: Int, into result: inout [Double]) {
        let factor = layout.chain[position]
        let k = factor.width
        var offset = 0
        for (index, width) in factor.ancestorWidths.enumerated() {
            let block = rows[position][index].pointer + level * k * width
            let relative = relative[position + 1 + index].pointer
            for column in 0..<width {
                for row in 0..<k {
                    var sum = 0.0
                    for inner in 0..<width { sum += block[row + inner * k] * relative[inner + column * width] }
                    result[row + (offset + column) * k] = sum
                }
            }
            offset += width
        }
    }
}
