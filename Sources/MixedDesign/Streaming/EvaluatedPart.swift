// A part of the rows, evaluated: everything about it that needs nothing of the parts before.

import MixedSyntax
import MixedTables

/// The complete rows of a part with their design columns, their groups still by the part's own values.
struct EvaluatedPart {
    /// The rows without the levels of the grouping factors.
    let frame: ModelFrame
    /// For each grouping variable, by its place among the evaluated expressions, its values in the rows.
    let groupValues: [Int: ColumnValues]
    let levels: [String: LevelBatch]
    let summary: PartSummary

    /// Why a part cannot be used with what is known from the sample.
    struct Surprise: Error {}

    /// Evaluates a part.
    ///
    /// - Throws: `Surprise` for types or levels that the sample does not have, `DesignError` for values that cannot be used.
    init(_ table: DataTable, levels: [String: LevelBatch], of formula: SampledFormula) throws {
        let builder = formula.builder
        let places = formula.places
        var evaluated: [EvaluatedVariable] = []
        for variable in builder.evaluated {
            // The reference level need not occur in every part.
            let values = try table.values(of: variable.stored.ignoringRelevel)
            evaluated.append(EvaluatedVariable(variable.stored, values: values))
        }
        let missing = MissingRows(evaluated, table: table)
        for index in evaluated.indices { evaluated[index].restrict(to: missing.kept) }
        let rows = UsedRows(count: missing.kept?.count ?? table.rowCount, kept: missing.kept)
        let part = DesignBuilder(evaluated, of: builder, table: table)

        var values: [FrameVariable] = []
        for (index, variable) in builder.variables.enumerated() {
            let source = evaluated[builder.evaluatedIndex[index]]
            if let levels = variable.levels {
                let codes = source.values.codes(amongLevels: levels)
                if codes.contains(CategoricalValues.unknown) { throw Surprise() }
                values.append(.categorical(codes))
            } else {
                guard let numbers = source.values.numbers else { throw Surprise() }
                try rows.checkFinite(numbers, name: variable.name)
                values.append(.numeric(numbers))
            }
        }
        guard evaluated[places.response].values.numbers != nil else { throw Surprise() }
        let response = try part.numbers(places.response, rows: rows)
        let weights = try places.weights.map { try part.positiveWeights($0, rows: rows) }
        let offset = try part.summedOffsets(places.offsets, rows: rows)
        let assembly = try FrameAssembly(variables: builder.variables, values: values)
        frame = ModelFrame(
            rowCount: rows.count, totalRowCount: table.rowCount, dropped: missing.dropped, keptRows: missing.kept,
            response: response, weights: weights, offset: offset,
            fixedColumns: formula.terms.fixed.columns.map(assembly.column),
            groupings: formula.groups.map { ModelFrame.Grouping(codes: [], columns: $0.columns.map(assembly.column)) })
        groupValues = Dictionary(
            uniqueKeysWithValues: Set(places.groupings.joined()).map { ($0, evaluated[$0].values) })
        self.levels = levels
        summary = PartSummary(
            frame, variables: builder.variables, values: values, table: table, rows: rows,
            terms: formula.terms.fixed.terms)
    }
}
