// The one pass over rows that are never held: cross-products and a design, whatever the number of rows.

import MixedLinearAlgebra
import MixedSyntax
import MixedTables

/// Accumulates the parts of a stream in their order.
final class StreamedPass {
    let formula: SampledFormula
    private let groups: [SampledFormula.Group]
    private let accumulator: CrossProductsAccumulator
    /// For each grouping variable, by its place among the evaluated expressions.
    private var coders: [Int: LevelCoder] = [:]
    private var groupCoders: [GroupCoder]
    /// For each grouping factor how its columns vary.
    private var variations: [[SlopeVariation]]
    private var summary: PartSummary?
    /// The rows, as long as they are few enough to be kept for a second look.
    private var held: [ModelFrame]? = []
    private var heldByteCount = 0
    private let constantCombination: [Double]?
    private let memory: MemoryLimit
    /// How many bytes the sums needed when they were last looked at.
    private var checkedBytes = StreamedPass.carefreeBytes
    /// Sums that need no more are gone on with unseen.
    private static let carefreeBytes = 64e6

    init(_ formula: SampledFormula, memory: MemoryLimit) {
        self.formula = formula
        self.memory = memory
        groups = formula.groups
        accumulator = CrossProductsAccumulator(
            fixedColumnCount: formula.terms.fixed.columns.count, randomColumnCounts: groups.map(\.columns.count))
        for index in formula.places.groupings.joined() { coders[index] = LevelCoder() }
        groupCoders = groups.map { GroupCoder(variableCount: $0.variables.count) }
        variations = groups.map { $0.columns.map { _ in SlopeVariation() } }
        constantCombination = ModelDesign.constantCombination(
            terms: formula.terms.fixed.terms, columns: formula.terms.fixed.columns)
    }

    /// Adds the rows of a part.
    func add(_ part: EvaluatedPart) {
        if summary == nil { summary = part.summary } else { summary?.add(part.summary) }
        guard part.frame.rowCount > 0 else { return }
        let name = { (index: Int) in self.formula.builder.evaluated[index].name }
        var numbers: [Int: [Int32]] = [:]
        for (index, values) in part.groupValues {
            numbers[index] = coders[index]?.codes(values, levels: part.levels[name(index)])
        }
        var frame = part.frame
        for (index, group) in groups.enumerated() {
            frame.groupings[index].codes = groupCoders[index].codes(
                group.variables.map { numbers[$0] ?? [] }, counts: group.variables.map { coders[$0]?.count ?? 0 })
            note(frame.groupings[index], of: index)
        }
        hold(frame)
        accumulator.add(
            FrameRows(
                frame, constantCombination: constantCombination,
                factorShapes: zip(groups, groupCoders).map {
                    FactorShape(levelCount: $1.levelCount, columnCount: $0.columns.count)
                }))
    }

    /// Keeps the rows of a part, or gives up all of them.
    private func hold(_ frame: ModelFrame) {
        guard held != nil else { return }
        let numbers = 1 + (frame.weights == nil ? 0 : 1) + (frame.offset == nil ? 0 : 1)
        let variables = formula.builder.variables.reduce(0) { $0 + ($1.levels == nil ? 8 : 4) }
        heldByteCount += frame.rowCount * (8 * numbers + variables + 4 * groups.count)
        if heldByteCount <= StreamedRows.largestHeldByteCount { held?.append(frame) } else { held = nil }
    }

    /// Refuses to go on where the sums need more memory than there is, looked at each time that they have grown by an eighth.
    ///
    /// - Throws: `MemoryShortage`.
    func checkMemory() throws(MemoryShortage) {
        let bytes = accumulator.neededBytes
        if case .bytes = memory {} else { guard bytes > checkedBytes else { return } }
        checkedBytes = 1.125 * bytes
        try memory.check(bytes, for: .reading(pairs: accumulator.pairCount))
    }

    /// Looks whether the columns of random slopes vary, as long as that is not known.
    private func note(_ grouping: ModelFrame.Grouping, of index: Int) {
        let columns = groups[index].columns
        for column in columns.indices where !columns[column].isIntercept && !variations[index][column].isKnown {
            let values = Storage<Double>(zeros: grouping.codes.count)
            grouping.columns[column].fill(0..<grouping.codes.count, into: values.pointer)
            grouping.codes.withUnsafeBufferPointer { codes in
                guard let codes = codes.baseAddress else { return }
                variations[index][column].add(values.pointer, codes: codes, rows: grouping.codes.count)
            }
        }
    }

