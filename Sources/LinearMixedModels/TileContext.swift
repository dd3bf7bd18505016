// The levels of a chain factor as the blocks of the border's matrix meet them, one by one or packed into panels.

internal import MixedLinearAlgebra

/// The columns of a level that lie in one tile.
struct Bucket {
    let bucket: Int
    let level: Int
    /// The first of them in the factor's rows.
    let offset: Int
    let count: Int
    /// The places in the tile.
    let places: UnsafePointer<UInt8>
}

/// The buckets of a chain factor as its tiles see them.
struct TileContext {
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
