// The coarse vectors of the preconditioner.

internal import MixedLinearAlgebra

extension CrossedPreconditioner {
    /// Builds *V*, orthonormal in Δ.
    ///
    /// - Returns: The vectors in blocks for the operator; their columns one after another.
    func coarseVectors(_ matrix: CrossedOperator) -> [[Double]] {
        let size = layout.borderEffectCount
        var vectors: [[Double]] = []
        var units: [(factor: Int, effect: Int)] = []
        for (index, factor) in layout.border.enumerated() {
            if layout.border.count > 1, factor.effectCount <= Self.largestWholeFactor {
                units += (0..<factor.effectCount).map { (index, factor.offset + $0) }
                continue
            }
            for column in 0..<factor.width {
                var vector = [Double](repeating: 0, count: size)
                for level in 0..<factor.levelCount { vector[factor.offset + level * factor.width + column] = 1 }
                vectors.append(vector)
            }
        }
        let unitVectors = units.map { unit in
            var vector = [Double](repeating: 0, count: size)
            vector[unit.effect] = 1
            return vector
        }
        // What the other factors answer: Δ⁻¹S of a unit vector, outside its own factor.
        let answers = products(matrix, unitVectors).enumerated().map { index, product in
            var answer = solvingDiagonal(product)
            let own = layout.border[units[index].factor]
            for effect in own.offset..<own.offset + own.effectCount { answer[effect] = 0 }
            return answer
        }
        return orthonormalized(vectors + unitVectors + answers)
    }

    /// *Sv* of some vectors.
    func products(_ matrix: CrossedOperator, _ vectors: [[Double]]) -> [[Double]] {
        var result: [[Double]] = []
        while result.count < vectors.count {
            let own = vectors[result.count..<min(result.count + 2 * Lanes.scalarCount, vectors.count)]
            let sides = RightHandSides(rows: layout.borderEffectCount, groups: RightHandSides.groups(for: own.count))
            for (lane, vector) in own.enumerated() {
                for (row, value) in vector.enumerated() { sides[row, lane] = value }
            }
            let product = RightHandSides(rows: sides.rowCount, groups: sides.groups)
            matrix.apply(sides, into: product)
            result += own.indices.map { lane in
                (0..<product.rowCount).map { product[$0, lane - own.startIndex] }
            }
        }
        return result
    }

    /// *Δ⁻¹v*.
    private func solvingDiagonal(_ vector: [Double]) -> [Double] {
        var result = vector
        for (index, factor) in layout.border.enumerated() {
            let k = factor.width
            for level in 0..<factor.levelCount {
                let start = factor.offset + level * k
                let block = inverseBlocks[index].pointer + level * k * k
                for row in 0..<k {
                    result[start + row] = (0..<k).reduce(0) { $0 + block[row + $1 * k] * vector[start + $1] }
                }
            }
        }
        return result
    }

    /// A basis of the span of some vectors, orthonormal in Δ.
    private func orthonormalized(_ vectors: [[Double]]) -> [[Double]] {
        let scaled = vectors.map { vector -> [Double] in
            let sides = RightHandSides(rows: vector.count, groups: 1)
            for (row, value) in vector.enumerated() { sides[row, 0] = value }
            multiplyByDiagonalRoot(sides, transposed: true)
            return (0..<vector.count).map { sides[$0, 0] }
        }
        let lengths = scaled.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let used = vectors.indices.filter { lengths[$0] > 0 }
        var gram = Matrix(rows: used.count, columns: used.count)
        for (column, right) in used.enumerated() {
            for (row, left) in used.enumerated() where row >= column {
                var sum = 0.0
                for place in scaled[left].indices { sum += scaled[left][place] * scaled[right][place] }
                gram[row, column] = sum / (lengths[left] * lengths[right])
            }
        }
        gram.symmetrizeFromLower()
        guard let eigen = SymmetricEigendecomposition(gram) else { return [] }
        return eigen.values.indices.filter { eigen.values[$0] > 1e-6 }.map { column in
            var result = [Double](repeating: 0, count: layout.borderEffectCount)
            for (row, index) in used.enumerated() {
                let weight = eigen.vectors[row, column] / (lengths[index] * eigen.values[column].squareRoot())
                for place in result.indices { result[place] += weight * vectors[index][place] }
            }
            return result
        }
    }
}
