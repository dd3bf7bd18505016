// What is remembered of the rows of several cubes.

internal import MixedSyntax

extension DataSummary {
    /// What is remembered of the rows of cubes that are added up or taken away.
    static func sum(_ parts: [(cube: DataCube, sign: Int)], _ union: CubeUnion) throws(CubeError) -> DataSummary {
        let summaries = parts.map { (summary: $0.cube.design.data, sign: $0.sign) }
        let rowCount = summaries.reduce(0) { $0 + $1.sign * $1.summary.rowCount }
        guard rowCount >= 1 else {
            throw CubeError(.nothingLeft, "No row would be left", hint: "there is nothing to keep in a cube")
        }
        let response = NumericSummary.sum(summaries.map { ($0.summary.response, $0.sign) })
        guard let response else { throw CubeError(.nothingLeft, "No row would be left") }
        func refuse(_ name: String) -> CubeError {
            CubeError(
                .rowsNotInside,
                "Rows are to be taken out in which '\(name)' has levels that the other cube's rows do not have so often",
                hint: "subtract only rows that were collected, with the same data options")
        }
        var variables: [String: VariableSummary] = [:]
        for variable in union.variables {
            let known = summaries.compactMap { part in
                part.summary.variables[variable.name].map { (summary: $0, sign: part.sign) }
            }
            guard known.count == parts.count else { continue }
            guard let sum = VariableSummary.sum(known, levels: variable.levels) else {
                if variable.isCategorical { throw refuse(variable.name) }
                continue
            }
            variables[variable.name] = sum
        }
        var columns: [String: VariableSummary] = [:]
        for name in Set(summaries.flatMap(\.summary.columns.keys)) {
            if let variable = union.variables.first(where: {
                if case .name(name) = $0.expression.expression.node { true } else { false }
            }) {
                columns[name] = variables[variable.name]
                continue
            }
            let known = summaries.compactMap { part in
                part.summary.columns[name].map { (summary: $0, sign: part.sign) }
            }
            guard known.count == parts.count else { continue }
            columns[name] = VariableSummary.sum(known, levels: nil)
        }
        let cells = CellCounts.sum(
            parts.map { cube, sign in
                let cells = cube.design.data.cells
                return (
                    cells,
                    cells.variables.map { variable in
                        Self.places(
                            cube.design.variables[variable].levels ?? [], in: union.variables[variable].levels ?? [])
                    }, sign
                )
            })
        guard let cells else { throw refuse("the factors") }
        let fingerprint = summaries.dropFirst().reduce(summaries[0].summary.fingerprint) { joined, part in
            part.sign > 0 ? joined.joined(with: part.summary.fingerprint) : joined.removing(part.summary.fingerprint)
        }
        let dropped = DroppedRows.sum(summaries.map { ($0.summary.dropped, $0.sign) })
        let left = max(0, summaries.reduce(0) { $0 + $1.sign * $1.summary.droppedRowCount })
        return DataSummary(
            totalRowCount: rowCount + left, rowCount: rowCount, dropped: dropped, response: response,
            variables: variables, columns: columns, cells: cells,
            totalWeight: summaries[0].summary.totalWeight == nil
                ? nil : summaries.reduce(0) { $0 + Double($1.sign) * ($1.summary.totalWeight ?? 0) },
            fingerprint: fingerprint)
    }

    /// The same where variables have other levels.
    func recoded(from old: [DesignVariable], to new: [DesignVariable]) -> DataSummary {
        var variables = variables
        var columns = columns
        for variable in new {
            guard let levels = variable.levels, case .categorical(let summary)? = variables[variable.name] else {
                continue
            }
            let changed = VariableSummary.categorical(summary.over(levels))
            variables[variable.name] = changed
            if case .name(let column) = variable.expression.expression.node { columns[column] = changed }
        }
        let maps = cells.variables.map { Self.places(old[$0].levels ?? [], in: new[$0].levels ?? []) }
        return DataSummary(
            totalRowCount: totalRowCount, rowCount: rowCount, dropped: dropped, response: response,
            variables: variables, columns: columns, cells: CellCounts.sum([(cells, maps, 1)]) ?? cells,
            totalWeight: totalWeight, fingerprint: fingerprint)
    }

    private static func places(_ levels: [String], in all: [String]) -> [Int] {
        let place = Dictionary(all.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return levels.map { place[$0] ?? 0 }
    }
}

extension VariableSummary {
    /// The sum of summaries of one kind; `nil` for different kinds, or where nothing is left.
    ///
    /// - Parameter levels: The levels of the sum; those of a column that is no variable are found from the summaries.
    fileprivate static func sum(
        _ parts: [(summary: VariableSummary, sign: Int)], levels: [String]?
    ) -> VariableSummary? {
        var numbers: [(NumericSummary, Int)] = []
        var counts: [(summary: LevelSummary, sign: Int)] = []
        for (summary, sign) in parts {
            switch summary {
            case .numeric(let summary): numbers.append((summary, sign))
            case .categorical(let summary): counts.append((summary, sign))
            }
        }
        if counts.isEmpty { return NumericSummary.sum(numbers).map { .numeric($0) } }
        guard numbers.isEmpty, let all = levels ?? LevelUnion.union(counts.map(\.summary.levels), order: .given),
            let sum = LevelSummary.sum(counts, levels: all)
        else { return nil }
        guard levels == nil else { return .categorical(sum) }
        let left = all.indices.filter { sum.counts[$0] > 0 }
        return .categorical(LevelSummary(levels: left.map { all[$0] }, counts: left.map { sum.counts[$0] }))
    }
}

extension DesignNote {
    /// What is worth saying about the rows of several cubes: what was said of all of them, and what their numbers say.
    static func combined(_ lists: [[DesignNote]], _ data: DataSummary, _ groups: [GroupingLevels]) -> [DesignNote] {
        var notes: [DesignNote] = []
        if data.droppedRowCount > 0 {
            notes.append(.droppedRows(count: data.droppedRowCount, total: data.totalRowCount, columns: data.dropped))
        }
        for group in groups where group.levels.count < 5 {
            notes.append(.fewLevels(group: group.name, count: group.levels.count))
        }
        for note in lists.first ?? [] {
            switch note {
            case .droppedRows, .fewLevels, .sparseGrouping: continue
            case .continuousGrouping(let name, _):
                guard let group = groups.first(where: { $0.name == name }), group.levels.count >= 5 else { continue }
                notes.append(.continuousGrouping(group: name, levels: group.levels.count))
            case .beyondBoundaryKnots(let variable, _):
                let rows = lists.joined().reduce(0) { sum, other in
                    if case .beyondBoundaryKnots(variable, let rows) = other { sum + rows } else { sum }
                }
                notes.append(.beyondBoundaryKnots(variable: variable, rows: rows))
            case .raisedDegreesOfFreedom: notes.append(note)
            case .constantSlope, .slopeConstantWithinGroups:
                if lists.allSatisfy({ $0.contains(note) }) { notes.append(note) }
            }
        }
        return notes
    }
}
