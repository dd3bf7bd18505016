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
/// the direction in which crossed factors exchange their means is what Jacobi's method misses. A factor of a few levels
/// is met whole, with all its effects and with what the other factors answer to each of them, so that a factor that is
/// nearly nested in it does no harm. With *A = V'SV* the inverse is *Δ⁻¹ + V(A⁻¹ − I)V'* and *log|P| = log|Δ| + log|A|*.
final class CrossedPreconditioner: @unchecked Sendable {
    let layout: CrossedLayout
    private let threads: Int
    /// *Δ⁻¹*.
    let inverseBlocks: [Storage<Double>]
    /// Cholesky factors of Δ.
    let lower: [Storage<Double>]
    /// For each border factor the sum of the blocks of *I − Δ⁻¹*.
    private(set) var complementSums: [Matrix] = []
    /// *V*, by rows.
    private(set) var coarse = Storage<Double>(zeros: 0)
    private(set) var coarseCount = 0
    /// *A⁻¹ − I* over the coarse vectors, and *A* itself.
    private(set) var coarseCorrection = Matrix(rows: 0, columns: 0)
    private(set) var coarseMatrix = Matrix(rows: 0, columns: 0)
    private(set) var logDeterminant = 0.0
    private let accumulators: [[Storage<Double>]]

    /// Factors of up to this many effects are met whole.
    static let largestWholeFactor = 24

    init(_ layout: CrossedLayout, threads: Int) {
        self.layout = layout
        self.threads = threads
        inverseBlocks = layout.border.map { Storage(zeros: $0.levelCount * $0.width * $0.width) }
        lower = layout.border.map { Storage(zeros: $0.levelCount * $0.width * $0.width) }
        accumulators = layout.parts.map { _ in
            layout.border.map { Storage(zeros: $0.levelCount * $0.width * $0.width) }
        }
    }

    /// Goes to the θ of an operator.
    ///
    /// - Returns: Whether *P* is positive definite.
    func update(_ matrix: CrossedOperator) -> Bool {
        subtractChain(matrix)
        complementSums = []
        logDeterminant = 0
        coarseCount = 0
        for (index, _) in layout.border.enumerated() {
            guard invert(index, relative: matrix.relative[index].pointer) else { return false }
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
    /// - Returns: Whether all are positive definite.
    private func invert(_ index: Int, relative: UnsafePointer<Double>) -> Bool {
        let factor = layout.border[index]
        let k = factor.width
        let size = k * k
        var complement = Matrix(rows: k, columns: k)
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
            guard let logPivot = SmallBlock.cholesky(block, size: k) else { return false }
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
        return true
    }

    private func updateCoarse(_ matrix: CrossedOperator) -> Bool {
        let vectors = coarseVectors(matrix)
        let count = vectors.count
        coarseCount = count
        coarse = Storage(zeros: layout.borderEffectCount * count)
        for (column, vector) in vectors.enumerated() {
            for (row, value) in vector.enumerated() { coarse.pointer[row * count + column] = value }
        }
        let products = products(matrix, vectors)
        var gram = Matrix(rows: count, columns: count)
        for column in 0..<count {
            for row in 0..<count {
                var sum = 0.0
                for place in vectors[row].indices { sum += vectors[row][place] * products[column][place] }
                gram[row, column] += 0.5 * sum
                gram[column, row] += 0.5 * sum
            }
        }
        guard let decomposition = CholeskyDecomposition(gram) else { return false }
        coarseMatrix = gram
        coarseCorrection = decomposition.inverse - .identity(count)
        logDeterminant += decomposition.logDeterminant
        return true
    }

    /// *P⁻¹r*.
    func apply(_ r: RightHandSides, into result: RightHandSides) {
        let groups = r.groups
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            let blocks = inverseBlocks[index].pointer
            ParallelLoop.forEachRange(factor.levelCount, smallest: 2048, threads: threads) { levels in
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
                        }
                    }
                }
            }
        }
        addCoarse(coarseCorrection, of: r, to: result)
    }

    /// Adds *VQV'r* to a result.
    private func addCoarse(_ correction: Matrix, of r: RightHandSides, to result: RightHandSides) {
        let groups = r.groups
        let count = coarseCount
        let vectors = coarse.pointer
        let coordinates = LaneSums.over(r.rowCount, width: count * groups, threads: threads) { rows, sums in
            for row in rows {
                for column in 0..<count {
                    let weight = vectors[row * count + column]
                    if weight == 0 { continue }
                    for group in 0..<groups {
                        sums[column * groups + group] += weight * r.pointer[row * groups + group]
                    }
                }
            }
        }
        let corrected = Self.product(correction, coordinates, groups: groups)
        corrected.withUnsafeBufferPointer { corrected in
            ParallelLoop.forEachRange(r.rowCount, smallest: 2048, threads: threads) { rows in
                for row in rows {
                    for column in 0..<count {
                        let weight = vectors[row * count + column]
                        if weight == 0 { continue }
                        for group in 0..<groups {
                            result.pointer[row * groups + group] += weight * corrected[column * groups + group]
                        }
                    }
                }
            }
        }
    }

    /// A small matrix times coordinates.
    private static func product(_ matrix: Matrix, _ coordinates: [Lanes], groups: Int) -> [Lanes] {
        var result = [Lanes](repeating: Lanes(), count: coordinates.count)
        for row in 0..<matrix.rowCount {
            for column in 0..<matrix.columnCount {
                for group in 0..<groups {
                    result[row * groups + group] += matrix[row, column] * coordinates[column * groups + group]
                }
            }
        }
        return result
    }

    /// Replaces *w* by *P^{½}w*, *P^{½} = (I + ΔV(A^{½} − I)V')L_Δ* with *L_ΔL_Δ' = Δ*.
    func multiplyByRoot(_ sides: RightHandSides) {
        guard let eigen = SymmetricEigendecomposition(coarseMatrix) else { return }
        let roots = Matrix.diagonal(eigen.values.map { $0.squareRoot() - 1 })
        multiplyByDiagonalRoot(sides, transposed: false)
        let correction = RightHandSides(rows: sides.rowCount, groups: sides.groups)
        addCoarse(eigen.vectors * roots * eigen.vectors.transposed, of: sides, to: correction)
        multiplyByDiagonalRoot(correction, transposed: true)
        multiplyByDiagonalRoot(correction, transposed: false)
        for lane in 0..<sides.laneCount { sides.pointer[lane] += correction.pointer[lane] }
    }

    /// *L_Δ v* or *L_Δ'v* in place.
    func multiplyByDiagonalRoot(_ sides: RightHandSides, transposed: Bool) {
        let groups = sides.groups
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            for level in 0..<factor.levelCount {
                let block = lower[index].pointer + level * k * k
                let start = sides.pointer + (factor.offset + level * k) * groups
                for place in 0..<k {
                    // Rows are replaced in the order in which they are no longer needed.
                    let row = transposed ? place : k - 1 - place
                    for group in 0..<groups {
                        var sum = Lanes()
                        for inner in transposed ? row..<k : 0..<row + 1 {
                            let element = transposed ? block[inner + row * k] : block[row + inner * k]
                            sum += element * start[inner * groups + group]
                        }
                        start[row * groups + group] = sum
                    }
                }
            }
        }
    }
}
