// The design of a sub-model, learned from the design of the model: the same levels, contrasts and knots, fewer columns.

package import MixedSyntax

/// A sub-model: its design, and what it keeps of the model's cross-products.
package struct Submodel: Sendable {
    package let design: ModelDesign
    package var restriction: CrossProductsRestriction
}

extension ModelDesign {
    /// The sub-model of a formula whose columns are columns of this design, or combinations of them.
    ///
    /// - Throws: `SubmodelError` when the formula asks for anything that this design does not have.
    package func submodel(_ formula: ModelFormula) throws(SubmodelError) -> Submodel {
        guard formula.response == self.formula.response, formula.offsets == self.formula.offsets else {
            throw .differentResponse(formula.description)
        }
        var used: [Int] = []
        let fixedIndices = try indices(of: formula.fixed, used: &used)
        var randomIndices: [[Int]] = []
        for term in formula.random { randomIndices.append(try indices(of: term.terms, used: &used)) }
        let kept = used.map { variables[$0] }

        let expansion: TermExpansion
        var randomColumns: [[DesignColumn]] = []
        do throws(DesignError) {
            expansion = try TermExpansion(formula.fixed, variables: kept, indices: fixedIndices)
            for (term, indices) in zip(formula.random, randomIndices) {
                randomColumns.append(try TermExpansion(term.terms, variables: kept, indices: indices).columns)
            }
        } catch {
            throw .formula(error.diagnostic.message)
        }
        var span = ColumnSpan(fixedColumns, variables: variables)
        var fixed: [[(column: Int, weight: Double)]] = []
        for column in expansion.columns {
            fixed.append(try Self.combination(of: column.renumbered { used[$0] }, in: &span))
        }
        let random = try randomEffects(formula.random, columns: randomColumns, used: used)
        let design = ModelDesign(
            formula: formula, responseName: responseName, variables: kept, fixedTerms: expansion.terms,
            fixedColumns: expansion.columns, groupingFactors: random.factors,
            data: data.restricted(
                to: kept, cells: used.enumerated().map { (old: $1, new: $0) },
                fixedVariables: Set(expansion.terms.flatMap(\.variables))),
            notes: notes.filter { $0.isKept(by: random.factors) }, response: response, responseTrained: responseTrained,
            weights: weights, offsets: offsets)
        return Submodel(
            design: design,
            restriction: CrossProductsRestriction(
                fixed: fixed, constantCombination: design.constantCombination, factors: random.maps))
    }

    /// The indices of some terms' variables among those that are used, which grow as needed.
    private func indices(of terms: ModelTerms, used: inout [Int]) throws(SubmodelError) -> [Int] {
        var result: [Int] = []
        for variable in terms.variables {
            guard let index = variables.firstIndex(where: { $0.expression.expression == variable }) else {
                throw .unknownVariable(variable.description)
            }
            if let place = used.firstIndex(of: index) {
                result.append(place)
            } else {
                result.append(used.count)
                used.append(index)
            }
        }
        return result
    }

    private static func combination(
        of column: DesignColumn, in span: inout ColumnSpan
    ) throws(SubmodelError) -> [(column: Int, weight: Double)] {
        guard let found = span.combination(of: column) else { throw .columnOutsideModel(column.name) }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The grouping factors of a sub-model's random terms in lme4's order, and their columns' maps.
    private func randomEffects(
        _ formulaTerms: [ModelFormula.RandomTerm], columns: [[DesignColumn]], used: [Int]
    ) throws(SubmodelError) -> (factors: [GroupingFactorDesign], maps: [CrossProductsRestriction.Factor]) {
        var terms: [(factor: Int, columns: [DesignColumn])] = []
        for (term, columns) in zip(formulaTerms, columns) {
            let name = RandomEffectsBuilder.name(of: term)
            guard let factor = groupingFactors.firstIndex(where: { $0.name == name }) else { throw .unknownGroup(name) }
            if term.isIndependent {
                terms += columns.map { (factor, [$0]) }
            } else {
                terms.append((factor, columns))
            }
        }
        let order = RandomEffectsBuilder.order(levelCounts: terms.map { groupingFactors[$0.factor].levels.count })
        var factorOrder: [Int] = []
        for index in order where !factorOrder.contains(terms[index].factor) { factorOrder.append(terms[index].factor) }
        var factors: [GroupingFactorDesign] = []
        var maps: [CrossProductsRestriction.Factor] = []
        for (factorIndex, source) in factorOrder.enumerated() {
            let old = groupingFactors[source]
            var span = ColumnSpan(old.columns, variables: variables)
            var columns: [DesignColumn] = []
            var designs: [RandomTermDesign] = []
            for (termIndex, index) in order.enumerated() where terms[index].factor == source {
                designs.append(
                    RandomTermDesign(
                        columnNames: terms[index].columns.map(\.name), columnOffset: columns.count,
                        factorIndex: factorIndex, termIndex: termIndex))
                columns += terms[index].columns
            }
            var combinations: [[(column: Int, weight: Double)]] = []
            for column in columns {
                combinations.append(try Self.combination(of: column.renumbered { used[$0] }, in: &span))
            }
            maps.append(CrossProductsRestriction.Factor(source: source, columns: combinations))
            factors.append(
                GroupingFactorDesign(
                    name: old.name, levels: old.levels, columnNames: columns.map(\.name), terms: designs,
                    columns: columns, variables: old.variables, levelParts: old.levelParts))
        }
        return (factors, maps)
    }
}

extension DesignNote {
    /// Whether the note is about something that a sub-model still has.
    fileprivate func isKept(by factors: [GroupingFactorDesign]) -> Bool {
        switch self {
        case .droppedRows, .raisedDegreesOfFreedom, .beyondBoundaryKnots: true
        case .fewLevels(let group, _), .continuousGrouping(let group, _), .sparseGrouping(let group, _, _):
            factors.contains { $0.name == group }
        case .constantSlope(let column, let group), .slopeConstantWithinGroups(let column, let group):
            factors.contains { $0.name == group && $0.columnNames.contains(column) }
        }
    }
}

extension DataSummary {
    /// What is remembered of the variables that a sub-model keeps.
    fileprivate func restricted(
        to kept: [DesignVariable], cells places: [(old: Int, new: Int)], fixedVariables: Set<Int>
    ) -> DataSummary {
        let names = Set(kept.map(\.name))
        let columnNames = Set(kept.flatMap(\.columnNames))
        return DataSummary(
            totalRowCount: totalRowCount, rowCount: rowCount, dropped: dropped, response: response,
            variables: variables.filter { names.contains($0.key) },
            columns: columns.filter { columnNames.contains($0.key) },
            cells: cells.restricted(
                to: places.filter { fixedVariables.contains($0.new) }.sorted { $0.new < $1.new },
                levelCounts: kept.map { $0.levels?.count ?? 0 }),
            totalWeight: totalWeight, fingerprint: fingerprint)
    }
}
