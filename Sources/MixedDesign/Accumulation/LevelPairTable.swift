// The sparse table of two crossed grouping factors: one block for every pair of levels that occurs together.

internal import MixedLinearAlgebra

/// Accumulates the blocks *Z_i'W Z_j* of the pairs (i, j) that occur, in any order, and sorts them at the end.
///
/// Pairs are counted in a hash table as long as they recur. Where most of them are new, as with ratings, they are listed
/// as they come, and equal pairs are joined whenever the list has doubled: memory grows with the pairs, not with the rows.
final class LevelPairTable {
    /// Elements in a block: the product of the two factors' numbers of columns.
    let blockSize: Int
    private var keys: [UInt64] = []
    private var blocks: [Double] = []
    /// Open addressing with linear probing: slot number plus one, or zero where empty; empty when pairs are listed.
    private var buckets: [UInt32]
    private var mask: Int
    private var rowCount = 0
    private var isListed = false
    /// How long the list may get before equal pairs are joined.
    private var listLimit = LevelPairTable.smallestList

    /// Fewer pairs than this are always hashed.
    private static let hashedAlways = 1 << 16
    private static let smallestList = 1 << 22

    init(blockSize: Int) {
        self.blockSize = blockSize
        buckets = [UInt32](repeating: 0, count: 1024)
        mask = 1023
    }

    /// Adds the products of two factors' columns over the rows of a batch.
    ///
    /// - Parameters:
    ///   - left: Columns of the first factor, column-major; those of the second are `right`.
    func add(
        _ left: UnsafePointer<Double>, columns leftColumns: Int, codes leftCodes: UnsafePointer<Int32>,
        _ right: UnsafePointer<Double>, columns rightColumns: Int, codes rightCodes: UnsafePointer<Int32>, rows: Int
    ) {
        for row in 0..<rows {
            let key = UInt64(UInt32(bitPattern: leftCodes[row])) << 32 | UInt64(UInt32(bitPattern: rightCodes[row]))
            if isListed {
                keys.append(key)
                for column in 0..<rightColumns {
                    let factor = right[row + column * rows]
                    for element in 0..<leftColumns { blocks.append(left[row + element * rows] * factor) }
                }
                continue
            }
            var position = offset(key)
            for column in 0..<rightColumns {
                let factor = right[row + column * rows]
                for element in 0..<leftColumns {
                    blocks[position] += left[row + element * rows] * factor
                    position += 1
                }
            }
        }
        rowCount += rows
        if !isListed, keys.count > Self.hashedAlways, keys.count * 2 > rowCount {
            isListed = true
            buckets = []
        }
        if isListed, keys.count > listLimit {
            joinEqualPairs()
            // Where pairs recur after all, the table takes over again.
            listLimit = max(Self.smallestList, keys.count * 2)
        }
    }

    /// How many pairs there are, equal ones perhaps several times.
    var pairCount: Int { keys.count }

    /// Bytes that the table has, and will have at a time until it is sorted; about, and as long as no pairs are added.
    var neededBytes: Double {
        let held = 8 * Double(keys.capacity + blocks.capacity) + 4 * Double(buckets.count)
        // A list that is full moves to one twice as long; sorting takes a copy of the keys, an order, and the result.
        let isFull = keys.count > keys.capacity / 16 * 15
        let growth = isFull ? 16 * Double(keys.capacity + blocks.capacity) : 0
        return held + max(growth, 20 * Double(keys.count) + 8 * Double(blocks.count))
    }

    /// Where the block of a pair begins in `blocks`; a new pair gets a block of zeros.
    ///
    /// - Complexity: O(1) on average.
    @inline(__always)
    private func offset(_ key: UInt64) -> Int {
        var bucket = Self.hash(key) & mask
        while true {
            let slot = Int(buckets[bucket])
            if slot == 0 { break }
            if keys[slot - 1] == key { return (slot - 1) * blockSize }
            bucket = (bucket + 1) & mask
        }
        keys.append(key)
        for _ in 0..<blockSize { blocks.append(0) }
        buckets[bucket] = UInt32(truncatingIfNeeded: keys.count)
        if keys.count * 2 > buckets.count { grow() }
        return (keys.count - 1) * blockSize
    }

