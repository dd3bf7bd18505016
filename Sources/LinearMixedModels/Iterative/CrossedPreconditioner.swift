// A matrix close to the border's that is easily inverted, and whose trace and determinant are known.

internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// *P = Δ + ΔV(A − I)V'Δ*: the diagonal blocks of *S*, corrected to agree with it on a few coarse vectors.
///
/// The vectors *V*, orthonormal in Δ, are constant over the levels of each border factor, one for each of its columns:
/// the direction in which crossed factors exchange their means is what Jacobi's method misses. With *A = V'SV* the
/// inverse is *Δ⁻¹ + V(A⁻¹ − I)V'* and *log|P| = log|Δ| + log|A|*.
final class CrossedPreconditioner: @unchecked Sendable {
    let layout: CrossedLayout
    private let threads: Int
    /// *Δ⁻¹*.
    let inverseBlocks: [Storage<Double>]
    /// Cholesky factors of Δ.
    let lower: [Storage<Double>]
    /// For each border factor the sum of the blocks of *I − Δ⁻¹*.
    private(set) var complementSums: [Matrix] = []
    /// For each border factor the block *C* with *V = 1 ⊗ C*.
    private(set) var coarseBlocks: [Matrix] = []
    /// *A⁻¹ − I* over the coarse vectors, and *A* itself.
    private(set) var coarseCorrection = Matrix(rows: 0, columns: 0)
    private(set) var coarseMatrix = Matrix(rows: 0, columns: 0)
    private(set) var logDeterminant = 0.0
    private let accumulators: [[Storage<Double>]]

    init(_ layout: CrossedLayout, threads: Int) {
        self.layout = layout
        self.threads = threads
        inverseBlocks = layout.border.map { Storage(zeros: $0.levelCount * $0.width * $0.width) }
        lower = layout.border.map { Storage(zeros: $0.levelCount * $0.width * $0.width) }
        accumulators = layout.parts.map { _ in
            layout.border.map { Storage(zeros: $0.levelCount * $0.width * $0.width) }
        }
    }

    /// The first coarse vector of each border factor.
    private var coarseOffsets: [Int] {
        var offset = 0
        return layout.border.map { factor in
            defer { offset += factor.width }
            return offset
        }
    }

    var coarseCount: Int { layout.border.reduce(0) { $0 + $1.width } }

    /// Goes to the θ of an operator.
    ///
    /// - Returns: Whether *P* is positive definite.
    func update(_ matrix: CrossedOperator) -> Bool {
        subtractChain(matrix)
        complementSums = []
        coarseBlocks = []
        logDeterminant = 0
        for (index, factor) in layout.border.enumerated() {
            guard let total = invert(index, relative: matrix.relative[index].pointer),
                let root = CholeskyDecomposition(total)?.lower
            else { return false }
            // V'ΔV = C'(Σ_j Δ_j)C = I.
            var block = Matrix(rows: factor.width, columns: factor.width)
            for column in 0..<factor.width {
                let unit = (0..<factor.width).map { $0 == column ? 1.0 : 0.0 }
                let solution = root.transposed.solving(unit) ?? unit
                for row in 0..<factor.width { block[row, column] = solution[row] }
            }
            coarseBlocks.append(block)
        }
        return updateCoarse(matrix)
    }

