// The sparse table of two crossed grouping factors: one block for every pair of levels that occurs together.

/// Accumulates the blocks *Z_i'W Z_j* of the pairs (i, j) that occur, in any order, and sorts them at the end.
struct LevelPairTable {
    /// Elements in a block: the product of the two factors' numbers of columns.
    let blockSize: Int
    private var keys: [UInt64] = []
    private(set) var blocks: [Double] = []
    /// Open addressing with linear probing: slot number plus one, or zero where empty.
    private var buckets: [UInt32]
    private var mask: Int

    init(blockSize: Int) {
        self.blockSize = blockSize
        buckets = [UInt32](repeating: 0, count: 1024)
        mask = 1023
    }

    /// Where the block of a pair begins in `blocks`; a new pair gets a block of zeros.
    ///
    /// - Complexity: O(1) on average.
    @inline(__always)
    mutating func offset(_ first: Int32, _ second: Int32) -> Int {
        let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
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

    @inline(__always)
    mutating func add(_ value: Double, at index: Int) {
        blocks[index] += value
    }

    private static func hash(_ key: UInt64) -> Int {
        var mixed = key &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 29
        return Int(truncatingIfNeeded: mixed & 0x7FFF_FFFF_FFFF_FFFF)
    }

    private mutating func grow() {
        mask = buckets.count * 4 - 1
        buckets = [UInt32](repeating: 0, count: mask + 1)
        for (slot, key) in keys.enumerated() {
            var bucket = Self.hash(key) & mask
            while buckets[bucket] != 0 { bucket = (bucket + 1) & mask }
            buckets[bucket] = UInt32(truncatingIfNeeded: slot + 1)
        }
    }

    /// The pairs sorted by the first level, then the second.
    ///
    /// - Complexity: Linear in the pairs, but for sorting the pairs of each level.
    func sorted(first: Int, second: Int, firstLevelCount: Int) -> PairCrossProducts {
        var rowStarts = [Int](repeating: 0, count: firstLevelCount + 1)
        for key in keys { rowStarts[Int(key >> 32) + 1] += 1 }
        for level in 0..<firstLevelCount { rowStarts[level + 1] += rowStarts[level] }
        // Within a level the second level and the slot share one word, so that sorting moves whole pairs.
        var next = rowStarts
        var order = [UInt64](repeating: 0, count: keys.count)
        for (slot, key) in keys.enumerated() {
            let level = Int(key >> 32)
            order[next[level]] = key << 32 | UInt64(slot)
            next[level] += 1
        }
        var columns = [Int32](repeating: 0, count: keys.count)
        var sortedBlocks = [Double](repeating: 0, count: blocks.count)
        for level in 0..<firstLevelCount {
            order[rowStarts[level]..<rowStarts[level + 1]].sort()
            for position in rowStarts[level]..<rowStarts[level + 1] {
                columns[position] = Int32(truncatingIfNeeded: order[position] >> 32)
                let slot = Int(order[position] & 0xFFFF_FFFF)
                for element in 0..<blockSize {
                    sortedBlocks[position * blockSize + element] = blocks[slot * blockSize + element]
                }
            }
        }
        return PairCrossProducts(
            first: first, second: second, rowStarts: rowStarts, columns: columns, blocks: sortedBlocks)
    }
}
