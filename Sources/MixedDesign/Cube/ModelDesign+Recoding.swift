// The same formula with other levels and contrasts: the design, and its columns by those of the given design.

internal import MixedSyntax
internal import MixedTables

/// The levels of a grouping factor and what they are made of.
struct GroupingLevels {
    var name: String
    var variables: [GroupingVariable]
    var levels: [String]
    var levelParts: [[Int32]]

    init(name: String, variables: [GroupingVariable], levels: [String], levelParts: [[Int32]]) {
        self.name = name
        self.variables = variables
        self.levels = levels
        self.levelParts = levelParts
    }

    init(_ factor: GroupingFactorDesign) {
        self.init(
            name: factor.name, variables: factor.variables, levels: factor.levels, levelParts: factor.levelParts)
    }
}

extension ModelDesign {
    /// The design of the same formula where the variables, at the same indices, and the grouping factors have other levels.
    ///
    /// - Parameter groups: In any order; they take lme4's, which depends on their numbers of levels.
    func recoded(
        variables newVariables: [DesignVariable], groups: [GroupingLevels], data: DataSummary, notes: [DesignNote]
    ) throws(DesignError) -> ModelDesign {
        func indices(_ terms: ModelTerms) throws(DesignError) -> [Int] {
            try terms.variables.map { expression throws(DesignError) in
                let found = variables.firstIndex { $0.expression.expression == expression }
                guard let found else {
                    throw DesignError(
                        .expression, "The design has no variable '\(expression)', which its formula names")
                }
                return found
            }
        }
        let fixed = try TermExpansion(formula.fixed, variables: newVariables, indices: try indices(formula.fixed))
        var terms: [(group: Int, columns: [DesignColumn])] = []
        for term in formula.random {
            let name = RandomEffectsBuilder.name(of: term)
            guard let group = groups.firstIndex(where: { $0.name == name }) else { continue }
            let columns = try TermExpansion(
                term.terms, variables: newVariables, indices: try indices(term.terms)
            ).columns
            if term.isIndependent {
                terms += columns.map { (group, [$0]) }
            } else if !columns.isEmpty {
                terms.append((group, columns))
            }
        }
        let order = RandomEffectsBuilder.order(levelCounts: terms.map { groups[$0.group].levels.count })
        var groupOrder: [Int] = []
        for index in order where !groupOrder.contains(terms[index].group) { groupOrder.append(terms[index].group) }
        var factors: [GroupingFactorDesign] = []
        for (factorIndex, group) in groupOrder.enumerated() {
            var columns: [DesignColumn] = []
            var designs: [RandomTermDesign] = []
            for (termIndex, index) in order.enumerated() where terms[index].group == group {
                designs.append(
                    RandomTermDesign(
                        columnNames: terms[index].columns.map(\.name), columnOffset: columns.count,
                        factorIndex: factorIndex, termIndex: termIndex))
                columns += terms[index].columns
            }
            let levels = groups[group]
            factors.append(
                GroupingFactorDesign(
                    name: levels.name, levels: levels.levels, columnNames: columns.map(\.name), terms: designs,
                    columns: columns, variables: levels.variables, levelParts: levels.levelParts))
        }
        return ModelDesign(
            formula: formula, responseName: responseName, variables: newVariables, fixedTerms: fixed.terms,
            fixedColumns: fixed.columns, groupingFactors: factors, data: data, notes: notes, response: response,
            responseTrained: responseTrained, weights: weights, offsets: offsets)
    }

    /// The columns of another design of the same formula by those of this one.
    ///
    /// - Returns: `nil` where a column is no combination of this design's, which contrasts of too few columns may cause.
    func restriction(to target: ModelDesign) -> CrossProductsRestriction? {
        var span = ColumnRecoding(fixedColumns, variables: variables, target: target.variables)
        var fixed: [[(column: Int, weight: Double)]] = []
        for column in target.fixedColumns {
            guard let terms = span.combination(of: column) else { return nil }
            fixed.append(terms)
        }
        var maps: [CrossProductsRestriction.Factor] = []
        for factor in target.groupingFactors {
            guard let source = groupingFactors.firstIndex(where: { $0.name == factor.name }) else { return nil }
            var span = ColumnRecoding(
                groupingFactors[source].columns, variables: variables, target: target.variables)
            var columns: [[(column: Int, weight: Double)]] = []
            for column in factor.columns {
                guard let terms = span.combination(of: column) else { return nil }
                columns.append(terms)
            }
            maps.append(CrossProductsRestriction.Factor(source: source, columns: columns))
        }
        return CrossProductsRestriction(
            fixed: fixed, constantCombination: target.constantCombination, factors: maps)
    }

    /// What the calls of an expression of this design have learned.
    func trainedCalls(of expression: TableExpression) -> TrainedCalls? {
        if let variable = variables.first(where: { $0.expression.expression == expression }) { return variable.trained }
        for factor in groupingFactors {
            if let variable = factor.variables.first(where: { $0.expression.expression == expression }) {
                return variable.trained
            }
        }
        if response.expression == expression { return responseTrained }
        return (offsets + [weights].compactMap { $0 }).first { $0.expression.expression == expression }?.trained
    }

    /// The options that the design was built with.
    var options: DesignOptions {
        var options = DesignOptions(weights: weights?.expression.expression)
        let given = offsets.count - formula.offsets.count
        if given > 0 { options.offset = offsets.last?.expression.expression }
        return options
    }
}

extension ModelDesign {
    /// The design without notes on slopes that parts of the data had and the whole has not.
    func keepingNotes(thatHoldIn products: CrossProducts) -> ModelDesign {
        let kept = notes.filter { note in
            switch note {
            case .constantSlope(let column, let group), .slopeConstantWithinGroups(let column, let group):
                isConstantWithinLevels(column, group, products)
            default: true
            }
        }
        guard kept != notes else { return self }
        return ModelDesign(
            formula: formula, responseName: responseName, variables: variables, fixedTerms: fixedTerms,
            fixedColumns: fixedColumns, groupingFactors: groupingFactors, data: data, notes: kept, response: response,
            responseTrained: responseTrained, weights: weights, offsets: offsets)
    }

    /// Whether *Σz² Σ1 = (Σz)²* in every level, which needs the constant beside the column.
    private func isConstantWithinLevels(_ column: String, _ group: String, _ products: CrossProducts) -> Bool {
        guard let place = groupingFactors.firstIndex(where: { $0.name == group }),
            let slope = groupingFactors[place].columns.firstIndex(where: { $0.name == column }),
            let constant = groupingFactors[place].columns.firstIndex(where: \.isIntercept)
        else { return false }
        let factor = products.factors[place]
        let width = factor.columnCount
        return (0..<factor.levelCount).allSatisfy { level in
            let start = level * width * width
            let square = factor.diagonalBlocks[start + slope * width + slope]
            let count = factor.diagonalBlocks[start + constant * width + constant]
            let sum = factor.diagonalBlocks[start + slope * width + constant]
            return square * count - sum * sum <= 1e-12 * square * count
        }
    }
}
