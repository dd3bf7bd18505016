// The steps from a formula and a table to a design and a frame.

import MixedSyntax
import MixedTables

/// Builds a design: evaluates the formula's expressions, finds the complete rows, and expands the terms.
struct DesignBuilder {
    let formula: ModelFormula
    let table: DataTable
    let options: DesignOptions
    let purpose: Purpose
    var notes: [DesignNote] = []
    /// All expressions that are evaluated, each once.
    var evaluated: [EvaluatedVariable] = []
    private var indexOf: [TableExpression: Int] = [:]
    var variables: [DesignVariable] = []
    var variableValues: [FrameVariable] = []
    /// For each design variable its index in `evaluated`.
    var evaluatedIndex: [Int] = []
    /// The factors made of evaluated expressions, each once.
    var factors: [Int: CategoricalValues] = [:]

    /// What the rows are to be used for.
    enum Purpose {
        /// A model is fitted to them.
        case model
        /// They are added to others, or taken out of them; they may be coded as a known design says.
        case part(codedAs: ModelDesign?)

        /// Whether a single level or a single value is enough.
        var isPart: Bool { if case .part = self { true } else { false } }
        /// The design whose levels, contrasts, means and knots are to be used.
        var known: ModelDesign? { if case .part(let known) = self { known } else { nil } }
    }

    init(_ formula: ModelFormula, _ table: DataTable, _ options: DesignOptions, purpose: Purpose = .model) {
        self.formula = formula
        self.table = table
        self.options = options
        self.purpose = purpose
    }

    mutating func build() throws(DesignError) -> (design: ModelDesign, frame: ModelFrame) {
        guard let response = formula.response else {
            throw DesignError(
                .noResponse, "The formula has no response", at: SourceRange(0, min(1, formula.source.utf8.count)),
                of: formula.source, hint: "write it left of the '~', as in y ~ x + (1 | g)")
        }
        let responseIndex = try evaluate(StoredExpression(response, source: formula.source))
        try checkResponseType(evaluated[responseIndex])
        let modelVariables = try evaluate(formula.fixed)
        var randomVariables: [[Int]] = []
        var groupingVariables: [[Int]] = []
        for term in formula.random {
            randomVariables.append(try evaluate(term.terms))
            var indices: [Int] = []
            for variable in term.grouping {
                indices.append(try evaluate(StoredExpression(variable, source: formula.source)))
            }
            groupingVariables.append(indices)
        }
        var offsetIndices: [Int] = []
        for offset in formula.offsets {
            offsetIndices.append(try evaluate(StoredExpression(offset, source: formula.source)))
        }
        if let offset = options.offset { offsetIndices.append(try evaluate(StoredExpression(offset))) }
        var weightsIndex: Int?
        if let weights = options.weights { weightsIndex = try evaluate(StoredExpression(weights)) }

        let missing = try keepCompleteRows(response: responseIndex)
        let rowCount = missing.kept?.count ?? table.rowCount
        if rowCount < table.rowCount {
            notes.append(
                .droppedRows(count: table.rowCount - rowCount, total: table.rowCount, columns: missing.dropped))
        }
        let rows = UsedRows(count: rowCount, kept: missing.kept)
        let responseValues = try numbers(responseIndex, rows: rows)
        let responseSummary = NumericSummary(responseValues)
        guard purpose.isPart || !responseSummary.isConstant else {
            throw DesignError(
                .responseConstant(name: evaluated[responseIndex].name, value: responseSummary.mean),
                "The response '\(evaluated[responseIndex].name)' has the same value, \(RNumber.text(responseSummary.mean)), in every row that is used: there is nothing to explain"
            )
        }
        let weights = try weightsIndex.map { index throws(DesignError) in try positiveWeights(index, rows: rows) }
        let offset = try summedOffsets(offsetIndices, rows: rows)

        try checkContrastNames()
        let fixedIndices = try modelVariables.map { index throws(DesignError) in try variable(index, rows: rows) }
        var randomIndices: [[Int]] = []
        for indices in randomVariables {
            randomIndices.append(try indices.map { index throws(DesignError) in try variable(index, rows: rows) })
        }
        let fixed = try TermExpansion(formula.fixed, variables: variables, indices: fixedIndices)
        let assembly = try FrameAssembly(variables: variables, values: variableValues)
        var random = RandomEffectsBuilder(rowCount: rowCount, source: formula.source, isPart: purpose.isPart)
        for (number, term) in formula.random.enumerated() {
            let expansion = try TermExpansion(term.terms, variables: variables, indices: randomIndices[number])
            try random.add(
                term, columns: expansion.columns, factors: groupingVariables[number].map { groupingFactor($0) })
        }
        let groups = try random.finish(assembly: assembly)
        notes += groups.notes

        let summaries = variableSummaries()
        let frame = ModelFrame(
            rowCount: rowCount, totalRowCount: table.rowCount, dropped: missing.dropped, keptRows: missing.kept,
            response: responseValues, weights: weights, offset: offset,
            fixedColumns: fixed.columns.map(assembly.column),
            groupings: groups.frames)
        let design = ModelDesign(
            formula: formula, responseName: response.description, variables: variables, fixedTerms: fixed.terms,
            fixedColumns: fixed.columns, groupingFactors: groups.factors,
            data: DataSummary(
                totalRowCount: table.rowCount, rowCount: rowCount, dropped: missing.dropped, response: responseSummary,
                variables: summaries, columns: columnSummaries(known: summaries, rows: rows),
                cells: cells(of: fixed.terms, rowCount: rowCount),
                totalWeight: weights.map { $0.reduce(0, +) }, fingerprint: Fingerprint(responseValues)),
            notes: notes, response: evaluated[responseIndex].stored, responseTrained: evaluated[responseIndex].trained,
            weights: weightsIndex.map(auxiliary), offsets: offsetIndices.map(auxiliary))
        return (design, frame)
    }

