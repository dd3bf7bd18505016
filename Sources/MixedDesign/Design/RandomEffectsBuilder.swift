// Random terms in lme4's order, gathered by grouping factor.

import MixedSyntax
import MixedTables

/// Collects the random terms of a formula and orders them as lme4's `mkReTrms` does.
struct RandomEffectsBuilder {
    /// A grouping variable over the rows that are used.
    struct Variable {
        var design: GroupingVariable
        /// Empty where rows are not held.
        var codes: [Int32] = []
        /// Whether it has numbers that are not whole.
        var isContinuous: Bool
    }

    /// The levels of a grouping factor, and over the rows where those are held.
    private struct Group {
        var name: String
        var variables: [Variable]
        var codes: GroupingCodes
        /// How many rows each level has; `nil` where the codes tell.
        var rowCounts: [Int]?
        var levelCount: Int { codes.parts.first?.count ?? 0 }
    }

    private struct Term {
        var group: Int
        var columns: [DesignColumn]
    }

    let rowCount: Int
    let source: String
    /// Whether the rows are a part of those that a model will be fitted to.
    let isPart: Bool
    private var groups: [Group] = []
    private var terms: [Term] = []

    init(rowCount: Int, source: String, isPart: Bool = false) {
        self.rowCount = rowCount
        self.source = source
        self.isPart = isPart
    }

    /// Adds a term of the formula; `||` makes a term of every column.
    ///
    /// - Throws: when the data cannot tell the term's variance from the residuals', by lme4's rules.
    mutating func add(
        _ term: ModelFormula.RandomTerm, columns: [DesignColumn], factors: [Variable]
    ) throws(DesignError) {
        let name = Self.name(of: term)
        let index: Int
        if let known = groups.firstIndex(where: { $0.name == name }) {
            index = known
        } else {
            guard let first = factors.first else { return }
            var codes = GroupingCodes(codes: first.codes, levelCount: first.design.levels.count)
            for factor in factors.dropFirst() {
                codes.cross(with: factor.codes, levelCount: factor.design.levels.count)
            }
            groups.append(Group(name: name, variables: factors, codes: codes))
            index = groups.count - 1
        }
        try add(term, columns: columns, group: index)
    }

    /// Adds a term of the formula whose rows are not held.
    ///
    /// - Parameters:
    ///   - parts: For each level the levels of the variables that it combines: one array for each variable.
    ///   - rowCounts: How many rows each level has.
    mutating func add(
        _ term: ModelFormula.RandomTerm, columns: [DesignColumn], factors: [Variable], parts: [[Int32]],
        rowCounts: [Int]
    ) throws(DesignError) {
        let name = Self.name(of: term)
        let known = groups.firstIndex { $0.name == name }
        if known == nil {
            var codes = GroupingCodes(codes: [], levelCount: 0)
            codes.parts = parts
            groups.append(Group(name: name, variables: factors, codes: codes, rowCounts: rowCounts))
        }
        try add(term, columns: columns, group: known ?? groups.count - 1)
    }

    private mutating func add(
        _ term: ModelFormula.RandomTerm, columns: [DesignColumn], group index: Int
    ) throws(DesignError) {
        try check(groups[index], term, columns)
        if term.isIndependent {
            for column in columns { terms.append(Term(group: index, columns: [column])) }
        } else {
            terms.append(Term(group: index, columns: columns))
        }
    }

    /// The name of a term's grouping factor; lme4 writes one that needs back-quotes without them where it stands alone.
    static func name(of term: ModelFormula.RandomTerm) -> String {
        if term.grouping.count == 1, case .name(let column) = term.grouping[0].node { return column }
        return term.groupName
    }

    private func check(
        _ group: Group, _ term: ModelFormula.RandomTerm, _ columns: [DesignColumn]
    ) throws(DesignError) {
        guard !columns.isEmpty else {
            throw DesignError(
                .expression, "The random term has no column", at: term.range, of: source,
                hint: "(1 | \(group.name)) has a column: the constant")
        }
        if isPart { return }
        let levels = group.levelCount
        guard levels > 1 else {
            let level = label(of: group, level: 0)
            throw DesignError(
                .singleGroup(name: group.name, level: level),
                "The grouping factor '\(group.name)' has only one level, '\(level)': a variance between levels needs several",
                at: term.range, of: source)
        }
        guard levels < rowCount else {
            throw DesignError(
                .groupsAsManyAsRows(name: group.name, levels: levels, rows: rowCount),
                "The grouping factor '\(group.name)' has as many levels as there are rows (\(rowCount)): its variance cannot be told from the residuals'",
                at: term.range, of: source)
        }
        let width = term.isIndependent ? 1 : columns.count
        let (effects, overflow) = levels.multipliedReportingOverflow(by: width)
        guard !overflow, effects < rowCount else {
            throw DesignError(
                .randomEffectsAsManyAsRows(term: group.name, count: effects, rows: rowCount),
                "The random term has \(effects) effects (\(levels) levels × \(width) columns) but there are only \(rowCount) rows: its variances cannot be told from the residuals'",
                at: term.range, of: source, hint: "leave out columns of the term")
        }
    }