    /// What all parts make.
    ///
    /// - Throws: `DesignError` where the rows cannot answer the formula, `TableError` for levels that are no text.
    func finished(
        _ stream: TableStream, sample: DataTable, prepare: @escaping @Sendable (DataTable) throws -> DataTable
    ) throws -> StreamedDesign {
        let builder = formula.builder
        guard let summary, summary.rowCount > 0 else {
            let dropped = summary?.dropped ?? []
            throw builder.noRows(
                total: summary?.totalRowCount ?? 0, dropped: dropped, response: formula.places.response)
        }
        let data = summary.data(
            namesInOrder: builder.evaluated.flatMap { $0.stored.expression.variableNames + [$0.name] })
        try builder.checkVaries(data.response, name: builder.evaluated[formula.places.response].name)
        var notes: [DesignNote] = []
        if data.droppedRowCount > 0 {
            notes.append(
                .droppedRows(count: data.droppedRowCount, total: data.totalRowCount, columns: data.dropped))
        }

        for (coder, group) in zip(groupCoders, groups) where coder.isFull {
            throw TableError.tooManyLevels(file: stream.name, column: group.name)
        }
        // Levels that occur in some factor are the levels of a variable.
        let rowCounts = groups.indices.map { accumulator.rowCounts(factor: $0) }
        var used: [Int: [Bool]] = [:]
        for (index, group) in groups.enumerated() {
            let counts = group.variables.map { coders[$0]?.count ?? 0 }
            let flags = groupCoders[index].usedNumbers(rowCounts: rowCounts[index], counts: counts)
            for (variable, flags) in zip(group.variables, flags) {
                used[variable] = zip(used[variable] ?? flags, flags).map { $0 || $1 }
            }
        }
        var levels: [Int: (names: [String], places: [Int32])] = [:]
        for (index, coder) in coders {
            levels[index] = try coder.levels(
                isUsed: used[index] ?? [], column: builder.evaluated[index].name, of: stream)
        }

        var random = RandomEffectsBuilder(rowCount: data.rowCount, source: builder.formula.source)
        var arrangements: [LevelArrangement] = []
        var parts: [[[Int32]]] = []
        for (index, group) in groups.enumerated() {
            let (arrangement, combined) = groupCoders[index].arrangement(
                rowCounts: rowCounts[index], places: group.variables.map { levels[$0]?.places ?? [] },
                counts: group.variables.map { levels[$0]?.names.count ?? 0 })
            arrangements.append(arrangement)
            parts.append(combined)
        }
        for (number, term) in builder.formula.random.enumerated() {
            let name = RandomEffectsBuilder.name(of: term)
            guard let index = groups.firstIndex(where: { $0.name == name }) else { continue }
            var counts = [Int](repeating: 0, count: arrangements[index].levelCount)
            for (level, place) in arrangements[index].places.enumerated()
            where place >= 0 && level < rowCounts[index].count {
                counts[Int(place)] += rowCounts[index][level]
            }
            let variables = groups[index].variables.map { variable in
                RandomEffectsBuilder.Variable(
                    design: GroupingVariable(
                        expression: builder.evaluated[variable].stored, trained: builder.evaluated[variable].trained,
                        levels: levels[variable]?.names ?? []),
                    isContinuous: coders[variable]?.hasFractions ?? false)
            }
            try random.add(
                term, columns: formula.terms.random[number], factors: variables, parts: parts[index],
                rowCounts: counts)
        }
        let (factors, groupNotes) = try random.finish { name, column in
            guard let group = groups.firstIndex(where: { $0.name == name }),
                let place = groups[group].columns.firstIndex(of: column)
            else { return .withinLevels }
            return variations[group][place].kind
        }
        let design = builder.design(
            formula.places, formula.terms, groupingFactors: factors, data: data, notes: notes + groupNotes)
        let sources = sources(for: design)
        return StreamedDesign(
            design: design, products: arranged(accumulator.finished(arrangements), by: sources),
            rows: StreamedRows(
                stream: stream, sample: sample, formula: formula, held: held, coders: coders, groupCoders: groupCoders,
                arrangements: arrangements, sources: sources, prepare: prepare))
    }

    /// Where the factors of the design and their columns stand among those of the formula.
    private func sources(for design: ModelDesign) -> [StreamedRows.Source] {
        design.groupingFactors.compactMap { factor in
            guard let group = groups.firstIndex(where: { $0.name == factor.name }) else { return nil }
            var free = Array(groups[group].columns.enumerated())
            let columns = factor.columns.compactMap { column -> Int? in
                free.firstIndex { $0.element == column }.map { free.remove(at: $0).offset }
            }
            return StreamedRows.Source(group: group, columns: columns)
        }
    }

    /// The cross-products with their factors and columns in the order of the design.
    private func arranged(_ products: CrossProducts, by sources: [StreamedRows.Source]) -> CrossProducts {
        let isUnchanged = sources.enumerated().allSatisfy { index, source in
            source.group == index && source.columns == Array(source.columns.indices)
        }
        if isUnchanged { return products }
        return products.restricted(
            to: CrossProductsRestriction(
                fixed: (0..<products.fixedColumnCount).map { [($0, 1)] }, constantCombination: constantCombination,
                factors: sources.map { source in
                    CrossProductsRestriction.Factor(source: source.group, columns: source.columns.map { [($0, 1)] })
                }))
    }
}
