// The dense cross-products of one group: its own random effects, the fixed effects and the response.

package import MixedDesign
package import MixedLinearAlgebra

/// Gathers *[Z_iΛ X̃_i ỹ_i]'W[Z_iΛ X̃_i ỹ_i]* of independent groups from the cross-products of all rows.
package struct GroupGrams: Sendable {
    private let products: CrossProducts
    private let groups: IndependentGroups
    private let columns: [Int]
    /// λ of each grouping factor, in the units of the cross-products.
    private let relativeFactors: [Matrix]
    private let transposedFactors: [Matrix]
    /// For each grouping factor the levels of each group, and where each group's begin.
    private let levels: [(starts: [Int], levels: [Int])]
    /// For each grouping factor the place of each level's first effect in its group.
    private let offsets: [[Int]]
    /// Random effects of each group.
    package let effectCounts: [Int]

    /// - Parameter columns: The fixed-effects columns to keep.
    package init(_ fit: LinearMixedModelFit, _ groups: IndependentGroups, columns: [Int]) {
        products = fit.products
        self.groups = groups
        self.columns = columns
        var blocks = products.factors.map { Matrix(rows: $0.columnCount, columns: $0.columnCount) }
        for (term, relative) in zip(fit.design.randomTerms, fit.optimum.relativeFactors) {
            for column in 0..<term.columnCount {
                for row in 0..<term.columnCount {
                    blocks[term.factorIndex][term.columnOffset + row, term.columnOffset + column] =
                        relative[row, column]
                }
            }
        }
        relativeFactors = blocks
        transposedFactors = blocks.map(\.transposed)
        var counts = [Int](repeating: 0, count: groups.count)
        var offsets: [[Int]] = []
        var levels: [(starts: [Int], levels: [Int])] = []
        for (factor, parents) in zip(fit.products.factors, groups.groupOfLevel) {
            var starts = [Int](repeating: 0, count: groups.count + 1)
            var places = [Int](repeating: 0, count: parents.count)
            for (level, parent) in parents.enumerated() where parent >= 0 {
                starts[Int(parent) + 1] += 1
                places[level] = counts[Int(parent)]
                counts[Int(parent)] += factor.columnCount
            }
            for group in 0..<groups.count { starts[group + 1] += starts[group] }
            var next = starts
            var sorted = [Int](repeating: 0, count: starts[groups.count])
            for (level, parent) in parents.enumerated() where parent >= 0 {
                sorted[next[Int(parent)]] = level
                next[Int(parent)] += 1
            }
            offsets.append(places)
            levels.append((starts, sorted))
        }
        self.offsets = offsets
        self.levels = levels
        effectCounts = counts
    }

    /// The cross-products of a group, both triangles: its random effects in units of *u*, the kept columns, the response.
    ///
    /// - Complexity: The square of the group's columns.
    package func gram(_ group: Int) -> Matrix {
        let effects = effectCounts[group]
        let kept = columns + [products.fixedColumnCount]
        var result = Matrix(rows: effects + kept.count, columns: effects + kept.count)
        for factor in products.factors.indices {
            let blocks = products.factors[factor]
            let k = blocks.columnCount
            let relative = relativeFactors[factor]
            let transposed = transposedFactors[factor]
            let range = levels[factor].starts[group]..<levels[factor].starts[group + 1]
            for level in levels[factor].levels[range] {
                let start = offsets[factor][level]
                let block = Matrix(
                    rows: k, columns: k,
                    columnMajor: Array(blocks.diagonalBlocks[level * k * k..<(level + 1) * k * k]))
                result.put(transposed * block * relative, row: start, column: start)
                let width = k * (products.fixedColumnCount + 1)
                var cross = Matrix(rows: k, columns: kept.count)
                for (index, column) in kept.enumerated() {
                    for effect in 0..<k {
                        cross[effect, index] = blocks.fixedBlocks[level * width + effect + column * k]
                    }
                }
                result.put(transposed * cross, row: start, column: effects)
            }
        }
        for pair in products.pairs { add(pair, group: group, to: &result) }
        for (column, first) in kept.enumerated() {
            for (row, second) in kept.enumerated() where row >= column {
                let width = products.fixedColumnCount + 1
                result[effects + row, effects + column] =
                    groups.moments[
                        group * PackedTriangle.count(width)
                            + PackedTriangle.place(max(first, second), min(first, second), width: width)]
            }
        }
        for column in 0..<result.columnCount {
            for row in 0..<column where row < effects {
                if result[row, column] != 0 { result[column, row] = result[row, column] }
            }
        }
        result.symmetrizeFromLower()
        return result
    }

    private func add(_ pair: PairCrossProducts, group: Int, to result: inout Matrix) {
        let left = products.factors[pair.first].columnCount
        let right = products.factors[pair.second].columnCount
        let transposed = transposedFactors[pair.first]
        let range = levels[pair.first].starts[group]..<levels[pair.first].starts[group + 1]
        for level in levels[pair.first].levels[range] {
            for position in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                let size = left * right
                let block = Matrix(
                    rows: left, columns: right,
                    columnMajor: Array(pair.blocks[position * size..<(position + 1) * size]))
                let scaled = transposed * block * relativeFactors[pair.second]
                let row = offsets[pair.first][level]
                let column = offsets[pair.second][Int(pair.columns[position])]
                result.put(scaled, row: row, column: column)
                result.put(scaled.transposed, row: column, column: row)
            }
        }
    }

    /// *[X̃_i ỹ_i]'V_i⁻¹[X̃_i ỹ_i]* of every group, in packed triangles; `nil` where a pivot is not positive.
    func triangles(threads: Int) -> [Double]? {
        let fixed = columns.count + 1
        let size = PackedTriangle.count(fixed)
        var result = [Double](repeating: .nan, count: groups.count * size)
        result.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            ParallelLoop.forEach(groups.count, threads: threads) { group in
                var gram = self.gram(group)
                let effects = effectCounts[group]
                let stride = gram.rowCount
                for effect in 0..<effects { gram[effect, effect] += 1 }
                let rest = gram.storage.withUnsafeMutableBufferPointer { storage -> Matrix? in
                    guard let matrix = storage.baseAddress,
                        DenseKernel.cholesky(matrix, size: effects, leadingDimension: stride) == nil
                    else { return nil }
                    DenseKernel.solveLower(
                        matrix, size: effects, leadingDimension: stride, transposed: false,
                        rightHandSides: matrix + effects * stride, count: fixed, stride: stride)
                    var products = Matrix(rows: fixed, columns: fixed)
                    products.storage.withUnsafeMutableBufferPointer { target in
                        guard let target = target.baseAddress else { return }
                        DenseKernel.addCrossProduct(
                            matrix + effects * stride, rows: effects, columns: fixed, leadingDimension: stride,
                            into: target, resultStride: fixed)
                    }
                    return products
                }
                guard let rest else { return }
                var place = base + group * size
                for column in 0..<fixed {
                    for row in column..<fixed {
                        place.pointee = gram[effects + row, effects + column] - rest[row, column]
                        place += 1
                    }
                }
            }
        }
        return result.allSatisfy(\.isFinite) ? result : nil
    }
}

extension Matrix {
    /// Writes a block at a place.
    fileprivate mutating func put(_ block: Matrix, row: Int, column: Int) {
        for index in 0..<block.columnCount {
            for element in 0..<block.rowCount { self[row + element, column + index] = block[element, index] }
        }
    }
}
