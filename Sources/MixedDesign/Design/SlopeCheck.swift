// What the data can hardly say about a grouping factor: few or tiny levels, slopes of constants.

/// Looks for random effects that the rows say little about.
enum SlopeCheck {
    /// Notes on the levels of a grouping factor.
    static func levelNotes(group: String, rowCounts: [Int], isContinuous: Bool) -> [DesignNote] {
        let levelCount = rowCounts.count
        if levelCount < 5 { return [.fewLevels(group: group, count: levelCount)] }
        if isContinuous { return [.continuousGrouping(group: group, levels: levelCount)] }
        let single = rowCounts.reduce(0) { $0 + ($1 == 1 ? 1 : 0) }
        if single * 2 > levelCount {
            return [.sparseGrouping(group: group, levels: levelCount, rows: rowCounts.reduce(0, +))]
        }
        return []
    }

    /// Notes on columns that cannot have a slope: constant ones, and beside an intercept those constant within levels.
    ///
    /// - **Complexity:** one block of rows for each column as a rule; all rows only where a note is due.
    static func slopeNotes(
        group: String, columns: [DesignColumn], frame: ModelFrame.Grouping
    ) -> [DesignNote] {
        slopeNotes(group: group, columns: columns) { variation(of: frame.columns[$0], codes: frame.codes) }
    }

    /// Notes on columns of which it is known, by their index, how they vary.
    static func slopeNotes(
        group: String, columns: [DesignColumn], variation: (Int) -> SlopeVariation.Kind
    ) -> [DesignNote] {
        let hasIntercept = columns.contains(where: \.isIntercept)
        var notes: [DesignNote] = []
        var seen: Set<String> = []
        for (index, design) in columns.enumerated()
        where !design.isIntercept && seen.insert(design.name).inserted {
            switch variation(index) {
            case .withinLevels: break
            case .none: notes.append(.constantSlope(column: design.name, group: group))
            case .betweenLevels where hasIntercept:
                notes.append(.slopeConstantWithinGroups(column: design.name, group: group))
            case .betweenLevels: break
            }
        }
        return notes
    }

    private static func variation(of column: FrameColumn, codes: [Int32]) -> SlopeVariation.Kind {
        let blockLength = 4096
        var block = [Double](repeating: 0, count: min(blockLength, codes.count))
        var variation = SlopeVariation()
        var start = 0
        while start < codes.count, !variation.isKnown {
            let rows = start..<min(start + blockLength, codes.count)
            block.withUnsafeMutableBufferPointer { block in
                codes.withUnsafeBufferPointer { codes in
                    guard let base = block.baseAddress, let codes = codes.baseAddress else { return }
                    column.fill(rows, into: base)
                    variation.add(base, codes: codes + rows.lowerBound, rows: rows.count)
                }
            }
            start = rows.upperBound
        }
        return variation.kind
    }
}
