// Traces of products of inverses, tr(Ĉ S Ĉ S'), from which the exact Hessian follows without an n-by-n matrix.
//
// S is block diagonal: one symmetric k-by-k matrix repeated for every level of a term. Eliminating a level turns the
// directions S into tangents of what remains; with Ḋ, U̇ the tangents of its blocks and V = λ'U̇ − ḊK,
//
//     tr(ĈSĈS') gains tr(D⁻¹ḊD⁻¹Ḋ') + 2 tr(D⁻¹V H V''),   and what comes after gains −V'K − K'V − K'ḊK.

internal import MixedLinearAlgebra

/// One symmetric unit direction: *e_a e_b' + e_b e_a'*, or *e_a e_a'*, repeated for every level of a factor.
struct SymmetricDirection: Hashable, Sendable {
    /// Index of the random-effects term.
    let term: Int
    /// Index of its grouping factor.
    let factor: Int
    /// Columns among the factor's columns; `first` is not below `second`.
    let first: Int
    let second: Int

    /// The ordered pairs that the direction is the sum of.
    var elements: [(Int, Int)] { first == second ? [(first, first)] : [(first, second), (second, first)] }
}

extension BlockFactorization {
    /// *tr(Ĉ S_d Ĉ S_e)* for all pairs of directions.
    ///
    /// - Parameter effectsInverse: The border's inverse in the units of *u*, both triangles.
    /// - Complexity: For each direction as the factorisation, with one symmetric product of the border's size.
    func inverseTraces(
        _ directions: [SymmetricDirection], inverse: SelectedInverse, effectsInverse: UnsafePointer<Double>
    ) -> Matrix {
        var result = Matrix(rows: directions.count, columns: directions.count)
        var tangents = ChainTangents(plan, directions: directions)
        for position in plan.chain.indices {
            addChainTraces(position, tangents: &tangents, inverse: inverse, to: &result)
        }
        addBorderTraces(tangents, effectsInverse: effectsInverse, to: &result)
        for first in directions.indices {
            for second in 0..<first {
                let value = result[first, second] + result[second, first]
                result[first, second] = value
                result[second, first] = value
            }
        }
        return result
    }

    /// The tangents that finer levels have left, for each direction.
    struct ChainTangents {
        let directions: [SymmetricDirection]
        /// For each chain factor, the directions that it or a finer factor owns.
        let active: [[Int]]
        /// For each chain factor but the first and each direction from below: diagonal blocks and rows.
        var diagonal: [[Int: Storage<Double>]]
        var rows: [[Int: Storage<Double>]]
        /// For each chain direction its tangent of the border, unscaled, lower triangle.
        var border: [Int: Storage<Double>]

        init(_ plan: EliminationPlan, directions: [SymmetricDirection]) {
            self.directions = directions
            var active: [[Int]] = []
            var fromBelow: [Int] = []
            diagonal = []
            rows = []
            for (position, factor) in plan.chain.enumerated() {
                if position > 0 {
                    diagonal.append(
                        Dictionary(
                            uniqueKeysWithValues: fromBelow.map {
                                ($0, Storage(zeros: factor.diagonal.count))
                            }
                        ))
                    rows.append(
                        Dictionary(
                            uniqueKeysWithValues: fromBelow.map {
                                ($0, Storage(zeros: factor.rows.count))
                            }))
                }
                fromBelow += directions.indices.filter { directions[$0].factor == factor.factor }
                active.append(fromBelow)
            }
            self.active = active
            let size = plan.borderSize
            border = Dictionary(
                uniqueKeysWithValues: fromBelow.map { ($0, Storage(zeros: size * size)) })
        }
    }

