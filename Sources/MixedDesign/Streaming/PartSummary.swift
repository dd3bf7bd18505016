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
    /// For each variable of the cells its levels where they are: all parts have the same.
    private let levelMaps: [[Int]]

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
        levelMaps = cells.variables.map { Array((variables[$0].levels ?? []).indices) }
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
        dropped = DroppedRows.sum([(dropped, 1), (next.dropped, 1)])
        // A part without a complete row says nothing about the values.
        guard next.rowCount > 0 else { return }
        if rowCount == 0 {
            variables = [:]
            columns = [:]
        }
        rowCount += next.rowCount
        response = NumericSummary.sum([(response, 1), (next.response, 1)]) ?? response
        for (name, summary) in next.variables { Self.add(summary, to: &variables, name) }
        for (name, summary) in next.columns { Self.add(summary, to: &columns, name) }
        cells = CellCounts.sum([(cells, levelMaps, 1), (next.cells, levelMaps, 1)]) ?? cells
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
    ///
    /// - Parameter names: Columns and expressions in the order in which missing values are to be told.
    func data(namesInOrder names: [String]) -> DataSummary {
        let ordered = dropped.sorted {
            (names.firstIndex(of: $0.column) ?? names.count) < (names.firstIndex(of: $1.column) ?? names.count)
        }
        return DataSummary(
            totalRowCount: totalRowCount, rowCount: rowCount, dropped: ordered, response: response,
            variables: variables.compactMapValues { $0 }, columns: columns.compactMapValues { $0 }, cells: cells,
            totalWeight: totalWeight?.value, fingerprint: fingerprint)
    }
}

extension VariableSummary {
    /// The summary of the rows of both; `nil` where one has numbers and the other levels.
    func joined(with other: VariableSummary) -> VariableSummary? {
        switch (self, other) {
        case (.numeric(let first), .numeric(let second)):
            NumericSummary.sum([(first, 1), (second, 1)]).map { .numeric($0) }
        case (.categorical(let first), .categorical(let second)): .categorical(first.joined(with: second))
        default: nil
        }
    }
}

extension LevelSummary {
    /// The counts of both; levels that only one has are put in order with the others.
    func joined(with other: LevelSummary) -> LevelSummary {
        let all = levels == other.levels ? levels : Set(levels + other.levels).sorted(by: TextCollation.precedes)
        return LevelSummary.sum([(self, 1), (other, 1)], levels: all) ?? self
    }
}