    private func label(of group: Group, level: Int) -> String {
        var parts: [String] = []
        for (variable, codes) in zip(group.variables, group.codes.parts) where codes.indices.contains(level) {
            parts.append(variable.design.levels[Int(codes[level])])
        }
        return parts.joined(separator: ":")
    }

    /// The order that lme4 gives to terms with so many levels: most first.
    static func order(levelCounts counts: [Int]) -> [Int] {
        var order = Array(counts.indices)
        if zip(counts, counts.dropFirst()).contains(where: { $0 < $1 }) {
            // As lme4: rev(order(nlevels)), which turns ties around.
            order.sort { counts[$0] != counts[$1] ? counts[$0] < counts[$1] : $0 < $1 }
            order.reverse()
        }
        return order
    }

    /// The finished grouping factors, what frames keep of them, and notes.
    func finish(
        assembly: FrameAssembly
    ) throws(DesignError) -> (factors: [GroupingFactorDesign], frames: [ModelFrame.Grouping], notes: [DesignNote]) {
        var frames: [ModelFrame.Grouping] = []
        let (factors, notes) = try finish { group, columns in
            let frame = ModelFrame.Grouping(codes: group.codes.codes, columns: columns.map(assembly.column))
            frames.append(frame)
            return SlopeCheck.slopeNotes(group: group.name, columns: columns, frame: frame)
        }
        return (factors, frames, notes)
    }

    /// The finished grouping factors of rows that are not held.
    ///
    /// - Parameter variation: How a column of the factor of that name varies.
    func finish(
        variation: (_ group: String, DesignColumn) -> SlopeVariation.Kind
    ) throws(DesignError) -> (factors: [GroupingFactorDesign], notes: [DesignNote]) {
        try finish { group, columns in
            SlopeCheck.slopeNotes(group: group.name, columns: columns) { variation(group.name, columns[$0]) }
        }
    }

    private func finish(
        slopeNotes: (Group, [DesignColumn]) -> [DesignNote]
    ) throws(DesignError) -> (factors: [GroupingFactorDesign], notes: [DesignNote]) {
        let order = Self.order(levelCounts: terms.map { groups[$0.group].levelCount })
        var factorOrder: [Int] = []
        for index in order where !factorOrder.contains(terms[index].group) { factorOrder.append(terms[index].group) }

        var factors: [GroupingFactorDesign] = []
        var notes: [DesignNote] = []
        for (factorIndex, groupIndex) in factorOrder.enumerated() {
            let group = groups[groupIndex]
            var columns: [DesignColumn] = []
            var designs: [RandomTermDesign] = []
            for (termIndex, index) in order.enumerated() where terms[index].group == groupIndex {
                designs.append(
                    RandomTermDesign(
                        columnNames: terms[index].columns.map(\.name), columnOffset: columns.count,
                        factorIndex: factorIndex, termIndex: termIndex))
                columns += terms[index].columns
            }
            guard columns.count <= TermExpansion.columnLimit else {
                throw DesignError(
                    .tooManyColumns(count: columns.count, limit: TermExpansion.columnLimit),
                    "The random effects of '\(group.name)' have \(columns.count) columns; at most \(TermExpansion.columnLimit) are possible"
                )
            }
            let levels = (0..<group.levelCount).map { label(of: group, level: $0) }
            notes += SlopeCheck.levelNotes(
                group: group.name, rowCounts: group.rowCounts ?? group.codes.rowCounts,
                isContinuous: group.variables.count == 1 && group.variables[0].isContinuous)
            notes += slopeNotes(group, columns)
            factors.append(
                GroupingFactorDesign(
                    name: group.name, levels: levels, columnNames: columns.map(\.name), terms: designs,
                    columns: columns, variables: group.variables.map(\.design), levelParts: group.codes.parts))
        }
        return (factors, notes)
    }
}
