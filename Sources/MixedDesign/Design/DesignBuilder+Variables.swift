// From evaluated expressions to variables with levels, contrasts and bases.

import MixedSyntax
import MixedTables

extension DesignBuilder {
    /// The index among the design's variables of an evaluated expression, which becomes one if it is not yet.
    mutating func variable(_ index: Int, rows: UsedRows) throws(DesignError) -> Int {
        if let known = evaluatedIndex.firstIndex(of: index) { return known }
        let source = evaluated[index]
        if let known = purpose.known?.variables.first(where: { $0.expression == source.stored }) {
            return try knownVariable(index, as: known, rows: rows)
        }
        let kind: DesignVariable.Kind
        let values: FrameVariable
        if let call = source.basis {
            let numbers = source.values.numbers ?? []
            try rows.checkFinite(numbers, name: source.name)
            let basis = try call.train(on: source.basisTraining, notes: &notes, variable: source.name)
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
        return append(
            DesignVariable(name: source.name, kind: kind, expression: source.stored, trained: source.trained), values,
            evaluated: index)
    }

    private mutating func append(_ variable: DesignVariable, _ values: FrameVariable, evaluated index: Int) -> Int {
        variables.append(variable)
        variableValues.append(values)
        evaluatedIndex.append(index)
        return variables.count - 1
    }

    /// A variable with the levels, contrasts and knots that it has in a known design.
    private mutating func knownVariable(
        _ index: Int, as known: DesignVariable, rows: UsedRows
    ) throws(DesignError) -> Int {
        switch known.kind {
        case .numeric:
            return append(known, .numeric(try numbers(index, rows: rows)), evaluated: index)
        case .basis(let basis):
            return append(known, .basis(basis.columns(at: try numbers(index, rows: rows))), evaluated: index)
        case .categorical(let levels, _):
            let factor = factor(index)
            let codes = factor.codes(amongLevels: levels)
            if let row = codes.firstIndex(of: CategoricalValues.unknown) {
                throw known.unknownLevel(
                    factor.levels[Int(factor.codes[row])], row: rows.number(of: row), levels: levels)
            }
            return append(known, .categorical(codes), evaluated: index)
        }
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

    mutating func groupingFactor(_ index: Int) -> RandomEffectsBuilder.Variable {
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

    func checkContrastNames() throws(DesignError) {
        for name in options.contrasts.keys.sorted() where table[name] == nil {
            guard !evaluated.contains(where: { $0.name == name }) else { continue }
            let suggestion = NameSuggestion.nearest(to: name, among: table.columnNames + table.omittedColumns)
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
            DesignError(
                .contrasts(variable: variable.name, error), "The factor '\(variable.name)': \(error.sentence)",
                at: variable.stored.expression.range, of: variable.stored.source)
        }
        if purpose.isPart, levels.count == 1 { return }
        guard levels.count >= 2 else {
            let only = levels.first.map { ", '\($0)'" } ?? ""
            throw DesignError(
                .contrasts(variable: variable.name, .tooFewLevels(count: levels.count)),
                "The factor '\(variable.name)' has only one level in the rows that are used\(only): there is nothing to compare it with",
                at: variable.stored.expression.range, of: variable.stored.source, hint: "leave it out of the formula")
        }
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
