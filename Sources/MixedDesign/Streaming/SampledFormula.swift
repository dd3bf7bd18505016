// What a sample of the rows teaches about a formula: enough to turn any further rows into design columns.

import MixedSyntax
import MixedTables

/// A formula whose variables, contrasts and columns are known from a sample, while levels of grouping factors and summaries
/// are still to come.
struct SampledFormula {
    let builder: DesignBuilder
    let places: DesignBuilder.Places
    let terms: DesignBuilder.Terms
    /// The columns of the table of which only equality matters: grouping variables that nothing else is computed from.
    let codedColumns: Set<String>

    /// Learns from a sample.
    ///
    /// - Returns: `nil` for a formula that needs all rows at once, such as one with `poly(x, 2)` or `mean(x)`.
    /// - Throws: `DesignError` where the formula does not fit the sample.
    init?(
        _ formula: ModelFormula, sample: DataTable, options: DesignOptions, inspected: Set<String>
    ) throws(DesignError) {
        var builder = DesignBuilder(formula, sample, options)
        let places = try builder.evaluateFormula()
        guard builder.evaluated.allSatisfy(\.isRowwise) else { return nil }
        let missing = try builder.keepCompleteRows(response: places.response)
        let rows = UsedRows(count: missing.kept?.count ?? sample.rowCount, kept: missing.kept)
        let terms = try builder.expandTerms(places, rows: rows)
        var coded: Set<String> = []
        for index in Set(places.groupings.joined()) {
            guard case .name(let name) = builder.evaluated[index].stored.expression.node else { return nil }
            // A factor that was declared may have levels that do not occur in a part.
            if case .categorical(let values)? = sample[name]?.values, values.kind != .text { return nil }
            coded.insert(name)
        }
        let isGrouping = Set(places.groupings.joined())
        for (index, variable) in builder.evaluated.enumerated() {
            if isGrouping.contains(index), !builder.evaluatedIndex.contains(index), index != places.response,
                index != places.weights, !places.offsets.contains(index)
            {
                continue
            }
            coded.subtract(variable.stored.expression.variableNames)
        }
        self.builder = builder
        self.places = places
        self.terms = terms
        codedColumns = coded.subtracting(inspected)
    }

    /// The grouping factors in the order of the formula: their names, variables and columns.
    var groups: [Group] {
        var groups: [Group] = []
        for (number, term) in builder.formula.random.enumerated() {
            let name = RandomEffectsBuilder.name(of: term)
            if let known = groups.firstIndex(where: { $0.name == name }) {
                groups[known].columns += terms.random[number]
            } else {
                groups.append(Group(name: name, variables: places.groupings[number], columns: terms.random[number]))
            }
        }
        return groups
    }

    /// A grouping factor whose levels are still to come.
    struct Group {
        var name: String
        /// Its variables, by their places among the evaluated expressions.
        var variables: [Int]
        var columns: [DesignColumn]
    }
}
