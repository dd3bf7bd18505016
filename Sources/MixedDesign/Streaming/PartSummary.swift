// What is remembered of the rows of a part, and how it adds up over the parts.

import MixedSyntax
import MixedTables

/// A data summary that grows part by part.
struct PartSummary {
    private(set) var totalRowCount: Int
    private(set) var rowCount: Int
    private(set) var dropped: [DroppedRows]
    private(set) var response: NumericSummary
    /// `nil` for a variable that has no summary.
    private(set) var variables: [String: VariableSummary?]
    private(set) var columns: [String: VariableSummary?]
    private(set) var cells: CellCounts
    private(set) var totalWeight: CompensatedSum?
    private(set) var fingerprint: Fingerprint

    init(
        _ frame: ModelFrame, variables: [DesignVariable], values: [FrameVariable], table: DataTable, rows: UsedRows,
        terms: [DesignTerm]
    ) {
        totalRowCount = frame.totalRowCount
        rowCount = frame.rowCount
        dropped = frame.dropped
        response = NumericSummary(frame.response)
        var summaries: [String: VariableSummary?] = [:]
        for (variable, values) in zip(variables, values) {
            switch values {
            case .numeric(let numbers): summaries[variable.name] = .some(DesignBuilder.summary(of: .double(numbers)))
            case .categorical(let codes):
                summaries[variable.name] = .categorical(LevelSummary(levels: variable.levels ?? [], codes: codes))
            case .basis: break
            }
        }
        self.variables = summaries
        var columns: [String: VariableSummary?] = [:]
        for variable in variables {
            for name in variable.columnNames where columns[name] == nil {
                if case .name(name) = variable.expression.expression.node, let summary = summaries[variable.name] {
                    columns[name] = summary
                } else if let column = table[name] {
                    columns[name] = .some(DesignBuilder.summary(of: column.values.selecting(rows.kept)))
                }
            }
        }
        self.columns = columns
        let used = Set(terms.flatMap(\.variables)).sorted()
        cells = CellCounts(
            used.compactMap { index in
                guard case .categorical(let codes) = values[index], let levels = variables[index].levels else {
                    return nil
                }
                return (index, codes, levels.count)
            }, rowCount: frame.rowCount)
        totalWeight = frame.weights.map { weights in
            var sum = CompensatedSum()
            for weight in weights { sum.add(weight) }
            return sum
        }
        fingerprint = Fingerprint(frame.response)
    }

    /// Adds what is remembered of the next part.
    mutating func add(_ next: PartSummary) {
        totalRowCount += next.totalRowCount
        for entry in next.dropped {
            if let index = dropped.firstIndex(where: { $0.column == entry.column }) {
                dropped[index] = DroppedRows(column: entry.column, count: dropped[index].count + entry.count)
            } else {
                dropped.append(entry)
            }
        }
        // A part without a complete row says nothing about the values.
        guard next.rowCount > 0 else { return }
        if rowCount == 0 {
            variables = [:]
            columns = [:]
        }
        rowCount += next.rowCount
        response = response.joined(with: next.response)
        for (name, summary) in next.variables { Self.add(summary, to: &variables, name) }
        for (name, summary) in next.columns { Self.add(summary, to: &columns, name) }
        cells = cells.joined(with: next.cells)
        if let weight = next.totalWeight { totalWeight?.add(weight.value) }
        fingerprint = fingerprint.joined(with: next.fingerprint)
    }

    private static func add(
        _ summary: VariableSummary?, to summaries: inout [String: VariableSummary?], _ name: String
    ) {
        guard let known = summaries[name] else {
            summaries[name] = .some(summary)
            return
        }
        guard let known, let summary else {
            summaries[name] = .some(nil)
            return
        }
        summaries[name] = .some(known.joined(with: summary))
    }

    /// The summary of all parts.
    var data: DataSummary {
        DataSummary(
            totalRowCount: totalRowCount, rowCount: rowCount, dropped: dropped, response: response,
            variables: variables.compactMapValues { $0 }, columns: columns.compactMapValues { $0 }, cells: cells,
            totalWeight: totalWeight?.value, fingerprint: fingerprint)
    }
}

extension NumericSummary {
    /// The summary of the numbers of both.
    ///
    /// Chan, Golub & LeVeque (1983), The American Statistician 37: *M = M₁ + M₂ + δ² n₁n₂/n*.
    func joined(with other: NumericSummary) -> NumericSummary {
        if count == 0 { return other }
        if other.count == 0 { return self }
        let (first, second) = (Double(count), Double(other.count))
        let total = first + second
        let difference = other.mean - mean
        let squares =
            standardDeviation * standardDeviation * (first - 1)
            + other.standardDeviation * other.standardDeviation * (second - 1)
            + difference * difference * first * second / total
        let smallest = min(minimum, other.minimum)
        let largest = max(maximum, other.maximum)
        return NumericSummary(
            count: count + other.count, mean: smallest == largest ? smallest : mean + difference * second / total,
            standardDeviation: smallest < largest ? (squares / max(total - 1, 1)).squareRoot() : 0,
            minimum: smallest, maximum: largest)
    }
}

extension VariableSummary {
    /// The summary of the rows of both; `nil` where one has numbers and the other levels.
    func joined(with other: VariableSummary) -> VariableSummary? {
        switch (self, other) {
        case (.numeric(let first), .numeric(let second)): .numeric(first.joined(with: second))
        case (.categorical(let first), .categorical(let second)): .categorical(first.joined(with: second))
        default: nil
        }
    }
}

extension LevelSummary {
    /// The counts of both; levels that only one has are put in order with the others.
    func joined(with other: LevelSummary) -> LevelSummary {
        if levels == other.levels { return LevelSummary(levels: levels, counts: zip(counts, other.counts).map(+)) }
        var total: [String: Int] = [:]
        for (level, count) in zip(levels, counts) { total[level, default: 0] += count }
        for (level, count) in zip(other.levels, other.counts) { total[level, default: 0] += count }
        let order = total.keys.sorted(by: TextCollation.precedes)
        return LevelSummary(levels: order, counts: order.map { total[$0] ?? 0 })
    }
}

extension CellCounts {
    /// The counts of both, which are of the same variables.
    func joined(with other: CellCounts) -> CellCounts {
        guard !variables.isEmpty else { return CellCounts([], rowCount: (counts.first ?? 0) + (other.counts.first ?? 0)) }
        func cells(_ cells: CellCounts) -> [[Int32]] {
            cells.counts.indices.map { index in cells.levels.map { $0[index] } }
        }
        var total: [[Int32]: Int] = [:]
        for (cell, count) in zip(cells(self) + cells(other), counts + other.counts) { total[cell, default: 0] += count }
        let order = total.keys.sorted { $0.lexicographicallyPrecedes($1) }
        return CellCounts(
            variables: variables, levels: variables.indices.map { place in order.map { $0[place] } },
            counts: order.map { total[$0] ?? 0 })
    }
}
