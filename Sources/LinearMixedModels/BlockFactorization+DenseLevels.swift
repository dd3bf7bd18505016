// Levels that touch a good share of the border, packed into panels that are multiplied with its tiles.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// The effects of some levels over all of the border's columns, a panel of its rows for each row of tiles.
    private struct LevelPanels {
        let values: Storage<Double>
        /// Effects of all levels together.
        let depth: Int

        /// The panel of a row of tiles, column-major.
        @inline(__always)
        func panel(_ tile: Int) -> UnsafeMutablePointer<Double> {
            values.pointer + tile * TiledMatrix.tileSize * depth
        }

        init(tileCount: Int, depth: Int) {
            self.depth = depth
            values = Storage(zeros: tileCount * TiledMatrix.tileSize * depth)
        }
    }

    /// The most effects that are packed at a time.
    private static let largestDepth = 256

    private func forEachChunk(_ levels: [Int], width: Int, _ body: (ArraySlice<Int>) -> Void) {
        let length = max(1, Self.largestDepth / width)
        for start in stride(from: 0, to: levels.count, by: length) {
            if isStopped { return }
            body(levels[start..<min(start + length, levels.count)])
        }
    }

    /// Packs levels' rows, each multiplied by the level's *W* or *W'* where there is one.
    private func pack(
        _ rows: Storage<Double>, _ levels: ArraySlice<Int>, of factor: EliminationPlan.ChainFactor, limit: Int,
        weights: LevelProducts? = nil, isTransposed: Bool = false
    ) -> LevelPanels {
        let k = factor.width
        let tiles = (limit + TiledMatrix.tileSize - 1) >> TiledMatrix.tileShift
        let result = LevelPanels(tileCount: tiles, depth: levels.count * k)
        ParallelLoop.forEach(levels.count, threads: threads) { index in
            let level = levels[levels.startIndex + index]
            let row = factor.borderRow(level)
            let source = rows.pointer + row.offset
            let weight = weights?.weight(level, size: k)
            for column in 0..<row.patternCount + limit - plan.borderEffectCount {
                let place =
                    column < row.patternCount
                    ? Int(row.pattern[column]) : plan.borderEffectCount + column - row.patternCount
                let target =
                    result.panel(place >> TiledMatrix.tileShift) + (index * k) << TiledMatrix.tileShift
                    + place & (TiledMatrix.tileSize - 1)
                for element in 0..<k {
                    var value = source[column * k + element]
                    if let weight {
                        value = 0
                        for inner in 0..<k {
                            value +=
                                (isTransposed ? weight[inner + element * k] : weight[element + inner * k])
                                * source[column * k + inner]
                        }
                    }
                    target[element << TiledMatrix.tileShift] = value
                }
            }
        }
        return result
    }

    /// Adds the products of some levels to a matrix of the border's columns.
    func addDenseProducts(
        _ products: LevelProducts, _ levels: [Int], of factor: EliminationPlan.ChainFactor, to matrix: TiledMatrix
    ) {
        let limit = matrix.size
        forEachChunk(levels, width: factor.width) { chunk in
            func add(_ left: Storage<Double>, _ right: Storage<Double>, isTransposed: Bool) {
                let first = pack(left, chunk, of: factor, limit: limit)
                let second = pack(right, chunk, of: factor, limit: limit, weights: products, isTransposed: isTransposed)
                let tiles = matrix.tileCount
                ParallelLoop.forEach(tiles * (tiles + 1) / 2, threads: threads, stop: stop) { index in
                    let (row, column) = TiledMatrix.rowwisePlace(index)
                    matrix.addProduct(
                        first.panel(row), second.panel(column), depth: first.depth, toTile: row, column)
                }
            }
            add(products.left, products.right, isTransposed: false)
            if products.isSymmetrized { add(products.right, products.left, isTransposed: true) }
        }
    }

    /// Adds *K H K'* of some levels, with *H* the border's inverse.
    func addDenseForms(
        _ rows: Storage<Double>, _ levels: [Int], of factor: EliminationPlan.ChainFactor, to forms: Storage<Double>
    ) {
        let k = factor.width
        let limit = plan.borderSize
        let inverse = borderInverse
        forEachChunk(levels, width: k) { chunk in
            let panels = pack(rows, chunk, of: factor, limit: limit)
            let count = chunk.count * k * k
            // Each row of tiles has a share of its own; they are added in order.
            let shares = Storage<Double>(zeros: inverse.tileCount * count)
            ParallelLoop.forEach(inverse.tileCount, threads: threads, stop: stop) { row in
                let product = Storage<Double>(zeros: TiledMatrix.tileSize * panels.depth)
                for column in 0..<inverse.tileCount {
                    inverse.addProduct(
                        ofTile: row, column, with: panels.panel(column), depth: panels.depth, to: product.pointer)
                }
                let length = inverse.length(row, limit: limit)
                for index in 0..<chunk.count {
                    let target = shares.pointer + row * count + index * k * k
                    for right in 0..<k {
                        for left in 0..<k {
                            target[left + right * k] = Self.longDot(
                                panels.panel(row) + (index * k + left) << TiledMatrix.tileShift,
                                product.pointer + (index * k + right) << TiledMatrix.tileShift, length)
                        }
                    }
                }
            }
            for row in 0..<inverse.tileCount {
                for (index, level) in chunk.enumerated() {
                    let source = shares.pointer + row * count + index * k * k
                    for element in 0..<k * k { forms.pointer[level * k * k + element] += source[element] }
                }
            }
        }
    }
}
