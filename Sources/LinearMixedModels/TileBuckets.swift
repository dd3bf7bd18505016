// The border columns of the levels of a chain factor, sorted by the tiles of the border's matrix.
//
// A tile of the Schur complement takes a contribution from each level that touches both its rows and its columns. With
// the levels of every row of tiles at hand, a tile is formed while it stays in the cache, by one task and in the order of
// the levels. Where many levels of a run touch many of a tile's rows, their columns are packed into a dense panel.

internal import MixedLinearAlgebra

/// For each row of tiles of the border, the levels that touch it, and with which of their columns.
struct TileBuckets: Sendable {
    /// Levels in a run that is packed together, or not.
    let runLength: Int
    let tileCount: Int
    /// For each level where its buckets begin; one entry more than there are levels.
    let levelStarts: Storage<Int>
    /// For each bucket its level, its tile, its first column among the level's [pattern | fixed | response], and how many.
    let levels: Storage<Int32>
    let firsts: Storage<Int32>
    let counts: Storage<UInt8>
    /// Where each row of tiles begins in `buckets`; one entry more than there are.
    let tileStarts: Storage<Int>
    /// The buckets of each row of tiles by ascending level.
    let buckets: Storage<Int32>
    /// For each level's [pattern | fixed | response] the places within their tiles.
    let places: Storage<UInt8>
    /// For each row of tiles and each run where its first bucket is in `buckets`, and how many columns its buckets have.
    let runStarts: Storage<Int>
    let runCounts: Storage<Int32>
    let runCount: Int
    /// The rows of tiles, those with the most work first.
    private(set) var heaviestFirst: [Int] = []

    /// - Returns: `nil` where the border is a single tile.
    init?(
        borderEffectCount: Int, tailCount: Int, width: Int, patternStarts: Storage<Int>, patternColumns: Storage<Int32>
    ) {
        let size = borderEffectCount + tailCount
        guard size > TiledMatrix.tileSize else { return nil }
        let tile = TilePanel.blockSize
        let levelCount = patternStarts.count - 1
        tileCount = (size + tile - 1) / tile
        runLength = max(8, tile / width)
        places = Storage(zeros: patternColumns.count + levelCount * tailCount)
        levelStarts = Storage(zeros: levelCount + 1)
        runCount = (levelCount + runLength - 1) / runLength

        let columns = BorderColumns(
            effectCount: borderEffectCount, tailCount: tailCount, patternStarts: patternStarts,
            patternColumns: patternColumns)
        var bucketCount = 0
        let sizes = Storage<Int>(zeros: tileCount + 1)
        for level in 0..<levelCount {
            columns.forEachBucket(of: level) { tile, _, _ in
                sizes.pointer[tile + 1] += 1
                bucketCount += 1
            }
            levelStarts.pointer[level + 1] = bucketCount
        }
        for index in 0..<tileCount { sizes.pointer[index + 1] += sizes.pointer[index] }
        tileStarts = sizes
        levels = Storage(zeros: bucketCount)
        firsts = Storage(zeros: bucketCount)
        counts = Storage(zeros: bucketCount)
        buckets = Storage(zeros: bucketCount)
        runStarts = Storage(zeros: tileCount * (runCount + 1))
        runCounts = Storage(zeros: tileCount * runCount)
        let next = Storage<Int>(zeros: tileCount)
        next.copy(from: tileStarts)
        var work = [Double](repeating: 0, count: tileCount)
        var bucket = 0
        for level in 0..<levelCount {
            let run = level / runLength
            let start = patternStarts.pointer[level]
            let patternCount = patternStarts.pointer[level + 1] - start
            let target = places.pointer + start + level * tailCount
            for index in 0..<patternCount { target[index] = UInt8(Int(patternColumns.pointer[start + index]) % tile) }
            for index in 0..<tailCount { target[patternCount + index] = UInt8((borderEffectCount + index) % tile) }
            if level % runLength == 0 {
                for tile in 0..<tileCount { runStarts.pointer[tile * (runCount + 1) + run] = next.pointer[tile] }
            }
            columns.forEachBucket(of: level) { tile, first, count in
                levels.pointer[bucket] = Int32(level)
                firsts.pointer[bucket] = Int32(first)
                counts.pointer[bucket] = UInt8(count)
                buckets.pointer[next.pointer[tile]] = Int32(bucket)
                next.pointer[tile] += 1
                runCounts.pointer[tile * runCount + run] += Int32(count)
                work[tile] += Double(count) * Double(first + count)
                bucket += 1
            }
        }
        for tile in 0..<tileCount { runStarts.pointer[tile * (runCount + 1) + runCount] = tileStarts.pointer[tile + 1] }
        heaviestFirst = work.indices.sorted { (work[$0], $1) > (work[$1], $0) }
    }
}

/// The columns of the border that levels touch: their pattern, the fixed effects and the response.
private struct BorderColumns {
    let effectCount: Int
    let tailCount: Int
    let patternStarts: Storage<Int>
    let patternColumns: Storage<Int32>

    /// Visits the columns of a level as far as they lie in one tile: the tile, the first of them, and how many.
    func forEachBucket(of level: Int, _ body: (_ tile: Int, _ first: Int, _ count: Int) -> Void) {
        let start = patternStarts.pointer[level]
        let patternCount = patternStarts.pointer[level + 1] - start
        let pattern = patternColumns.pointer + start
        func tile(_ index: Int) -> Int {
            (index < patternCount ? Int(pattern[index]) : effectCount + index - patternCount) / TilePanel.blockSize
        }
        let end = patternCount + tailCount
        var first = 0
        while first < end {
            let own = tile(first)
            var next = first + 1
            while next < end, tile(next) == own { next += 1 }
            body(own, first, next - first)
            first = next
        }
    }
}
