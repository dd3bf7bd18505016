// What the data can hardly say about a grouping factor: few or tiny levels, slopes of constants.

/// Looks for random effects that the rows say little about.
enum SlopeCheck {
    /// Notes on the levels of a grouping factor.
    static func levelNotes(group: String, levelCount: Int, codes: [Int32], isContinuous: Bool) -> [DesignNote] {
        if levelCount < 5 { return [.fewLevels(group: group, count: levelCount)] }
        if isContinuous { return [.continuousGrouping(group: group, levels: levelCount)] }
        var counts = [Int32](repeating: 0, count: levelCount)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        let single = counts.reduce(0) { $0 + ($1 == 1 ? 1 : 0) }
        if single * 2 > levelCount {
            return [.sparseGrouping(group: group, levels: levelCount, rows: codes.count)]
        }
        return []
    }

    /// Notes on columns that cannot have a slope: constant ones, and beside an intercept those constant within levels.
    ///
    /// - **Complexity:** one block of rows for each column as a rule; all rows only where a note is due.
    static func slopeNotes(
        group: String, levelCount: Int, columns: [DesignColumn], frame: ModelFrame.Grouping
    ) -> [DesignNote] {
        let hasIntercept = columns.contains(where: \.isIntercept)
        var notes: [DesignNote] = []
        var seen: Set<String> = []
        for (design, column) in zip(columns, frame.columns)
        where !design.isIntercept && seen.insert(design.name).inserted {
            switch variation(of: column, codes: frame.codes, levelCount: levelCount) {
            case .withinLevels: break
            case .none: notes.append(.constantSlope(column: design.name, group: group))
            case .betweenLevels where hasIntercept:
                notes.append(.slopeConstantWithinGroups(column: design.name, group: group))
            case .betweenLevels: break
            }
        }
        return notes
    }

    private enum Variation { case none, betweenLevels, withinLevels }

    private static func variation(of column: FrameColumn, codes: [Int32], levelCount: Int) -> Variation {
        let blockLength = 4096
        var block = [Double](repeating: 0, count: min(blockLength, codes.count))
        var valueOfLevel = [Double](repeating: .nan, count: levelCount)
        var start = 0
        while start < codes.count {
            let rows = start..<min(start + blockLength, codes.count)
            let varies = block.withUnsafeMutableBufferPointer { block -> Bool in
                guard let base = block.baseAddress else { return false }
                column.fill(rows, into: base)
                for row in rows where codes[row] >= 0 {
                    let value = base[row - start]
                    let level = Int(codes[row])
                    if valueOfLevel[level].isNaN {
                        valueOfLevel[level] = value
                    } else if valueOfLevel[level] != value {
                        return true
                    }
                }
                return false
            }
            if varies { return .withinLevels }
            start = rows.upperBound
        }
        let values = valueOfLevel.filter { !$0.isNaN }
        return values.allSatisfy { $0 == values.first } ? .none : .betweenLevels
    }
}
