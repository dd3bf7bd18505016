// Sums over the levels of a chain factor that are formed block by block of the border's matrix.
//
// A tile takes its contributions in the order of the levels, whoever computes it, while it stays in the cache. A run of
// levels that touches a good share of its rows and of its columns is packed into two panels of zeros and multiplied as
// dense matrices.

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
    }

    /// Where a run of levels fills more than this share of all pairs of a tile's places, dense products are faster.
    static let densePairShare = 0.04

    /// Adds the products of all levels to a matrix of the border's columns, response included, or without it.
    func addProducts(_ products: LevelProducts, at position: Int, to matrix: TiledMatrix) {
        guard let buckets = plan.chain[position].buckets else { return }
        let context = TileContext(plan.chain[position], buckets, limit: matrix.size)
        let blocks = context.blockCount
        ParallelLoop.forEachTask(blocks * (blocks + 1) / 2, threads: threads) { worker, index in
            let (row, column) = TiledMatrix.rowwisePlace(index)
            let tile = context.block(row, column, of: matrix)
            for run in 0..<buckets.runCount {
                if context.isDense(row, column, run: run, share: Self.densePairShare) {
                    addPanels(products, context, row, column, run: run, to: tile, scratch[worker])
                } else {
                    context.forEachMeeting(row, column, run: run) { left, right in
                        addMeeting(
                            products, context, left, right, isDiagonal: row == column, to: tile,
                            scratch[worker].block.pointer)
                    }
                }
            }
        }
    }

    /// Adds a level's product to the elements of a tile that it touches.
    @inline(__always)
    private func addMeeting(
        _ products: LevelProducts, _ context: TileContext, _ left: Bucket, _ right: Bucket, isDiagonal: Bool,
        to tile: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        let k = context.width
        let weight = products.weights.pointer + (products.weights.count > k * k ? left.level * k * k : 0)
        let rows = left.places
        let columns = right.places
        let leftValues = products.left.pointer + left.offset
        let rightValues = products.right.pointer + right.offset
        if k == 1 && !products.isSymmetrized {
            for column in 0..<right.count {
                let factor = rightValues[column] * weight[0]
                let target = tile + Int(columns[column]) << TiledMatrix.tileShift
                for row in (isDiagonal ? column : 0)..<left.count { target[Int(rows[row])] += leftValues[row] * factor }
            }
            return
        }
        let otherLeft = products.right.pointer + left.offset
        let otherRight = products.left.pointer + right.offset
        for column in 0..<right.count {
            // W R, and W L.
            for element in 0..<k {
                var first = 0.0
                var second = 0.0
                for inner in 0..<k {
                    first += weight[element + inner * k] * rightValues[column * k + inner]
                    second += weight[inner + element * k] * otherRight[column * k + inner]
                }
                scratch[element] = first
                scratch[k + element] = second
            }
            let target = tile + Int(columns[column]) << TiledMatrix.tileShift
            for row in (isDiagonal ? column : 0)..<left.count {
                var sum = Self.dot(leftValues + row * k, scratch, k)
                if products.isSymmetrized { sum += Self.dot(otherLeft + row * k, scratch + k, k) }
                target[Int(rows[row])] += sum
            }
        }
    }

    /// Adds the products of a run of levels to a tile as a product of dense panels.
    private func addPanels(
        _ products: LevelProducts, _ context: TileContext, _ row: Int, _ column: Int, run: Int,
        to tile: UnsafeMutablePointer<Double>, _ scratch: LevelScratch
    ) {
        let first = scratch.panels[0].pointer
        let second = scratch.panels[1].pointer
        context.pack(products.left, row, run: run, weights: nil, isTransposed: false, into: first, scratch)
        context.pack(
            products.right, column, run: run, weights: products.weights, isTransposed: false, into: second, scratch)
        TilePanel.addProduct(first, second, depth: context.depth(run), to: tile)
        guard products.isSymmetrized else { return }
        context.pack(products.right, row, run: run, weights: nil, isTransposed: false, into: first, scratch)
        context.pack(
            products.left, column, run: run, weights: products.weights, isTransposed: true, into: second, scratch)
        TilePanel.addProduct(first, second, depth: context.depth(run), to: tile)
    }
}
