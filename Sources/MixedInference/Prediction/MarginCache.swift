// Standard errors and margins of rows that occur again and again, found once.

/// Remembers two numbers for each distinct row of numbers, up to a limit.
struct MarginCache {
    /// Rows that are remembered; a table with more distinct ones has little to gain.
    private static let limit = 1 << 15

    private let width: Int
    private var keys: [UInt64] = []
    private var values: [(error: Double, margin: Double)] = []
    /// Open addressing with linear probing: entry plus one, or zero where empty.
    private var buckets = [UInt32](repeating: 0, count: 4 * Self.limit)

    init(width: Int) { self.width = width }

    /// What is remembered for a row, or what `compute` says of it.
    mutating func value(
        for row: UnsafePointer<Double>, _ compute: () -> (error: Double, margin: Double)
    ) -> (error: Double, margin: Double) {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in 0..<width {
            hash = (hash ^ row[index].bitPattern) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
        }
        let mask = buckets.count - 1
        var bucket = Int(truncatingIfNeeded: hash & 0x7FFF_FFFF) & mask
        while buckets[bucket] != 0 {
            let entry = Int(buckets[bucket]) - 1
            if isEqual(row, entry) { return values[entry] }
            bucket = (bucket + 1) & mask
        }
        let result = compute()
        guard values.count < Self.limit else { return result }
        for index in 0..<width { keys.append(row[index].bitPattern) }
        values.append(result)
        buckets[bucket] = UInt32(truncatingIfNeeded: values.count)
        return result
    }

    private func isEqual(_ row: UnsafePointer<Double>, _ entry: Int) -> Bool {
        for index in 0..<width where keys[entry * width + index] != row[index].bitPattern { return false }
        return true
    }
}
