// The diagonal blocks of the inverse, which are all that the gradient needs, by running the elimination backwards.
//
// With H = ΛĈΛ' over what is eliminated after a level, and its K:  Ĉ_ii = D⁻¹ + K H K',  H_i,after = −λ K H.

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

    /// Inverts what the gradient needs; leaves `borderInverse` in the units of *b*.
    ///
    /// - Parameter border: Receives the border's inverse in the units of *u* before it is rescaled.
    /// - Complexity: As the factorisation, three times over.
    func selectedInverse(_ kind: InverseKind, border visit: (UnsafePointer<Double>) -> Void = { _ in })
        -> SelectedInverse
    {
        var widths = [Int](repeating: 0, count: relativeFactors.count)
        for factor in plan.chain { widths[factor.factor] = factor.width }
        for factor in plan.border { widths[factor.factor] = factor.width }
        let result = SelectedInverse(plan, factorWidths: widths)
        invertBorder(kind)
        let size = plan.borderSize
        for factor in plan.border {
            let k = factor.width
            for level in 0..<factor.levelCount {
                let start = factor.offset + level * k
                for column in 0..<k {
                    for row in 0..<k {
                        result.sums[factor.factor][row, column] +=
                            borderInverse.pointer[start + row + (start + column) * size]
                    }
                }
            }
        }
        visit(borderInverse.pointer)
        rescaleBorderInverse()
        for position in plan.chain.indices.reversed() { invertChainFactor(position, into: result) }
        return result
    }

    private func invertChainFactor(_ position: Int, into result: SelectedInverse) {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let product = scratchProduct.pointer
        let sum = Storage<Double>(zeros: k * k)
        let inverse = Storage<Double>(zeros: k * k)
        let scaled = Storage<Double>(zeros: k)
        let isDirect = k == 1 && position == 0 && factor.ancestors.isEmpty
        if isDirect {
            let corrections = result.corrections[position].pointer
            let rows = solved[position].pointer
            ParallelLoop.forEachRange(factor.levelCount, smallest: 256, threads: threads) { range in
                for level in range {
                    corrections[level] = borderQuadraticForm(
                        rows + factor.rowStarts.pointer[level], level: level, factor: factor)
                }
            }
        }
        for level in 0..<factor.levelCount {
            let start = factor.rowStarts.pointer[level]
            let row = solved[position].pointer + start
            let correction = result.corrections[position].pointer + level * k * k
            var width = 0
            if !isDirect {
                width = gatherNeighbourhood(of: level, at: position, from: result)
                multiplyNeighbourhood(row, width: width, size: k, into: product)
                Self.addProductTransposed(product, row, width: width, size: k, to: correction)
            }
            SmallBlock.inverse(fromCholesky: lower[position].pointer + level * k * k, size: k, into: inverse.pointer)
            for element in 0..<k * k {
                inverse.pointer[element] += correction[element]
                sum.pointer[element] += inverse.pointer[element]
            }
            guard position > 0 else { continue }
            let diagonal = result.diagonal[position - 1].pointer + level * k * k
            for column in 0..<k {
                for row in 0..<k {
                    var value = 0.0
                    for left in 0..<k {
                        for right in 0..<k {
                            value +=
                                relative[row + left * k] * inverse.pointer[left + right * k]
                                * relative[column + right * k]
                        }
                    }
                    diagonal[row + column * k] = value
                }
            }
            let rows = result.rows[position - 1].pointer + start
            for column in 0..<width {
                Self.multiply(relative, product + column * k, size: k, into: scaled.pointer)
                for element in 0..<k { rows[column * k + element] = -scaled.pointer[element] }
            }
        }
        for element in 0..<k * k { result.sums[factor.factor].storage[element] = sum.pointer[element] }
    }

    /// *K H K'* of a level with one effect whose neighbourhood is all in the border, read where it lies.
    private func borderQuadraticForm(
        _ row: UnsafePointer<Double>, level: Int, factor: EliminationPlan.ChainFactor
    ) -> Double {
        let start = factor.patternStarts.pointer[level]
        let count = factor.patternStarts.pointer[level + 1] - start
        let pattern = factor.patternColumns.pointer + start
        let fixed = plan.fixedCount
        let size = plan.borderSize
        var diagonal = 0.0
        var below = 0.0
        for column in 0..<count {
            let source = borderInverse.pointer + Int(pattern[column]) * size
            let fixedSource = source + plan.borderEffectCount
            var sum = 0.0
            for other in column + 1..<max(count, column + 1) { sum += source[Int(pattern[other])] * row[other] }
            for other in 0..<fixed { sum += fixedSource[other] * row[count + other] }
            below += sum * row[column]
            diagonal += source[Int(pattern[column])] * row[column] * row[column]
        }
        for column in 0..<fixed {
            let source = borderInverse.pointer + (plan.borderEffectCount + column) * size + plan.borderEffectCount
            for other in column + 1..<max(fixed, column + 1) {
                below += source[other] * row[count + other] * row[count + column]
            }
            diagonal += source[column] * row[count + column] * row[count + column]
        }
        return diagonal + 2 * below
    }

    /// Writes *H* over the columns of a level's row, response left out, into `neighbourhood`, both triangles.
    ///
    /// - Returns: How many columns there are; also the stride.
    func gatherNeighbourhood(of level: Int, at position: Int, from inverse: SelectedInverse) -> Int {
        let factor = plan.chain[position]
        let start = factor.rowStarts.pointer[level]
        let width = (factor.rowStarts.pointer[level + 1] - start) / factor.width - 1
        let patternStart = factor.patternStarts.pointer[level]
        let patternCount = factor.patternStarts.pointer[level + 1] - patternStart
        let pattern = factor.patternColumns.pointer + patternStart
        let fixed = plan.fixedCount
        let size = plan.borderSize
        let target = neighbourhood.pointer
        let ancestorColumns = factor.ancestorColumnCount
        var offset = 0
        for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
            let ancestor = Int(factor.ancestors[index].pointer[level])
            let coarser = plan.chain[position + 1 + index]
            let diagonal =
                inverse.diagonal[position + index].pointer + ancestor * ancestorWidth * ancestorWidth
            let rows = inverse.rows[position + index].pointer + coarser.rowStarts.pointer[ancestor]
            let end =
                (coarser.rowStarts.pointer[ancestor + 1] - coarser.rowStarts.pointer[ancestor]) / ancestorWidth - 1
            for column in 0..<ancestorWidth {
                for row in 0..<ancestorWidth {
                    target[offset + row + (offset + column) * width] = diagonal[row + column * ancestorWidth]
                }
            }
            let next = offset + ancestorWidth
            let places = factor.patternPlaces[index].pointer + patternStart
            for column in next..<width {
                let source: Int
                if column < ancestorColumns {
                    source = column - next
                } else if column < ancestorColumns + patternCount {
                    source = ancestorColumns - next + Int(places[column - ancestorColumns])
                } else {
                    source = end - (width - column)
                }
                for row in 0..<ancestorWidth {
                    let value = rows[source * ancestorWidth + row]
                    target[offset + row + column * width] = value
                    target[column + (offset + row) * width] = value
                }
            }
            offset = next
        }
        let border = borderInverse.pointer
        let fixedRows = plan.borderEffectCount
        for column in 0..<patternCount + fixed {
            let borderColumn = column < patternCount ? Int(pattern[column]) : fixedRows + column - patternCount
            let source = border + borderColumn * size
            let destination = target + ancestorColumns + (ancestorColumns + column) * width
            for row in 0..<patternCount { destination[row] = source[Int(pattern[row])] }
            for row in 0..<fixed { destination[patternCount + row] = source[fixedRows + row] }
        }
        return width
    }

    /// *KH* for a row block and the gathered neighbourhood.
    func multiplyNeighbourhood(
        _ row: UnsafePointer<Double>, width: Int, size k: Int, into product: UnsafeMutablePointer<Double>
    ) {
        let matrix = neighbourhood.pointer
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

    /// A dot product with four running sums, which the compiler turns into vector instructions.
    @inline(__always)
    static func longDot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var sums = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= count {
            let a = UnsafeRawPointer(left + index).loadUnaligned(as: SIMD4<Double>.self)
            let b = UnsafeRawPointer(right + index).loadUnaligned(as: SIMD4<Double>.self)
            sums += a * b
            index += 4
        }
        var sum = sums[0] + sums[1] + (sums[2] + sums[3])
        while index < count {
            sum += left[index] * right[index]
            index += 1
        }
        return sum
    }
}
