// Building a design and its frame from a formula and a table.

public import MixedSyntax
public import MixedTables

extension ModelDesign {
    /// Learns the design of `formula` from `table`, and evaluates it on the rows that have no missing value.
    ///
    /// Rows without a value in the response, a term, a grouping factor, the weights or an offset are left out. Levels are
    /// those that occur in the remaining rows. Bases, means and breaks are computed from the remaining rows.
    ///
    /// - **Complexity:** O(rows × variables); design columns are not stored.
    /// - **Throws:** `DesignError` when the formula does not fit the table, or the data cannot answer the formula.
    public static func build(
        _ formula: ModelFormula, data table: DataTable, options: DesignOptions = DesignOptions()
    ) throws(DesignError) -> (design: ModelDesign, frame: ModelFrame) {
        var builder = DesignBuilder(formula, table, options)
        return try builder.build()
    }
}

/// The steps from a formula and a table to a design and a frame.
struct DesignBuilder {
    let formula: ModelFormula
    let table: DataTable
    let options: DesignOptions
    var notes: [DesignNote] = []
    /// All expressions that are evaluated, each once.
    private(set) var evaluated: [EvaluatedVariable] = []
    private var indexOf: [TableExpression: Int] = [:]
    private(set) var variables: [DesignVariable] = []
    private(set) var variableValues: [FrameVariable] = []
    /// For each design variable its index in `evaluated`.
    private var evaluatedIndex: [Int] = []
    private var factors: [Int: CategoricalValues] = [:]

