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

    /// The expressions of another builder's formula on further rows.
    init(_ evaluated: [EvaluatedVariable], of builder: DesignBuilder, table: DataTable) {
        self.init(builder.formula, table, builder.options)
        self.evaluated = evaluated
    }

    mutating func build() throws(DesignError) -> (design: ModelDesign, frame: ModelFrame) {
        let places = try evaluateFormula()
        let missing = try keepCompleteRows(response: places.response)
        let rowCount = missing.kept?.count ?? table.rowCount
        if rowCount < table.rowCount {
            notes.append(
                .droppedRows(count: table.rowCount - rowCount, total: table.rowCount, columns: missing.dropped))
        }
        let rows = UsedRows(count: rowCount, kept: missing.kept)
        let responseValues = try numbers(places.response, rows: rows)
        let responseSummary = NumericSummary(responseValues)
        if !purpose.isPart { try checkVaries(responseSummary, name: evaluated[places.response].name) }
        let weights = try places.weights.map { index throws(DesignError) in try positiveWeights(index, rows: rows) }
        let offset = try summedOffsets(places.offsets, rows: rows)

        let terms = try expandTerms(places, rows: rows)
        let assembly = try FrameAssembly(variables: variables, values: variableValues)
        var random = RandomEffectsBuilder(rowCount: rowCount, source: formula.source, isPart: purpose.isPart)
        for (number, term) in formula.random.enumerated() {
            try random.add(
                term, columns: terms.random[number], factors: places.groupings[number].map { groupingFactor($0) })
        }
        let groups = try random.finish(assembly: assembly)
        notes += groups.notes

        let summaries = variableSummaries()
        let frame = ModelFrame(
            rowCount: rowCount, totalRowCount: table.rowCount, dropped: missing.dropped, keptRows: missing.kept,
            response: responseValues, weights: weights, offset: offset,
            fixedColumns: terms.fixed.columns.map(assembly.column),
            groupings: groups.frames)
        let data = DataSummary(
            totalRowCount: table.rowCount, rowCount: rowCount, dropped: missing.dropped, response: responseSummary,
            variables: summaries, columns: columnSummaries(known: summaries, rows: rows),
            cells: cells(of: terms.fixed.terms, rowCount: rowCount), totalWeight: weights.map { $0.reduce(0, +) },
            fingerprint: Fingerprint(responseValues))
        return (design(places, terms, groupingFactors: groups.factors, data: data, notes: notes), frame)
    }

    /// Where the parts of the formula stand among the evaluated expressions.
    struct Places {
        var response: Int
        /// The variables of the fixed terms.
        var fixed: [Int]
        /// For each random term the variables of its columns.
        var random: [[Int]] = []
        /// For each random term its grouping variables.
        var groupings: [[Int]] = []
        var offsets: [Int] = []
        var weights: Int?
    }

    /// Evaluates every expression of the formula on the table.
    mutating func evaluateFormula() throws(DesignError) -> Places {
        guard let response = formula.response else {
            throw DesignError(
                .noResponse, "The formula has no response", at: SourceRange(0, min(1, formula.source.utf8.count)),
                of: formula.source, hint: "write it left of the '~', as in y ~ x + (1 | g)")
        }
        let responseIndex = try evaluate(StoredExpression(response, source: formula.source))
        try checkResponseType(evaluated[responseIndex])
        var places = Places(response: responseIndex, fixed: try evaluate(formula.fixed))
        for term in formula.random {
            places.random.append(try evaluate(term.terms))
            var indices: [Int] = []
            for variable in term.grouping {
                indices.append(try evaluate(StoredExpression(variable, source: formula.source)))
            }
            places.groupings.append(indices)
        }
        for offset in formula.offsets {
            places.offsets.append(try evaluate(StoredExpression(offset, source: formula.source)))
        }
        if let offset = options.offset { places.offsets.append(try evaluate(StoredExpression(offset))) }
        if let weights = options.weights { places.weights = try evaluate(StoredExpression(weights)) }
        return places
    }

    /// The columns of the formula's terms.
    struct Terms {
        var fixed: TermExpansion
        var random: [[DesignColumn]] = []
    }

    /// Makes variables of the evaluated expressions and columns of the terms.
    mutating func expandTerms(_ places: Places, rows: UsedRows) throws(DesignError) -> Terms {
        try checkContrastNames()
        let fixed = try places.fixed.map { index throws(DesignError) in try variable(index, rows: rows) }
        var random: [[Int]] = []
        for indices in places.random {
            random.append(try indices.map { index throws(DesignError) in try variable(index, rows: rows) })
        }
        var terms = Terms(fixed: try TermExpansion(formula.fixed, variables: variables, indices: fixed))
        for (number, term) in formula.random.enumerated() {
            terms.random.append(try TermExpansion(term.terms, variables: variables, indices: random[number]).columns)
        }
        return terms
    }

    /// The design that the expressions and terms make.
    func design(
        _ places: Places, _ terms: Terms, groupingFactors: [GroupingFactorDesign], data: DataSummary,
        notes: [DesignNote]
    ) -> ModelDesign {
        ModelDesign(
            formula: formula, responseName: formula.response?.description ?? "", variables: variables,
            fixedTerms: terms.fixed.terms, fixedColumns: terms.fixed.columns, groupingFactors: groupingFactors,
            data: data, notes: notes, response: evaluated[places.response].stored,
            responseTrained: evaluated[places.response].trained, weights: places.weights.map(auxiliary),
            offsets: places.offsets.map(auxiliary))
    }

    /// Refuses a response that is the same in every row.
    func checkVaries(_ response: NumericSummary, name: String) throws(DesignError) {
        guard response.isConstant else { return }
        throw DesignError(
            .responseConstant(name: name, value: response.mean),
            "The response '\(name)' has the same value, \(RNumber.text(response.mean)), in every row that is used: there is nothing to explain"
        )
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
    mutating func keepCompleteRows(response: Int) throws(DesignError) -> MissingRows {
        let missing = MissingRows(evaluated, table: table)
        guard missing.kept?.isEmpty != true, table.rowCount > 0 else { throw noRows(missing, response: response) }
        for index in evaluated.indices { evaluated[index].restrict(to: missing.kept) }
        return missing
    }

    mutating func evaluate(_ terms: ModelTerms) throws(DesignError) -> [Int] {
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