    private func addChainTraces(
        _ position: Int, tangents: inout ChainTangents, inverse: SelectedInverse, to result: inout Matrix
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = relativeFactors[factor.factor].pointer
        let active = tangents.active[position]
        guard !active.isEmpty else { return }
        let needsNeighbourhood = position > 0
        let widest = plan.widestNeighbourhood + 1
        let blockInverse = Storage<Double>(zeros: k * k)
        let scratch = Storage<Double>(zeros: 4 * k * k)
        let tangentBlocks = active.map { _ in Storage<Double>(zeros: k * k) }
        let variations = active.map { _ in Storage<Double>(zeros: k * widest) }
        let products = active.map { _ in Storage<Double>(zeros: needsNeighbourhood ? k * widest : 0) }
        let halves = Storage<Double>(zeros: k * widest)
        for level in 0..<factor.levelCount {
            let start = factor.rowStarts.pointer[level]
            let row = solved[position].pointer + start
            let width = (factor.rowStarts.pointer[level + 1] - start) / k - 1
            SmallBlock.inverse(
                fromCholesky: lower[position].pointer + level * k * k, size: k, into: blockInverse.pointer)
            for (index, direction) in active.enumerated() {
                let block = tangentBlocks[index].pointer
                let variation = variations[index].pointer
                if let below = position > 0 ? tangents.diagonal[position - 1][direction] : nil {
                    Self.congruence(below.pointer + level * k * k, by: relative, size: k, into: block)
                    if let rows = tangents.rows[position - 1][direction] {
                        for column in 0..<width {
                            Self.multiplyTransposed(
                                relative, rows.pointer + start + column * k, size: k, into: variation + column * k)
                        }
                    }
                } else {
                    for element in 0..<k * k { block[element] = 0 }
                    for (left, right) in tangents.directions[direction].elements { block[left + right * k] = 1 }
                    for element in 0..<k * width { variation[element] = 0 }
                }
                for column in 0..<width {
                    for left in 0..<k {
                        var sum = 0.0
                        for right in 0..<k { sum += block[left + right * k] * row[right + column * k] }
                        variation[left + column * k] -= sum
                    }
                }
            }
            if needsNeighbourhood {
                _ = gatherNeighbourhood(of: level, at: position, from: inverse)
                for index in active.indices {
                    multiplyNeighbourhood(
                        variations[index].pointer, width: width, size: k, into: products[index].pointer)
                }
            }
            let correction = inverse.corrections[position].pointer + level * k * k
            for (left, leftDirection) in active.enumerated() {
                for (right, rightDirection) in active.enumerated() where right <= left {
                    var value = Self.traceOfProducts(
                        blockInverse.pointer, tangentBlocks[left].pointer, blockInverse.pointer,
                        tangentBlocks[right].pointer, size: k, scratch: scratch.pointer)
                    if needsNeighbourhood {
                        let middle = scratch.pointer + 2 * k * k
                        for element in 0..<k * k { middle[element] = 0 }
                        Self.addProductTransposed(
                            products[left].pointer, variations[right].pointer, width: width, size: k, to: middle)
                        for element in 0..<k * k { value += 2 * blockInverse.pointer[element] * middle[element] }
                    } else {
                        value +=
                            Self.traceOfProducts(
                                blockInverse.pointer, tangentBlocks[left].pointer, correction,
                                tangentBlocks[right].pointer, size: k, scratch: scratch.pointer)
                            + Self.traceOfProducts(
                                blockInverse.pointer, tangentBlocks[right].pointer, correction,
                                tangentBlocks[left].pointer, size: k, scratch: scratch.pointer)
                    }
                    // Each unordered pair goes to one place; the triangles are added together at the end.
                    let target = (max(leftDirection, rightDirection), min(leftDirection, rightDirection))
                    result[target.0, target.1] += value
                }
            }
            for (index, direction) in active.enumerated() {
                let block = tangentBlocks[index].pointer
                let variation = variations[index].pointer
                for column in 0..<width {
                    for left in 0..<k {
                        var sum = 0.0
                        for right in 0..<k { sum += block[left + right * k] * row[right + column * k] }
                        halves.pointer[left + column * k] = -(variation[left + column * k] + 0.5 * sum)
                    }
                }
                passOn(halves.pointer, row, width: width, of: level, at: position, direction: direction, to: &tangents)
            }
        }
    }

