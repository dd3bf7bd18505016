// The distinct combinations of levels that the rows of a table have, in the order that shares most work.

/// For each row of a range the index of its combination of levels.
struct LevelCombinations {
    /// For each row the index of its combination.
    private(set) var codes: [Int32]
    /// A row of each combination.
    private(set) var representatives: [Int]

    /// Finds the combinations by counting sorts, one for each factor.
    ///
    /// - Parameter factors: The codes of each grouping factor, -1 for an unknown level; the combinations stand in the order of
    ///   the first factor's levels, within them of the second's, and so on.
    /// - **Complexity:** O(rows + levels) for each factor.
    init(_ factors: [(codes: [Int32], levelCount: Int)], rows: Range<Int>) {
        var order = Array(rows)
        var next = order
        for factor in factors.reversed() {
            var starts = [Int](repeating: 0, count: factor.levelCount + 2)
            for row in order { starts[Int(factor.codes[row]) + 2] += 1 }
            for level in 1..<starts.count { starts[level] += starts[level - 1] }
            for row in order {
                let level = Int(factor.codes[row]) + 1
                next[starts[level]] = row
                starts[level] += 1
            }
            swap(&order, &next)
        }
        codes = [Int32](repeating: 0, count: rows.count)
        representatives = []
        var previous: Int?
        for row in order {
            let isNew = previous.map { last in factors.contains { $0.codes[row] != $0.codes[last] } } ?? true
            if isNew { representatives.append(row) }
            codes[row - rows.lowerBound] = Int32(truncatingIfNeeded: representatives.count - 1)
            previous = row
        }
    }
}
