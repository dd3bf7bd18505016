// Sums over the levels of a chain factor that are formed, or taken, tile by tile of the border's matrix.
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
    private static let densePairShare = 0.04

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

    // MARK: Quadratic forms

    /// *K H K'* of every level of a factor without ancestors, with *H* the border's inverse.
    func addBorderForms(at position: Int, to forms: Storage<Double>) {
        let factor = plan.chain[position]
        guard let buckets = factor.buckets else { return }
        let context = TileContext(factor, buckets, limit: plan.borderSize)
        let k = factor.width
        let rows = solved[position]
        // Each bucket has the share of its row of tiles, so that no two tasks write to the same place.
        let shares = Storage<Double>(zeros: buckets.levels.count * k * k)
        let inverse = borderInverse
        let tiles = buckets.heaviestFirst.filter { $0 < context.blockCount }
        ParallelLoop.forEachTask(tiles.count, threads: threads) { worker, index in
            let row = tiles[index]
            for column in 0...row {
                let tile = context.block(row, column, of: inverse)
                for run in 0..<buckets.runCount {
                    if context.isDense(row, column, run: run, share: Self.densePairShare) {
                        addPanelForms(rows, context, row, column, run: run, tile, to: shares, scratch[worker])
                    } else {
                        context.forEachMeeting(row, column, run: run) { left, right in
                            Self.addForm(
                                rows, left, right, size: k, isDiagonal: row == column, tile,
                                to: shares.pointer + left.bucket * k * k, scratch[worker].block.pointer)
                        }
                    }
                }
            }
        }
        for level in 0..<factor.levelCount {
            let target = forms.pointer + level * k * k
            for bucket in buckets.levelStarts.pointer[level]..<buckets.levelStarts.pointer[level + 1] {
                for element in 0..<k * k { target[element] += shares.pointer[bucket * k * k + element] }
            }
        }
    }

    /// Adds *L G R'*, off the diagonal with its transpose, for a level's columns that meet a tile *G*.
    @inline(__always)
    private static func addForm(
        _ rows: Storage<Double>, _ left: Bucket, _ right: Bucket, size k: Int, isDiagonal: Bool,
        _ tile: UnsafePointer<Double>, to form: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        let leftValues = rows.pointer + left.offset
        let rightValues = rows.pointer + right.offset
        if k == 1 {
            var sum = 0.0
            for column in 0..<right.count {
                let source = tile + Int(right.places[column]) << TiledMatrix.tileShift
                var inner = 0.0
                for row in 0..<left.count { inner += source[Int(left.places[row])] * leftValues[row] }
                sum += inner * rightValues[column]
            }
            form[0] += isDiagonal ? sum : 2 * sum
            return
        }
        for element in 0..<k * k { scratch[k + element] = 0 }
        for column in 0..<right.count {
            let source = tile + Int(right.places[column]) << TiledMatrix.tileShift
            for element in 0..<k { scratch[element] = 0 }
            for row in 0..<left.count {
                let value = source[Int(left.places[row])]
                for element in 0..<k { scratch[element] += value * leftValues[row * k + element] }
            }
            for second in 0..<k {
                let value = rightValues[column * k + second]
                for element in 0..<k { scratch[k + element + second * k] += scratch[element] * value }
            }
        }
        addBlock(scratch + k, size: k, isDiagonal: isDiagonal, to: form)
    }

    /// The same for a run of levels at once.
    private func addPanelForms(
        _ rows: Storage<Double>, _ context: TileContext, _ row: Int, _ column: Int, run: Int,
        _ tile: UnsafePointer<Double>, to shares: Storage<Double>, _ scratch: LevelScratch
    ) {
        let k = context.width
        let left = scratch.panels[0].pointer
        let right = scratch.panels[1].pointer
        let product = scratch.panels[2].pointer
        context.pack(rows, row, run: run, weights: nil, isTransposed: false, into: left, scratch)
        context.pack(rows, column, run: run, weights: nil, isTransposed: false, into: right, scratch)
        TilePanel.multiply(tile, right, depth: context.depth(run), into: product)
        let block = scratch.block.pointer
        let size = TilePanel.blockSize
        context.forEachBucket(row, run: run) { bucket in
            let start = (bucket.level - run * context.buckets.runLength) * k * size
            for second in 0..<k {
                for first in 0..<k {
                    block[first + second * k] = Self.longDot(
                        left + start + first * size, product + start + second * size, size)
                }
            }
            Self.addBlock(
                block, size: k, isDiagonal: row == column, to: shares.pointer + bucket.bucket * k * k)
        }
    }

    @inline(__always)
    private static func addBlock(
        _ block: UnsafePointer<Double>, size k: Int, isDiagonal: Bool, to form: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<k {
            for row in 0..<k {
                form[row + column * k] += block[row + column * k] + (isDiagonal ? 0 : block[column + row * k])
            }
        }
    }
}

/// The columns of a level that lie in one tile.
private struct Bucket {
    let bucket: Int
    let level: Int
    /// The first of them in the factor's rows.
    let offset: Int
    let count: Int
    /// The places in the tile.
    let places: UnsafePointer<UInt8>
}