    /// Adds *Q'K + K'Q* of a level to the tangents of its ancestors and of the border.
    private func passOn(
        _ halves: UnsafePointer<Double>, _ row: UnsafePointer<Double>, width: Int, of level: Int, at position: Int,
        direction: Int, to tangents: inout ChainTangents
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let fixed = plan.fixedCount
        let ancestorColumns = factor.ancestorColumnCount
        let patternCount = width - ancestorColumns - fixed
        let patternStart = factor.patternStarts.pointer[level]
        @inline(__always) func product(_ left: Int, _ right: Int) -> Double {
            if k == 1 { return halves[left] * row[right] + row[left] * halves[right] }
            return Self.dot(halves + left * k, row + right * k, k) + Self.dot(row + left * k, halves + right * k, k)
        }
        var offset = 0
        for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
            let ancestor = Int(factor.ancestors[index].pointer[level])
            let coarser = plan.chain[position + 1 + index]
            let next = offset + ancestorWidth
            guard let diagonal = tangents.diagonal[position + index][direction],
                let rows = tangents.rows[position + index][direction]
            else { continue }
            let block = diagonal.pointer + ancestor * ancestorWidth * ancestorWidth
            let target = rows.pointer + coarser.rowStarts.pointer[ancestor]
            let end =
                (coarser.rowStarts.pointer[ancestor + 1] - coarser.rowStarts.pointer[ancestor]) / ancestorWidth - 1
            let places = factor.patternPlaces[index].pointer + patternStart
            for column in 0..<ancestorWidth {
                for row in 0..<ancestorWidth {
                    block[row + column * ancestorWidth] += product(offset + row, offset + column)
                }
            }
            for column in next..<width {
                let place: Int
                if column < ancestorColumns {
                    place = column - next
                } else if column < ancestorColumns + patternCount {
                    place = ancestorColumns - next + Int(places[column - ancestorColumns])
                } else {
                    place = end - (width - column)
                }
                for row in 0..<ancestorWidth { target[place * ancestorWidth + row] += product(offset + row, column) }
            }
            offset = next
        }
        guard let border = tangents.border[direction] else { return }
        let size = plan.borderSize
        let pattern = factor.patternColumns.pointer + patternStart
        for column in 0..<patternCount + fixed {
            let borderColumn =
                column < patternCount ? Int(pattern[column]) : plan.borderEffectCount + column - patternCount
            let target = border.pointer + borderColumn * size
            for row in column..<max(patternCount, column) {
                target[Int(pattern[row])] += product(ancestorColumns + row, ancestorColumns + column)
            }
            for row in max(column - patternCount, 0)..<fixed {
                target[plan.borderEffectCount + row] +=
                    product(ancestorColumns + patternCount + row, ancestorColumns + column)
            }
        }
    }

    // MARK: Kernels

    /// *λ'Aλ*.
    private static func congruence(
        _ block: UnsafePointer<Double>, by relative: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        scaledBlock(block, by: relative, size: k, into: result)
        for index in 0..<k { result[index + index * k] -= 1 }
    }

    /// *tr(ABCD)* of small blocks.
    private static func traceOfProducts(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>,
        size k: Int, scratch: UnsafeMutablePointer<Double>
    ) -> Double {
        if k == 1 { return a[0] * b[0] * c[0] * d[0] }
        multiplyBlocks(a, b, size: k, into: scratch)
        multiplyBlocks(c, d, size: k, into: scratch + k * k)
        var sum = 0.0
        for column in 0..<k {
            for row in 0..<k { sum += scratch[row + column * k] * scratch[k * k + column + row * k] }
        }
        return sum
    }

    private static func multiplyBlocks(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<k {
            for row in 0..<k {
                var sum = 0.0
                for inner in 0..<k { sum += left[row + inner * k] * right[inner + column * k] }
                result[row + column * k] = sum
            }
        }
    }
}
