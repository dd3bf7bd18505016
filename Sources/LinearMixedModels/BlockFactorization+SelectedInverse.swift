// The diagonal blocks of the inverse, which are all that the gradient needs, by running the elimination backwards.
//
// With H = Ĉ over what is eliminated after a level, in the units of b for later levels of the chain and in those of u for
// the border, and the level's K:  Ĉ_ii = D⁻¹ + K H K',  H_i,after = −λ K H.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// The blocks of the inverse over the chain, kept where finer levels or second derivatives read them.
    final class SelectedInverse {
        /// For each grouping factor the sum of its levels' blocks *Ĉ_ii*.
        var sums: [Matrix]
        /// For each chain factor its levels' *K H K'*.
        let corrections: [Storage<Double>]
        /// For each chain factor but the first its levels' *λĈ_iiλ'*.
        let diagonal: [Storage<Double>]
        /// For each chain factor but the first its levels' *−λKH*, laid out as its rows without the response.
        let rows: [Storage<Double>]

        init(_ plan: EliminationPlan, factorWidths: [Int]) {
            sums = factorWidths.map { Matrix(rows: $0, columns: $0) }
            corrections = plan.chain.map { Storage(zeros: $0.diagonal.count) }
            diagonal = plan.chain.dropFirst().map { Storage(zeros: $0.diagonal.count) }
            rows = plan.chain.dropFirst().map { Storage(zeros: $0.rows.count) }
        }
    }

    /// Inverts what the gradient needs.
    ///
    /// - Complexity: As the factorisation, three times over.
    func selectedInverse(_ kind: InverseKind) -> SelectedInverse {
        var widths = [Int](repeating: 0, count: relativeFactors.count)
        for factor in plan.chain { widths[factor.factor] = factor.width }
        for factor in plan.border { widths[factor.factor] = factor.width }
        let result = SelectedInverse(plan, factorWidths: widths)
        invertBorder(kind)
        if isStopped { return result }
        for factor in plan.border {
            for level in 0..<factor.levelCount {
                let start = Int(factor.columns.pointer[level])
                for column in 0..<factor.width {
                    for row in 0..<factor.width {
                        result.sums[factor.factor][row, column] += borderInverse.element(start + row, start + column)
                    }
                }
            }
        }
        for position in plan.chain.indices.reversed() { invertChainFactor(position, into: result) }
        return result
    }

    private func invertChainFactor(_ position: Int, into result: SelectedInverse) {
        let factor = plan.chain[position]
        let k = factor.width
        // Levels that nobody reads from need only K H K', and that of the border can be taken tile by tile.
        let isTiled = position == 0 && factor.ancestors.isEmpty && factor.touches != nil
        if isTiled { addBorderForms(at: position, to: result.corrections[position]) }
        let ranges = factor.cuts.count - 1
        var sums = [Double](repeating: 0, count: ranges * k * k)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let base = sums.baseAddress else { return }
            let rangeSums = DisjointBlocks(base, size: k * k)
            ParallelLoop.forEachTask(ranges, threads: threads, stop: stop) { worker, range in
                invertLevels(
                    factor.cuts[range]..<factor.cuts[range + 1], at: position, into: result, scratch[worker],
                    sum: rangeSums[range], hasCorrections: isTiled)
            }
        }
        for range in 0..<ranges {
            for element in 0..<k * k { result.sums[factor.factor].storage[element] += sums[range * k * k + element] }
        }
    }

    private func invertLevels(
        _ levels: Range<Int>, at position: Int, into result: SelectedInverse, _ scratch: LevelScratch,
        sum: UnsafeMutablePointer<Double>, hasCorrections: Bool
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let product = scratch.product.pointer
        let inverse = scratch.block.pointer
        let scaled = inverse + k * k
        let isDirect = k == 1 && position == 0 && factor.ancestors.isEmpty
        let ancestors = AncestorBlocks.all(plan, at: position, diagonal: result.diagonal, rows: result.rows)
        for level in levels {
            let start = factor.rowStarts.pointer[level]
            let row = solved[position].pointer + start
            let correction = result.corrections[position].pointer + level * k * k
            var width = 0
            if hasCorrections {
                // Found already.
            } else if isDirect {
                correction[0] = borderQuadraticForm(row, factor.pattern(level))
            } else {
                width = gatherNeighbourhood(of: level, in: factor, ancestors, into: scratch)
                multiplyNeighbourhood(scratch.neighbourhood.pointer, row, width: width, size: k, into: product)
                Self.addProductTransposed(product, row, width: width, size: k, to: correction)
            }
            SmallBlock.inverse(fromCholesky: lower[position].pointer + level * k * k, size: k, into: inverse)
            for element in 0..<k * k {
                inverse[element] += correction[element]
                sum[element] += inverse[element]
            }
            guard position > 0 else { continue }
            let diagonal = result.diagonal[position - 1].pointer + level * k * k
            for column in 0..<k {
                for row in 0..<k {
                    var value = 0.0
                    for left in 0..<k {
                        for right in 0..<k {
                            value +=
                                relative[row + left * k] * inverse[left + right * k] * relative[column + right * k]
                        }
                    }
                    diagonal[row + column * k] = value
                }
            }
            let rows = result.rows[position - 1].pointer + start
            for column in 0..<width {
                Self.multiply(relative, product + column * k, size: k, into: scaled)
                for element in 0..<k { rows[column * k + element] = -scaled[element] }
            }
        }
    }

    /// *K H K'* of a level with one effect whose neighbourhood is all in a border of one tile, read where it lies.
    private func borderQuadraticForm(_ row: UnsafePointer<Double>, _ pattern: UnsafeBufferPointer<Int32>) -> Double {
        let count = pattern.count
        let fixed = plan.fixedCount
        let stride = borderInverse.stride
        let values = borderInverse.storage.pointer
        var diagonal = 0.0
        var below = 0.0
        for column in 0..<count {
            let source = values + Int(pattern[column]) * stride
            let fixedSource = source + plan.borderEffectCount
            var sum = 0.0
            for other in column + 1..<max(count, column + 1) { sum += source[Int(pattern[other])] * row[other] }
            for other in 0..<fixed { sum += fixedSource[other] * row[count + other] }
            below += sum * row[column]
            diagonal += source[Int(pattern[column])] * row[column] * row[column]
        }
        for column in 0..<fixed {
            let source = values + (plan.borderEffectCount + column) * stride + plan.borderEffectCount
            for other in column + 1..<max(fixed, column + 1) {
                below += source[other] * row[count + other] * row[count + column]
            }
            diagonal += source[column] * row[count + column] * row[count + column]
        }
        return diagonal + 2 * below
    }

    /// Writes *H* over the columns of a level's row, response left out, into the scratch, both triangles.
    ///
    /// - Returns: How many columns there are; also the stride.
    func gatherNeighbourhood(
        of level: Int, in factor: EliminationPlan.ChainFactor, _ ancestors: [AncestorBlocks],
        into scratch: LevelScratch
    ) -> Int {
        let patternStart = factor.patternStarts.pointer[level]
        let pattern = factor.pattern(level)
        let patternCount = pattern.count
        let fixed = plan.fixedCount
        let ancestorColumns = factor.ancestorColumnCount
        let width = ancestorColumns + patternCount + fixed
        let target = scratch.neighbourhood.pointer
        for ancestor in ancestors {
            let own = ancestor.width
            let diagonal = ancestor.diagonalBlock(level)
            let rows = ancestor.rowBlock(level)
            let offset = ancestor.offset
            for column in 0..<own {
                for row in 0..<own {
                    target[offset + row + (offset + column) * width] = diagonal[row + column * own]
                }
            }
            let next = offset + own
            let places = ancestor.places + patternStart
            let tail = rows + ancestor.elementCount(level) - (fixed + 1) * own
            // The coarser level has the columns after it in three runs.
            for column in next..<width {
                let source: UnsafePointer<Double>
                if column < ancestorColumns {
                    source = UnsafePointer(rows + (column - next) * own)
                } else if column < ancestorColumns + patternCount {
                    source = UnsafePointer(
                        rows + (ancestorColumns - next + Int(places[column - ancestorColumns])) * own)
                } else {
                    source = UnsafePointer(tail + (column - ancestorColumns - patternCount) * own)
                }
                for row in 0..<own {
                    let value = source[row]
                    target[offset + row + column * width] = value
                    target[column + (offset + row) * width] = value
                }
            }
        }
        let values = borderInverse.storage.pointer
        let stride = borderInverse.stride
        let square = target + ancestorColumns * (width + 1)
        for row in 0..<patternCount + fixed {
            let borderRow = row < patternCount ? Int(pattern[row]) : plan.borderEffectCount + row - patternCount
            let source = values + TiledMatrix.rowBase(borderRow)
            for column in 0...row {
                let borderColumn =
                    column < patternCount ? Int(pattern[column]) : plan.borderEffectCount + column - patternCount
                let value = source[borderColumn * stride]
                square[row + column * width] = value
                square[column + row * width] = value
            }
        }
        return width
    }

    /// *KH* for a row block and the gathered neighbourhood.
    func multiplyNeighbourhood(
        _ matrix: UnsafePointer<Double>, _ row: UnsafePointer<Double>, width: Int, size k: Int,
        into product: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            for column in 0..<width { product[column] = Self.longDot(matrix + column * width, row, width) }
            return
        }
        for column in 0..<width {
            let source = matrix + column * width
            let target = product + column * k
            for element in 0..<k { target[element] = 0 }
            for inner in 0..<width {
                let factor = source[inner]
                for element in 0..<k { target[element] += row[inner * k + element] * factor }
            }
        }
    }

    /// Adds *P K'* to a block.
    @inline(__always)
    static func addProductTransposed(
        _ product: UnsafePointer<Double>, _ row: UnsafePointer<Double>, width: Int, size k: Int,
        to result: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            result[0] += longDot(product, row, width)
            return
        }
        for column in 0..<width {
            for right in 0..<k {
                let factor = row[column * k + right]
                for left in 0..<k { result[left + right * k] += product[column * k + left] * factor }
            }
        }
    }
}
