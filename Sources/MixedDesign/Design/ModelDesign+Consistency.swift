// Whether a design that was read from a file can be used without another look: indices, sizes and levels.

internal import MixedSyntax

extension ModelDesign {
    /// What is wrong with the indices or sizes of the parts, as a sentence without a full stop; `nil` for a design of which
    /// every part can be reached.
    package var inconsistency: String? {
        guard data.rowCount >= 1, data.totalRowCount >= data.rowCount, data.hasPlausibleCounts else {
            return "its number of rows is impossible"
        }
        for variable in variables where !variable.isConsistent { return "the variable '\(variable.name)' is damaged" }
        let names = fixedTerms.map(\.label)
        for (term, label) in zip(fixedTerms, names) {
            guard term.columns.lowerBound >= 0, term.columns.upperBound <= fixedColumns.count,
                term.codings.count == term.variables.count, term.variables.allSatisfy(variables.indices.contains)
            else { return "the term '\(label)' is damaged" }
        }
        for column in fixedColumns + groupingFactors.flatMap(\.columns) {
            for part in column.parts where !isConsistent(part) { return "the column '\(column.name)' is damaged" }
        }
        for (index, factor) in groupingFactors.enumerated() where !factor.isConsistent(index: index) {
            return "the grouping factor '\(factor.name)' is damaged"
        }
        guard data.cells.isConsistent(levelCounts: variables.map { $0.levels?.count }, rowCount: data.rowCount) else {
            return "its cells are damaged"
        }
        let places = groupingFactors.flatMap(\.terms).map(\.termIndex).sorted()
        guard places == Array(places.indices) else { return "the order of its random terms is damaged" }
        return nil
    }

    private func isConsistent(_ part: DesignColumn.Part) -> Bool {
        guard variables.indices.contains(part.variable) else { return false }
        let variable = variables[part.variable]
        switch (part, variable.kind) {
        case (.value, .numeric): return true
        case (.basis(_, let column), .basis(let basis)): return (0..<basis.columnCount).contains(column)
        case (.indicator(_, let level), .categorical(let levels, _)): return levels.indices.contains(level)
        case (.contrast(_, let column), .categorical(let levels, let coding)):
            guard levels.count <= TermExpansion.contrastLevelLimit,
                let matrix = try? variable.contrastMatrix(levels: levels, coding: coding)
            else { return false }
            return matrix.columnNames.indices.contains(column)
        default: return false
        }
    }
}

extension DataSummary {
    /// More rows than any data have; counts below it can be added up without a thought.
    private static let countLimit = 1 << 48

    /// Whether all counts are those of something.
    fileprivate var hasPlausibleCounts: Bool {
        let range = 0..<Self.countLimit
        func isPlausible(_ summary: VariableSummary) -> Bool {
            switch summary {
            case .numeric(let summary): range.contains(summary.count)
            case .categorical(let summary):
                summary.levels.count == summary.counts.count && summary.counts.allSatisfy(range.contains)
            }
        }
        return range.contains(totalRowCount) && dropped.allSatisfy { range.contains($0.count) }
            && range.contains(response.count) && range.contains(fingerprint.count)
            && variables.values.allSatisfy(isPlausible) && columns.values.allSatisfy(isPlausible)
            && cells.counts.allSatisfy(range.contains)
    }
}

extension DesignVariable {
    fileprivate var isConsistent: Bool {
        switch kind {
        case .numeric: true
        case .categorical(let levels, _): !levels.isEmpty && Set(levels).count == levels.count
        case .basis(let basis): basis.isConsistent
        }
    }
}

extension GroupingFactorDesign {
    /// Whether the terms tile the columns, and the levels are made of levels of the variables, in order.
    fileprivate func isConsistent(index: Int) -> Bool {
        guard !levels.isEmpty, !columnNames.isEmpty, columns.count == columnNames.count, !variables.isEmpty,
            levelParts.count == variables.count,
            zip(levelParts, variables).allSatisfy({ parts, variable in
                parts.count == levels.count && parts.allSatisfy { $0 >= 0 && Int($0) < variable.levels.count }
            })
        else { return false }
        var offset = 0
        for term in terms {
            guard term.factorIndex == index, term.columnOffset == offset, term.columnCount >= 1 else { return false }
            offset += term.columnCount
        }
        return offset == columnNames.count
    }
}

extension TrainedBasis {
    /// The most columns that a basis has.
    private static let columnLimit = 20_000

    fileprivate var isConsistent: Bool {
        switch self {
        case .polynomial(let basis):
            guard (1...Self.columnLimit).contains(basis.degree) else { return false }
            guard let recurrence = basis.recurrence else { return true }
            return recurrence.centers.count == basis.degree && recurrence.squaredNorms.count == basis.degree + 2
        case .spline(let basis):
            return basis.degree >= 1 && basis.boundary.count == 2 && basis.splines.isConsistent
                && basis.splines.order == basis.degree + 1 && basis.columnCount >= 1
        case .naturalSpline(let basis):
            let width = basis.columnCount
            return basis.boundary.count == 2 && basis.splines.isConsistent && basis.splines.order == 4 && width >= 1
                && basis.projection.count == basis.splines.count
                && basis.projection.allSatisfy { $0.count == width }
                && [basis.lowerSlope, basis.upperValue, basis.upperSlope].allSatisfy { $0.count == width }
        }
    }
}

extension BSplines {
    fileprivate var isConsistent: Bool {
        (1...101).contains(order) && knots.count >= 2 * order && knots.allSatisfy(\.isFinite)
            && zip(knots, knots.dropFirst()).allSatisfy { $0 <= $1 }
    }
}
