// Sums over the levels of a chain factor that are formed column by column of the border's matrix.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// The terms *L'WR*, or *L'WR + R'W'L*, of all levels of a chain factor over their border columns.
    struct LevelProducts {
        /// Rows laid out as the factor's.
        let left: Storage<Double>
        let right: Storage<Double>
        /// *W* of every level, or one for all of them.
        let weights: Storage<Double>
        /// Whether the transpose is added as well: needed unless *L* is *R* and *W* is symmetric.
        let isSymmetrized: Bool

        init(
            _ left: Storage<Double>, _ right: Storage<Double>, weights: Storage<Double>, isSymmetrized: Bool = false
        ) {
            self.left = left
            self.right = right
            self.weights = weights
            self.isSymmetrized = isSymmetrized
        }

        /// *W* of a level with *k* effects.
        @inline(__always)
        func weight(_ level: Int, size k: Int) -> UnsafePointer<Double> {
            UnsafePointer(weights.pointer + (weights.count > k * k ? level * k * k : 0))
        }
    }

    /// Columns that one task takes at a time.
    static let columnsOfTask = 16

    /// Adds the products of all levels to a matrix of the border's columns, response included, or without it.
    func addProducts(_ products: LevelProducts, at position: Int, to matrix: TiledMatrix) {
        let factor = plan.chain[position]
        guard let touches = factor.touches else { return }
        addDenseProducts(products, touches.denseLevels, of: factor, to: matrix)
        let size = matrix.size
        let tasks = (size + Self.columnsOfTask - 1) / Self.columnsOfTask
        ParallelLoop.forEachTask(tasks, threads: threads, stop: stop) { worker, task in
            let sums = scratch[worker].borderColumn.pointer
            for column in task * Self.columnsOfTask..<min(size, (task + 1) * Self.columnsOfTask) {
                (sums + column).update(repeating: 0, count: size - column)
                addColumn(column, products, of: factor, touches, to: sums, limit: size, scratch[worker])
                matrix.forEachRun(ofColumn: column) { rows, target in
                    for row in rows { target[row - rows.lowerBound] += sums[row] }
                }
            }
        }
    }

    /// Adds to one column what the levels that touch it contribute, from the diagonal downwards.
    @inline(__always)
    private func addColumn(
        _ column: Int, _ products: LevelProducts, of factor: EliminationPlan.ChainFactor, _ touches: BorderTouches,
        to sums: UnsafeMutablePointer<Double>, limit: Int, _ scratch: LevelScratch
    ) {
        let effects = plan.borderEffectCount
        let isScalar = factor.width == 1 && !products.isSymmetrized
        @inline(__always) func add(_ level: Int, _ place: Int) {
            let row = factor.borderRow(level)
            let place = place < 0 ? row.patternCount + column - effects : place
            if isScalar {
                addScalar(products, level, row, place: place, to: sums, limit: limit)
            } else {
                addBlock(products, level, row, place: place, size: factor.width, to: sums, limit: limit, scratch)
            }
        }
        guard column < effects else {
            for range in touches.sparseRanges { for level in range { add(level, -1) } }
            return
        }
        for index in touches.starts.pointer[column]..<touches.starts.pointer[column + 1] {
            add(Int(touches.levels.pointer[index]), Int(touches.places.pointer[index]))
        }
    }

    /// A level with one effect: a multiple of the rest of its row.
    @inline(__always)
    private func addScalar(
        _ products: LevelProducts, _ level: Int, _ row: EliminationPlan.ChainFactor.BorderRow, place: Int,
        to sums: UnsafeMutablePointer<Double>, limit: Int
    ) {
        let left = products.left.pointer + row.offset
        let factor = products.weight(level, size: 1)[0] * products.right.pointer[row.offset + place]
        for index in min(place, row.patternCount)..<row.patternCount {
            sums[Int(row.pattern[index])] += left[index] * factor
        }
        let tail = left + row.patternCount
        let target = sums + plan.borderEffectCount
        for index in max(0, place - row.patternCount)..<limit - plan.borderEffectCount {
            target[index] += tail[index] * factor
        }
    }

    @inline(__always)
    private func addBlock(
        _ products: LevelProducts, _ level: Int, _ row: EliminationPlan.ChainFactor.BorderRow, place: Int, size k: Int,
        to sums: UnsafeMutablePointer<Double>, limit: Int, _ scratch: LevelScratch
    ) {
        let weight = products.weight(level, size: k)
        let left = products.left.pointer + row.offset
        let right = products.right.pointer + row.offset
        // W R, and W'L, of the column.
        let first = scratch.block.pointer
        let second = first + k
        for element in 0..<k {
            var sum = 0.0
            var transposed = 0.0
            for inner in 0..<k {
                sum += weight[element + inner * k] * right[place * k + inner]
                transposed += weight[inner + element * k] * left[place * k + inner]
            }
            first[element] = sum
            second[element] = transposed
        }
        @inline(__always) func value(_ index: Int) -> Double {
            let own = Self.dot(left + index * k, first, k)
            return products.isSymmetrized ? own + Self.dot(right + index * k, second, k) : own
        }
        for index in min(place, row.patternCount)..<row.patternCount {
            sums[Int(row.pattern[index])] += value(index)
        }
        let target = sums + plan.borderEffectCount
        for index in max(0, place - row.patternCount)..<limit - plan.borderEffectCount {
            target[index] += value(row.patternCount + index)
        }
    }
}