    init(_ formula: ModelFormula, _ table: DataTable, _ options: DesignOptions) {
        self.formula = formula
        self.table = table
        self.options = options
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
        guard !responseSummary.isConstant else {
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
        var random = RandomEffectsBuilder(rowCount: rowCount, source: formula.source)
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
                totalWeight: weights.map { $0.reduce(0, +) }, fingerprint: Fingerprint(responseValues)),
            notes: notes, response: evaluated[responseIndex].stored, responseTrained: evaluated[responseIndex].trained,
            weights: weightsIndex.map(auxiliary), offsets: offsetIndices.map(auxiliary))
        return (design, frame)
    }

    // MARK: Evaluation

    /// Restricts all variables to the rows in which none has a missing value.
    private mutating func keepCompleteRows(response: Int) throws(DesignError) -> MissingRows {
        let all = evaluated
        var missing = MissingRows(evaluated, table: table)
        while true {
            let count = missing.kept?.count ?? table.rowCount
            guard count > 0 else { throw noRows(missing, response: response) }
            evaluated = all
            for index in evaluated.indices { try evaluated[index].restrict(to: missing.kept, of: table) }
            // What is computed anew from fewer rows, such as log(scale(x)), may lose a row more.
            guard missing.kept != nil, missing.leaveOut(evaluated, rowCount: count) else { return missing }
            evaluated = all
        }
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
        evaluated.append(try EvaluatedVariable(stored, on: table, allowingBasis: allowingBasis))
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

    // MARK: Variables of terms

    /// The index among the design's variables of an evaluated expression, which becomes one if it is not yet.
    private mutating func variable(_ index: Int, rows: UsedRows) throws(DesignError) -> Int {
        if let known = evaluatedIndex.firstIndex(of: index) { return known }
        let source = evaluated[index]
        let kind: DesignVariable.Kind
        let values: FrameVariable
        if let call = source.basis {
            let numbers = source.values.numbers ?? []
            try rows.checkFinite(numbers, name: source.name)
            let basis = try call.train(on: numbers, notes: &notes, variable: source.name)
            kind = .basis(basis)
            values = .basis(basis.columns(at: numbers))
        } else if let numbers = numericValues(source.values) {
            if let key = contrastKey(source), case .name = source.stored.expression.node {
                throw DesignError(
                    .contrastsOfNumericVariable(name: key),
                    "Contrasts are given for '\(key)', which is a variable of numbers",
                    hint: "write factor(\(key)), or declare the column as a factor")
            }
            try rows.checkFinite(numbers, name: source.name)
            kind = .numeric
            values = .numeric(numbers)
        } else {
            let factor = factor(index)
            var coding = factor.kind == .ordered ? ContrastCoding.polynomial : .treatment
            if let key = contrastKey(source), let given = options.contrasts[key] { coding = given }
            try checkContrasts(coding, levels: factor.levels, variable: source)
            kind = .categorical(levels: factor.levels, coding: coding)
            values = .categorical(factor.codes)
        }
        variables.append(
            DesignVariable(name: source.name, kind: kind, expression: source.stored, trained: source.trained))
        variableValues.append(values)
        evaluatedIndex.append(index)
        return variables.count - 1
    }

    private func numericValues(_ values: ColumnValues) -> [Double]? {
        if case .boolean = values { return nil }
        return values.numbers
    }

    /// The rows' levels of an evaluated expression; those that do not occur are left out, except of truth values.
    private mutating func factor(_ index: Int) -> CategoricalValues {
        if let known = factors[index] { return known }
        let factor = evaluated[index].values.factor()
        factors[index] = factor
        return factor
    }

    private mutating func groupingFactor(_ index: Int) -> RandomEffectsBuilder.Variable {
        let source = evaluated[index]
        var isContinuous = false
        if case .double(let values) = source.values {
            isContinuous = values.contains { $0 != $0.rounded() }
        }
        let factor = factor(index).droppingUnusedLevels()
        return RandomEffectsBuilder.Variable(
            design: GroupingVariable(expression: source.stored, trained: source.trained, levels: factor.levels),
            codes: factor.codes, isContinuous: isContinuous)
    }

    // MARK: Contrasts

    /// The name under which contrasts are given for a variable.
    private func contrastKey(_ variable: EvaluatedVariable) -> String? {
        var candidates = [variable.name]
        let columns = variable.stored.expression.variableNames
        if columns.count == 1 { candidates.append(columns[0]) }
        return candidates.first { options.contrasts[$0] != nil }
    }

    private func checkContrastNames() throws(DesignError) {
        for name in options.contrasts.keys.sorted() where table[name] == nil {
            guard !evaluated.contains(where: { $0.name == name }) else { continue }
            let suggestion = NameSuggestion.nearest(to: name, among: table.columns.map(\.name))
            throw DesignError(
                .contrastsOfUnknownVariable(name: name, suggestion: suggestion),
                "Contrasts are given for '\(name)', but there is no such column",
                hint: suggestion.map { "did you mean '\($0)'?" })
        }
    }

    private func checkContrasts(
        _ coding: ContrastCoding, levels: [String], variable: EvaluatedVariable
    ) throws(DesignError) {
        func refuse(_ error: ContrastError) -> DesignError {
            let only = levels.count == 1 ? " ('\(levels[0])')" : ""
            return DesignError(
                .contrasts(variable: variable.name, error), "The factor '\(variable.name)': \(error.sentence)\(only)",
                at: variable.stored.expression.range, of: variable.stored.source)
        }
        guard levels.count >= 2 else { throw refuse(.tooFewLevels(count: levels.count)) }
        if case .treatment(nil) = coding { return }
        if case .treatment(let reference?) = coding {
            guard levels.contains(reference) else { throw refuse(.unknownReference(reference, levels: levels)) }
            return
        }
        guard levels.count <= TermExpansion.contrastLevelLimit else {
            throw DesignError(
                .tooManyColumns(count: levels.count - 1, limit: TermExpansion.contrastLevelLimit),
                "The factor '\(variable.name)' has \(levels.count) levels; these contrasts are possible for at most \(TermExpansion.contrastLevelLimit)",
                at: variable.stored.expression.range, of: variable.stored.source)
        }
        do { _ = try coding.matrix(levels: levels) } catch { throw refuse(error) }
    }
}
