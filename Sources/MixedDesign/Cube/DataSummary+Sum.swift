// What is remembered of rows, added up over parts of the data or taken away again.

extension NumericSummary {
    /// The summary of all numbers of some summaries, those of negative sign taken away; `nil` when none is left.
    ///
    /// Means and squared deviations add up (Chan, Golub & LeVeque 1983, The American Statistician 37). The smallest and the
    /// largest number cannot be found without the rows once some are taken away: they are then those of before.
    static func sum(_ parts: [(summary: NumericSummary, sign: Int)]) -> NumericSummary? {
        let counted = parts.filter { $0.summary.count > 0 }
        guard let base = counted.first?.summary.mean else { return nil }
        var count = 0
        var shifted = 0.0
        for (summary, sign) in counted {
            count += sign * summary.count
            shifted += Double(sign) * Double(summary.count) * (summary.mean - base)
        }
        guard count > 0 else { return nil }
        let mean = base + shifted / Double(count)
        var squares = 0.0
        for (summary, sign) in counted {
            let deviation = summary.mean - mean
            let own =
                Double(summary.count - 1) * summary.standardDeviation * summary.standardDeviation
                + Double(summary.count) * deviation * deviation
            squares += Double(sign) * own
        }
        let added = counted.filter { $0.sign > 0 }.map(\.summary)
        let minimum = added.map(\.minimum).min() ?? .nan
        let maximum = added.map(\.maximum).max() ?? .nan
        let isConstant = !(minimum < maximum)
        return NumericSummary(
            count: count, mean: isConstant ? minimum : mean,
            standardDeviation: isConstant ? 0 : (max(squares, 0) / Double(max(count - 1, 1))).squareRoot(),
            minimum: minimum, maximum: maximum)
    }
}

extension LevelSummary {
    /// The counts of some summaries over given levels; `nil` where one would be negative.
    static func sum(_ parts: [(summary: LevelSummary, sign: Int)], levels: [String]) -> LevelSummary? {
        var counts = [Int](repeating: 0, count: levels.count)
        let places = Dictionary(levels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for (summary, sign) in parts {
            for (level, count) in zip(summary.levels, summary.counts) {
                if let place = places[level] { counts[place] += sign * count }
            }
        }
        return counts.allSatisfy { $0 >= 0 } ? LevelSummary(levels: levels, counts: counts) : nil
    }

    /// The same counts over other levels.
    func over(_ newLevels: [String]) -> LevelSummary {
        LevelSummary.sum([(self, 1)], levels: newLevels) ?? self
    }
}

extension CellCounts {
    /// The cells of some parts, whose levels stand at other places in the sum; `nil` where a count would be negative.
    ///
    /// - Parameter levelMaps: For each part and variable of the cells the new place of each level.
    static func sum(_ parts: [(cells: CellCounts, levelMaps: [[Int]], sign: Int)]) -> CellCounts? {
        guard let variables = parts.first?.cells.variables,
            parts.allSatisfy({ $0.cells.variables == variables })
        else { return nil }
        var counts: [[Int32]: Int] = [:]
        for (cells, maps, sign) in parts {
            for cell in cells.counts.indices {
                var key: [Int32] = []
                for (map, levels) in zip(maps, cells.levels) {
                    key.append(Int32(truncatingIfNeeded: map[Int(levels[cell])]))
                }
                counts[key, default: 0] += sign * cells.counts[cell]
            }
        }
        guard counts.values.allSatisfy({ $0 >= 0 }) else { return nil }
        let keys = counts.filter { $0.value > 0 }.keys.sorted { $0.lexicographicallyPrecedes($1) }
        return CellCounts(
            variables: variables,
            levels: variables.indices.map { place in keys.map { $0[place] } }, counts: keys.map { counts[$0] ?? 0 })
    }
}

extension DroppedRows {
    /// The rows that were left out of some parts, by column; never fewer than none.
    static func sum(_ parts: [(dropped: [DroppedRows], sign: Int)]) -> [DroppedRows] {
        var order: [String] = []
        var counts: [String: Int] = [:]
        for (dropped, sign) in parts {
            for one in dropped {
                if counts[one.column] == nil { order.append(one.column) }
                counts[one.column, default: 0] += sign * one.count
            }
        }
        return order.compactMap { name in
            guard let count = counts[name], count > 0 else { return nil }
            return DroppedRows(column: name, count: count)
        }
    }
}
