// The levels of the interaction of grouping variables: only those that occur, in R's order.

/// Codes of a grouping factor over some rows, and what each level consists of.
struct GroupingCodes {
    /// For each row the index of its level.
    var codes: [Int32]
    /// For each level the levels of the variables that it combines: one array for each variable.
    var parts: [[Int32]]

    /// The levels of one variable, all of which occur.
    init(codes: [Int32], levelCount: Int) {
        self.codes = codes
        self.parts = [(0..<Int32(clamping: levelCount)).map { $0 }]
    }

    /// How many rows each level has.
    var rowCounts: [Int] {
        var counts = [Int](repeating: 0, count: parts.first?.count ?? 0)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        return counts
    }

    /// Crosses the levels with those of another variable; the levels so far vary slowest, as in R's `a:b`.
    ///
    /// Rows are sorted by their level so far (a counting sort); then each level's rows are gone through together, so that
    /// no table of all possible combinations and no hashing is needed.
    ///
    /// - **Complexity:** O(rows + levels), and sorting the combinations of each level.
    mutating func cross(with other: [Int32], levelCount: Int) {
        let oldCount = parts.first?.count ?? 0
        var starts = [Int](repeating: 0, count: oldCount + 1)
        for code in codes { starts[Int(code) + 1] += 1 }
        for level in 0..<oldCount { starts[level + 1] += starts[level] }
        var cursor = starts
        var rows = [Int](repeating: 0, count: codes.count)
        for row in codes.indices {
            let level = Int(codes[row])
            rows[cursor[level]] = row
            cursor[level] += 1
        }
        var lastSeen = [Int32](repeating: -1, count: levelCount)
        var assigned = [Int32](repeating: 0, count: levelCount)
        var firstParts: [Int32] = []
        var lastParts: [Int32] = []
        var present: [Int32] = []
        for level in 0..<oldCount {
            let mine = rows[starts[level]..<starts[level + 1]]
            present.removeAll(keepingCapacity: true)
            for row in mine where lastSeen[Int(other[row])] != Int32(level) {
                lastSeen[Int(other[row])] = Int32(level)
                present.append(other[row])
            }
            present.sort()
            for part in present {
                assigned[Int(part)] = Int32(clamping: lastParts.count)
                firstParts.append(Int32(level))
                lastParts.append(part)
            }
            for row in mine { codes[row] = assigned[Int(other[row])] }
        }
        parts = parts.map { part in firstParts.map { part[Int($0)] } } + [lastParts]
    }
}