/// The buckets of a chain factor as its tiles see them.
private struct TileContext {
    let width: Int
    let buckets: TileBuckets
    /// Columns of the border that count: the response may not.
    private let limit: Int
    private let rowStarts: UnsafePointer<Int>
    private let patternStarts: UnsafePointer<Int>
    private let ancestorColumns: Int
    private let tailCount: Int
    private let levelCount: Int

    init(_ factor: EliminationPlan.ChainFactor, _ buckets: TileBuckets, limit: Int) {
        width = factor.width
        self.buckets = buckets
        self.limit = limit
        rowStarts = UnsafePointer(factor.rowStarts.pointer)
        patternStarts = UnsafePointer(factor.patternStarts.pointer)
        ancestorColumns = factor.ancestorColumnCount
        levelCount = factor.levelCount
        tailCount = levelCount > 0 ? factor.columnCount(0) - ancestorColumns - factor.pattern(0).count : 0
    }

    /// Rows of blocks of the columns that count.
    var blockCount: Int { (limit + TilePanel.blockSize - 1) / TilePanel.blockSize }

    /// Where a block begins in a matrix of several tiles, or of one whole tile.
    func block(_ row: Int, _ column: Int, of matrix: TiledMatrix) -> UnsafeMutablePointer<Double> {
        matrix.storage.pointer + matrix.place(row * TilePanel.blockSize, column * TilePanel.blockSize)
    }

    /// The columns of a packed run.
    func depth(_ run: Int) -> Int {
        (min(levelCount, (run + 1) * buckets.runLength) - run * buckets.runLength) * width
    }

    /// Whether a run fills so much of a tile's rows and columns that dense panels pay.
    func isDense(_ row: Int, _ column: Int, run: Int, share: Double) -> Bool {
        let rows = buckets.runCounts.pointer[row * buckets.runCount + run]
        let columns = buckets.runCounts.pointer[column * buckets.runCount + run]
        let all = Double(TilePanel.blockSize * buckets.runLength)
        return Double(rows) * Double(columns) > share * all * all
    }

    @inline(__always)
    private func bucket(_ index: Int, tile: Int) -> Bucket {
        let bucket = Int(buckets.buckets.pointer[index])
        let level = Int(buckets.levels.pointer[bucket])
        let first = Int(buckets.firsts.pointer[bucket])
        let places = buckets.places.pointer + patternStarts[level] + level * tailCount + first
        var count = Int(buckets.counts.pointer[bucket])
        // The response is the last column of all.
        if tile * TilePanel.blockSize + Int(places[count - 1]) >= limit { count -= 1 }
        return Bucket(
            bucket: bucket, level: level, offset: rowStarts[level] + (ancestorColumns + first) * width, count: count,
            places: places)
    }

    @inline(__always)
    private func range(_ tile: Int, _ run: Int) -> Range<Int> {
        let start = tile * (buckets.runCount + 1) + run
        return buckets.runStarts.pointer[start]..<buckets.runStarts.pointer[start + 1]
    }

    /// Visits the buckets of a row of tiles in a run.
    @inline(__always)
    func forEachBucket(_ tile: Int, run: Int, _ body: (Bucket) -> Void) {
        for index in range(tile, run) { body(bucket(index, tile: tile)) }
    }

    /// Visits the levels of a run that touch both a tile's rows and its columns.
    @inline(__always)
    func forEachMeeting(_ row: Int, _ column: Int, run: Int, _ body: (Bucket, Bucket) -> Void) {
        let rows = range(row, run)
        let columns = range(column, run)
        let order = buckets.buckets.pointer
        let levels = buckets.levels.pointer
        var left = rows.lowerBound
        var right = columns.lowerBound
        while left < rows.upperBound, right < columns.upperBound {
            let first = levels[Int(order[left])]
            let second = levels[Int(order[right])]
            if first == second { body(bucket(left, tile: row), bucket(right, tile: column)) }
            left += first <= second ? 1 : 0
            right += second <= first ? 1 : 0
        }
    }

    /// Writes the columns of a run of levels into a dense panel, each effect of a level a column of its own.
    ///
    /// - Parameter weights: What to multiply each level's block by, all or one; `isTransposed` by its transpose.
    func pack(
        _ values: Storage<Double>, _ tile: Int, run: Int, weights: Storage<Double>?, isTransposed: Bool,
        into panel: UnsafeMutablePointer<Double>, _ scratch: LevelScratch
    ) {
        let k = width
        let size = TilePanel.blockSize
        panel.update(repeating: 0, count: size * depth(run))
        forEachBucket(tile, run: run) { bucket in
            let source = values.pointer + bucket.offset
            let target = panel + (bucket.level - run * buckets.runLength) * k * size
            guard let weights else {
                for column in 0..<bucket.count {
                    let place = target + Int(bucket.places[column])
                    for element in 0..<k { place[element * size] = source[column * k + element] }
                }
                return
            }
            let weight = weights.pointer + (weights.count > k * k ? bucket.level * k * k : 0)
            for column in 0..<bucket.count {
                let place = target + Int(bucket.places[column])
                for element in 0..<k {
                    var sum = 0.0
                    for inner in 0..<k {
                        sum +=
                            (isTransposed ? weight[inner + element * k] : weight[element + inner * k])
                            * source[column * k + inner]
                    }
                    place[element * size] = sum
                }
            }
        }
    }
}