    /// Sums *A_ji E_i A_ij* for every border level *j*; of a chain of several factors the finest alone, which leaves a
    /// Δ that is larger than the diagonal of *S* but positive definite.
    private func subtractChain(_ matrix: CrossedOperator) {
        guard let factor = layout.chain.first else { return }
        let shrinkage = matrix.chain.shrinkage[0].pointer
        let k = factor.width
        ParallelLoop.forEach(layout.parts.count, threads: threads) { part in
            let chunks = layout.parts[part].chunks
            let levels =
                factor.treeStarts[
                    layout.chunks[chunks.lowerBound]]..<factor.treeStarts[layout.chunks[chunks.upperBound]]
            for (index, border) in layout.border.enumerated() {
                let target = accumulators[part][index].pointer
                accumulators[part][index].clear()
                let pair = factor.pairs[index]
                let starts = pair.rowStarts.pointer
                let columns = pair.columns.pointer
                let width = border.width
                let first = Int32(border.offset)
                if k == 1, width == 1 {
                    for level in levels {
                        let value = shrinkage[level]
                        if let values = pair.values?.pointer {
                            for position in starts[level]..<starts[level + 1] {
                                target[Int(columns[position] - first)] += values[position] * values[position] * value
                            }
                        } else {
                            PairKernel.forEachCount(pair, row: level) { column, count in
                                target[Int(column - first)] += count * count * value
                            }
                        }
                    }
                    continue
                }
                withUnsafeTemporaryAllocation(of: Double.self, capacity: k) { scratch in
                    for level in levels {
                        let middle = shrinkage + level * k * k
                        for position in starts[level]..<starts[level + 1] {
                            let place = Int(columns[position] - first) / width
                            let block = pair.values.map { $0.pointer + position * k * width }
                            for column in 0..<width {
                                for row in 0..<k {
                                    var sum = 0.0
                                    for inner in 0..<k {
                                        sum += middle[row + inner * k] * (block?[inner + column * k] ?? 1)
                                    }
                                    scratch[row] = sum
                                }
                                for row in 0..<width {
                                    var sum = 0.0
                                    for inner in 0..<k { sum += (block?[inner + row * k] ?? 1) * scratch[inner] }
                                    target[(place * width + column) * width + row] += sum
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Forms and inverts the blocks of a border factor.
    ///
    /// - Returns: *Σ_j Δ_j*.
    private func invert(_ index: Int, relative: UnsafePointer<Double>) -> Matrix? {
        let factor = layout.border[index]
        let k = factor.width
        let size = k * k
        var total = Matrix(rows: k, columns: k)
        var complement = total
        let remaining = Storage<Double>(zeros: size)
        let excess = Storage<Double>(zeros: size)
        let scratch = Storage<Double>(zeros: size)
        for level in 0..<factor.levelCount {
            for element in 0..<size {
                var value = factor.diagonal.pointer[level * size + element]
                for part in accumulators { value -= part[index].pointer[level * size + element] }
                remaining.pointer[element] = value
            }
            SmallBlock.scale(remaining.pointer, by: relative, size: k, scratch: scratch.pointer, into: excess.pointer)
            let block = lower[index].pointer + level * size
            for element in 0..<size { block[element] = excess.pointer[element] }
            for row in 0..<k { block[row * (k + 1)] += 1 }
            for element in 0..<size { total.storage[element] += block[element] }
            guard let logPivot = SmallBlock.cholesky(block, size: k) else { return nil }
            logDeterminant += logPivot
            let inverse = inverseBlocks[index].pointer + level * size
            SmallBlock.inverse(fromCholesky: block, size: k, into: inverse)
            for column in 0..<k {
                for row in 0..<k {
                    complement.storage[row + column * k] += (0..<k).reduce(0) {
                        $0 + inverse[row + $1 * k] * excess.pointer[$1 + column * k]
                    }
                }
            }
        }
        complementSums.append(complement)
        return total
    }

    private func updateCoarse(_ matrix: CrossedOperator) -> Bool {
        let count = coarseCount
        coarseMatrix = Matrix.identity(count)
        coarseCorrection = Matrix(rows: count, columns: count)
        let vectors = coarseVectors()
        let products = RightHandSides(rows: vectors.rowCount, groups: vectors.groups)
        matrix.apply(vectors, into: products)
        var gram = Matrix(rows: count, columns: count)
        for column in 0..<count {
            for row in 0..<count {
                var sum = 0.0
                for place in 0..<vectors.rowCount { sum += vectors[place, row] * products[place, column] }
                gram[row, column] = sum
            }
        }
        for column in 0..<count {
            for row in 0..<column {
                let mean = 0.5 * (gram[row, column] + gram[column, row])
                gram[row, column] = mean
                gram[column, row] = mean
            }
        }
        guard let decomposition = CholeskyDecomposition(gram) else { return false }
        coarseMatrix = gram
        coarseCorrection = decomposition.inverse - .identity(count)
        logDeterminant += decomposition.logDeterminant
        return true
    }

    /// *V*.
    func coarseVectors() -> RightHandSides {
        let result = RightHandSides(rows: layout.borderEffectCount, groups: RightHandSides.groups(for: coarseCount))
        for (index, factor) in layout.border.enumerated() {
            let first = coarseOffsets[index]
            for level in 0..<factor.levelCount {
                for row in 0..<factor.width {
                    for column in 0..<factor.width {
                        result[factor.offset + level * factor.width + row, first + column] =
                            coarseBlocks[index][row, column]
                    }
                }
            }
        }
        return result
    }

    /// *P⁻¹r*.
    func apply(_ r: RightHandSides, into result: RightHandSides) {
        let groups = r.groups
        let count = coarseCount
        let offsets = coarseOffsets
        var coordinates = [Lanes](repeating: Lanes(), count: count * groups)
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            let blocks = inverseBlocks[index].pointer
            let sums = LaneSums.over(factor.levelCount, width: k * groups, threads: threads) { levels, sums in
                for level in levels {
                    let start = (factor.offset + level * k) * groups
                    let block = blocks + level * k * k
                    for row in 0..<k {
                        for group in 0..<groups {
                            var sum = Lanes()
                            for inner in 0..<k {
                                sum += block[row + inner * k] * r.pointer[start + inner * groups + group]
                            }
                            result.pointer[start + row * groups + group] = sum
                            sums[row * groups + group] += r.pointer[start + row * groups + group]
                        }
                    }
                }
            }
            for column in 0..<k {
                for row in 0..<k {
                    for group in 0..<groups {
                        coordinates[(offsets[index] + column) * groups + group] +=
                            coarseBlocks[index][row, column] * sums[row * groups + group]
                    }
                }
            }
        }
        var corrected = [Lanes](repeating: Lanes(), count: count * groups)
        for row in 0..<count {
            for column in 0..<count {
                for group in 0..<groups {
                    corrected[row * groups + group] +=
                        coarseCorrection[row, column] * coordinates[column * groups + group]
                }
            }
        }
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            var additions = [Lanes](repeating: Lanes(), count: k * groups)
            for row in 0..<k {
                for column in 0..<k {
                    for group in 0..<groups {
                        additions[row * groups + group] +=
                            coarseBlocks[index][row, column] * corrected[(offsets[index] + column) * groups + group]
                    }
                }
            }
            additions.withUnsafeBufferPointer { additions in
                for level in 0..<factor.levelCount {
                    let target = result.pointer + (factor.offset + level * k) * groups
                    for lane in 0..<k * groups { target[lane] += additions[lane] }
                }
            }
        }
    }
}

/// Sums of lanes over long loops, in pieces that do not depend on the number of threads.
enum LaneSums {
    private static let pieceCount = 8

    /// Runs `body` over pieces of `0..<count`, each with sums of its own, and adds these up in their order.
    static func over(
        _ count: Int, width: Int, threads: Int, _ body: (Range<Int>, UnsafeMutablePointer<Lanes>) -> Void
    ) -> [Lanes] {
        let pieces = count >= 4096 ? pieceCount : 1
        let sums = RightHandSides(rows: pieces, groups: width)
        ParallelLoop.forEach(pieces, threads: threads) { piece in
            body(count * piece / pieces..<count * (piece + 1) / pieces, sums.pointer + piece * width)
        }
        return (0..<width).map { lane in
            (0..<pieces).reduce(Lanes()) { $0 + sums.pointer[$1 * width + lane] }
        }
    }
}
