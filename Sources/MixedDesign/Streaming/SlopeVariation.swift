// Whether the columns of random slopes vary, found while the rows go by.

/// Remembers the first value of a column in each level until a level has two.
struct SlopeVariation {
    /// How a column varies.
    enum Kind {
        case none
        case betweenLevels
        case withinLevels
    }

    private var valueOfLevel: [Double] = []
    private var variesWithinLevels = false

    /// Adds values of the column in some rows; rows with a negative code have no level.
    mutating func add(_ values: UnsafePointer<Double>, codes: UnsafePointer<Int32>, rows: Int) {
        if variesWithinLevels { return }
        for row in 0..<rows where codes[row] >= 0 {
            let level = Int(codes[row])
            if level >= valueOfLevel.count {
                valueOfLevel += [Double](
                    repeating: .nan, count: max(level + 1, valueOfLevel.count * 2) - valueOfLevel.count)
            }
            if valueOfLevel[level].isNaN {
                valueOfLevel[level] = values[row]
            } else if valueOfLevel[level] != values[row] {
                variesWithinLevels = true
                valueOfLevel = []
                return
            }
        }
    }

    /// How the column varies over all rows added.
    var kind: Kind {
        if variesWithinLevels { return .withinLevels }
        let values = valueOfLevel.filter { !$0.isNaN }
        return values.allSatisfy { $0 == values.first } ? .none : .betweenLevels
    }

    /// Whether nothing that is added can change what is known.
    var isKnown: Bool { variesWithinLevels }
}