    /// The cells that the categorical variables of the fixed terms make.
    private func cells(of terms: [DesignTerm], rowCount: Int) -> CellCounts {
        let used = Set(terms.flatMap(\.variables)).sorted()
        return CellCounts(
            used.compactMap { index in
                guard case .categorical(let codes) = variableValues[index], let levels = variables[index].levels else {
                    return nil
                }
                return (index, codes, levels.count)
            }, rowCount: rowCount)
    }

    // MARK: Evaluation

    /// Restricts all variables to the rows in which none has a missing value.
    private mutating func keepCompleteRows(response: Int) throws(DesignError) -> MissingRows {
        let missing = MissingRows(evaluated, table: table)
        guard missing.kept?.isEmpty != true, table.rowCount > 0 else { throw noRows(missing, response: response) }
        for index in evaluated.indices { evaluated[index].restrict(to: missing.kept) }
        return missing
    }

    private mutating func evaluate(_ terms: ModelTerms) throws(DesignError) -> [Int] {
        var indices: [Int] = []
        for variable in terms.variables {
            indices.append(
                try evaluate(StoredExpression(variable, source: formula.source), allowingBasis: true))
        }
        return indices
    }

    private mutating func evaluate(
        _ stored: StoredExpression, allowingBasis: Bool = false
    ) throws(DesignError) -> Int {
        if let index = indexOf[stored.expression], allowingBasis || evaluated[index].basis == nil { return index }
        let trained = purpose.known?.trainedCalls(of: stored.expression)
        evaluated.append(
            try EvaluatedVariable(stored, on: table, allowingBasis: allowingBasis, trained: trained))
        indexOf[stored.expression] = evaluated.count - 1
        return evaluated.count - 1
    }

    private func auxiliary(_ index: Int) -> ModelDesign.AuxiliaryVariable {
        ModelDesign.AuxiliaryVariable(expression: evaluated[index].stored, trained: evaluated[index].trained)
    }

    /// The numbers of a variable that is no term, all finite.
    func numbers(_ index: Int, rows: UsedRows) throws(DesignError) -> [Double] {
        let variable = evaluated[index]
        guard let numbers = variable.values.numbers else {
            throw DataTable.notNumeric(variable.stored, variable.values, rows: rows)
        }
        try rows.checkFinite(numbers, name: variable.name)
        return numbers
    }
}
