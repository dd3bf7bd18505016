// Cells of few rows, which could tell something about single people.

/// The smallest cell of a kind.
public struct SmallCells: Hashable, Sendable {
    /// What the cells are, such as "levels of 'g'".
    public let kind: String
    /// How many have fewer rows than asked about.
    public let count: Int
    /// The smallest of them.
    public let example: String
    /// How many rows that has.
    public let rows: Int
}

extension DataCube {
    /// The cells with fewer rows than a limit: levels of grouping factors, pairs of levels of two of them, and combinations of
    /// levels of the fixed-effects factors.
    ///
    /// - Complexity: linear in the number of levels and pairs.
    public func cells(withFewerRowsThan limit: Int) -> [SmallCells] {
        var result: [SmallCells] = []
        func look(_ kind: String, _ counts: some Collection<Int>, _ name: (Int) -> String) {
            var count = 0
            var smallest: (place: Int, rows: Int)?
            for (place, rows) in counts.enumerated() where rows < limit {
                count += 1
                if smallest.map({ rows < $0.rows }) ?? true { smallest = (place, rows) }
            }
            if let smallest {
                result.append(
                    SmallCells(kind: kind, count: count, example: name(smallest.place), rows: smallest.rows))
            }
        }
        for (factor, group) in zip(products.factors, design.groupingFactors) {
            look("levels of '\(group.name)'", factor.rowCounts) { "'\(group.levels[$0])'" }
        }
        for (pair, counts) in zip(products.pairs, pairCounts) {
            let (first, second) = (design.groupingFactors[pair.first], design.groupingFactors[pair.second])
            look("pairs of levels of '\(first.name)' and '\(second.name)'", counts.lazy.map(Int.init)) { place in
                let row = (pair.rowStarts.firstIndex { $0 > place } ?? 1) - 1
                return "'\(first.levels[row])' with '\(second.levels[Int(pair.columns[place])])'"
            }
        }
        let cells = design.data.cells
        if !cells.variables.isEmpty {
            let names = cells.variables.map { "'\(design.variables[$0].name)'" }.joined(separator: ", ")
            look("cells of \(names)", cells.counts) { cell in
                zip(cells.variables, cells.levels).map { variable, levels in
                    "\(design.variables[variable].name) \(design.variables[variable].levels?[Int(levels[cell])] ?? "")"
                }.joined(separator: ", ")
            }
        }
        return result
    }

    /// Refuses a cube in which a cell has fewer rows than a limit.
    ///
    /// - Throws: `CubeError`, which names the smallest of the first kind of cells.
    public func requireCells(of limit: Int) throws(CubeError) {
        let small = cells(withFewerRowsThan: limit)
        guard let first = small.first else { return }
        let subject = origin.map { "'\($0)'" } ?? "the cube"
        let counts = small.map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
        throw CubeError(
            .smallCell(rows: first.rows),
            "Cells of fewer than \(limit) rows in \(subject): \(counts); the smallest of the \(first.kind) is \(first.example) with \(first.rows)",
            hint: "leave such levels out with --where, join them, or collect fewer factors")
    }
}
