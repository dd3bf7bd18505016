// Which combinations of the fixed effects' categorical variables occur, and how often.

/// The cells of a design: the combinations of levels that occur together, with their numbers of rows.
///
/// Marginal means weight by them, and hypotheses of models with empty cells are found from them, when the rows are gone.
public struct CellCounts: Hashable, Sendable, Codable {
    /// The categorical variables of the fixed terms, by their indices in the design.
    public let variables: [Int]
    /// For each variable the level that each cell has.
    ///
    /// - **Shape:** one array for each variable, one entry for each cell; the last variable varies fastest.
    public let levels: [[Int32]]
    /// How many rows each cell has: one entry for each cell, a single one for all rows when there is no categorical variable.
    public let counts: [Int]

    /// How many combinations occur.
    public var cellCount: Int { counts.count }

    /// Counts the combinations of some variables' codes.
    ///
    /// - **Complexity:** O(rows) for each variable.
    init(_ variables: [(index: Int, codes: [Int32], levelCount: Int)], rowCount: Int) {
        let cellLimit = variables.reduce(1) { min($0 * max($1.levelCount, 1), Self.largestTable + 1) }
        if !variables.isEmpty, cellLimit <= Self.largestTable {
            self = Self.counted(variables, cellCount: cellLimit, rowCount: rowCount)
            return
        }
        self.variables = variables.map(\.index)
        guard let first = variables.first else {
            levels = []
            counts = [rowCount]
            return
        }
        var cells = GroupingCodes(codes: first.codes, levelCount: first.levelCount)
        for next in variables.dropFirst() { cells.cross(with: next.codes, levelCount: next.levelCount) }
        var counts = [Int](repeating: 0, count: cells.parts.first?.count ?? 0)
        for code in cells.codes { counts[Int(code)] += 1 }
        let occurring = counts.indices.filter { counts[$0] > 0 }
        levels = cells.parts.map { part in occurring.map { part[$0] } }
        self.counts = occurring.map { counts[$0] }
    }

    /// So many combinations are counted in a table of all of them.
    private static let largestTable = 4096

    /// Counts the combinations of few levels, those that occur and those that do not.
    private static func counted(
        _ variables: [(index: Int, codes: [Int32], levelCount: Int)], cellCount: Int, rowCount: Int
    ) -> CellCounts {
        var cells = [Int32](repeating: 0, count: rowCount)
        for variable in variables {
            let levelCount = Int32(truncatingIfNeeded: variable.levelCount)
            for row in 0..<rowCount { cells[row] = cells[row] * levelCount + variable.codes[row] }
        }
        var counts = [Int](repeating: 0, count: cellCount)
        for cell in cells { counts[Int(cell)] += 1 }
        let occurring = counts.indices.filter { counts[$0] > 0 }
        var stride = cellCount
        let levels = variables.map { variable in
            stride /= max(variable.levelCount, 1)
            return occurring.map { Int32(truncatingIfNeeded: $0 / stride % max(variable.levelCount, 1)) }
        }
        return CellCounts(variables: variables.map(\.index), levels: levels, counts: occurring.map { counts[$0] })
    }

    /// The cells of some of the variables, which stand at new indices in another design.
    ///
    /// - **Complexity:** linear in the number of cells.
    func restricted(to kept: [(old: Int, new: Int)], levelCounts: [Int]) -> CellCounts {
        let known = kept.compactMap { pair in variables.firstIndex(of: pair.old).map { (place: $0, new: pair.new) } }
        guard !known.isEmpty else {
            return CellCounts([], rowCount: counts.reduce(0, +))
        }
        var cells = GroupingCodes(codes: levels[known[0].place], levelCount: levelCounts[known[0].new])
        for next in known.dropFirst() {
            cells.cross(with: levels[next.place], levelCount: levelCounts[next.new])
        }
        var sums = [Int](repeating: 0, count: cells.parts.first?.count ?? 0)
        for (cell, code) in cells.codes.enumerated() { sums[Int(code)] += counts[cell] }
        let occurring = sums.indices.filter { sums[$0] > 0 }
        return CellCounts(
            variables: known.map(\.new), levels: cells.parts.map { part in occurring.map { part[$0] } },
            counts: occurring.map { sums[$0] })
    }

    init(variables: [Int], levels: [[Int32]], counts: [Int]) {
        self.variables = variables
        self.levels = levels
        self.counts = counts
    }

    /// Whether every cell has a known level of every variable and at least one row.
    func isConsistent(levelCounts: [Int?], rowCount: Int) -> Bool {
        guard levels.count == variables.count, levels.allSatisfy({ $0.count == counts.count }),
            Set(variables).count == variables.count, variables.allSatisfy(levelCounts.indices.contains),
            counts.allSatisfy({ $0 >= 1 && $0 <= rowCount }), counts.reduce(0, &+) == rowCount
        else { return false }
        return zip(variables, levels).allSatisfy { variable, codes in
            guard let count = levelCounts[variable] else { return false }
            return codes.allSatisfy { $0 >= 0 && Int($0) < count }
        }
    }
}