    private static func hash(_ key: UInt64) -> Int {
        var mixed = key &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 29
        return Int(truncatingIfNeeded: mixed & 0x7FFF_FFFF_FFFF_FFFF)
    }

    private func grow() {
        mask = buckets.count * 4 - 1
        buckets = [UInt32](repeating: 0, count: mask + 1)
        for (slot, key) in keys.enumerated() {
            var bucket = Self.hash(key) & mask
            while buckets[bucket] != 0 { bucket = (bucket + 1) & mask }
            buckets[bucket] = UInt32(truncatingIfNeeded: slot + 1)
        }
    }

    /// Puts the listed pairs in order and adds the blocks of equal ones, in the order in which they came.
    private func joinEqualPairs() {
        let firstCount = keys.reduce(0) { max($0, Int($1 >> 32) + 1) }
        let joined = SortedPairs(keys: keys, blocks: blocks, blockSize: blockSize, firstCount: firstCount)
        for level in 0..<firstCount {
            for position in joined.starts[level]..<joined.starts[level + 1] {
                keys[position] = UInt64(level) << 32 | UInt64(UInt32(bitPattern: joined.columns[position]))
            }
        }
        keys.removeLast(keys.count - joined.columns.count)
        blocks = joined.blocks
    }

    /// The pairs sorted by the first level, then the second, in the final order of the levels.
    ///
    /// - Complexity: Linear in the pairs, but for sorting the pairs of each level.
    func sorted(
        first: Int, second: Int, _ firstLevels: LevelArrangement, _ secondLevels: LevelArrangement
    ) -> PairCrossProducts {
        var keys = keys
        // Levels are left out when no row has them, and then they are in no pair.
        for index in keys.indices {
            let one = firstLevels.places[Int(keys[index] >> 32)]
            let other = secondLevels.places[Int(keys[index] & 0xFFFF_FFFF)]
            keys[index] = UInt64(UInt32(bitPattern: one)) << 32 | UInt64(UInt32(bitPattern: other))
        }
        let sorted = SortedPairs(
            keys: keys, blocks: blocks, blockSize: blockSize, firstCount: firstLevels.levelCount)
        return PairCrossProducts(
            first: first, second: second, rowStarts: sorted.starts, columns: sorted.columns, blocks: sorted.blocks)
    }
}

/// Pairs in compressed rows, equal ones joined.
private struct SortedPairs {
    let starts: [Int]
    let columns: [Int32]
    let blocks: [Double]

    /// Sorts by the first level by counting, then each level's pairs by the second level and the order in which they came.
    init(keys: [UInt64], blocks: [Double], blockSize: Int, firstCount: Int) {
        var starts = [Int](repeating: 0, count: firstCount + 1)
        for key in keys { starts[Int(key >> 32) + 1] += 1 }
        for level in 0..<firstCount { starts[level + 1] += starts[level] }
        // Within a level the second level and the index share one word, so that sorting moves whole pairs.
        let order = Storage<UInt64>(zeros: keys.count)
        var next = starts
        for (index, key) in keys.enumerated() {
            let level = Int(key >> 32)
            order.pointer[next[level]] = key << 32 | UInt64(index)
            next[level] += 1
        }
        var columns = [Int32](repeating: 0, count: keys.count)
        var sorted = [Double](repeating: 0, count: blocks.count)
        var joinedStarts = starts
        var target = -1
        for level in 0..<firstCount {
            var run = UnsafeMutableBufferPointer(
                start: order.pointer + starts[level], count: starts[level + 1] - starts[level])
            run.sort()
            joinedStarts[level] = target + 1
            var last: Int32 = -1
            for entry in run {
                let column = Int32(truncatingIfNeeded: entry >> 32)
                if column != last {
                    target += 1
                    columns[target] = column
                    last = column
                }
                let source = Int(entry & 0xFFFF_FFFF) * blockSize
                for element in 0..<blockSize { sorted[target * blockSize + element] += blocks[source + element] }
            }
        }
        joinedStarts[firstCount] = target + 1
        columns.removeLast(columns.count - (target + 1))
        sorted.removeLast(sorted.count - (target + 1) * blockSize)
        self.starts = joinedStarts
        self.columns = columns
        self.blocks = sorted
    }
}
