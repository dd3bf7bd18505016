// Whether one model is part of another, found from their terms.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedSyntax

/// How a smaller model lies in a larger one.
struct ModelNesting {
    /// Whether the smaller model's fixed-effects columns are combinations of the larger one's.
    let hasNestedFixedEffects: Bool
    /// Whether the smaller model's random effects are among the larger one's, and all else is equal.
    let hasNestedRandomEffects: Bool
    /// Whether both have the same space of fixed effects.
    let hasEqualFixedEffects: Bool
    /// For each random term of the larger model the effects that the smaller one does not have.
    let newRows: [[Int]]
    /// For each random term of the larger model the covariance of its effects over *σ²* in the smaller one.
    let nullCovariances: [Matrix]

    var isNested: Bool { hasNestedFixedEffects && hasNestedRandomEffects }

    /// The numbers of effects that get a variance, for each random term that gets any.
    var addedEffects: [Int] { newRows.map(\.count).filter { $0 > 0 } }

    init(of small: LinearMixedModelFit, in large: LinearMixedModelFit) {
        hasNestedFixedEffects = Self.spans(large, small)
        hasEqualFixedEffects = hasNestedFixedEffects && Self.spans(small, large)
        let terms = large.design.randomTerms
        var covered = terms.map { _ in Set<Int>() }
        var covariances = terms.map { Matrix(rows: $0.columnCount, columns: $0.columnCount) }
        var isContained = small.design.hasSameOffset(as: large.design)
        let variance = small.residualStandardDeviation * small.residualStandardDeviation
        for (index, term) in small.design.randomTerms.enumerated() {
            guard let place = Self.place(of: term, of: small.design, in: large.design) else {
                isContained = false
                continue
            }
            let covariance = small.varianceComponents[index].covariance
            for (column, target) in place.rows.enumerated() {
                covered[place.term].insert(target)
                for (row, other) in place.rows.enumerated() {
                    covariances[place.term][other, target] = covariance[row, column] / variance
                }
            }
        }
        hasNestedRandomEffects = isContained
        newRows = terms.enumerated().map { index, term in
            (0..<term.columnCount).filter { !covered[index].contains($0) }
        }
        nullCovariances = covariances
    }

    /// Whether every estimated fixed-effects column of a model is a combination of another model's columns.
    private static func spans(_ large: LinearMixedModelFit, _ small: LinearMixedModelFit) -> Bool {
        let design = large.design
        let places = design.places(of: small.design.variables)
        let kept = Set(small.coefficientNames)
        var span = ColumnSpan(design.fixedColumns, variables: design.variables)
        for column in small.design.fixedColumns where kept.contains(column.name) {
            guard column.parts.allSatisfy({ places[$0.variableIndex] != nil }) else { return false }
            guard span.combination(of: column.renumbered { places[$0] ?? 0 }) != nil else { return false }
        }
        return true
    }

    /// The term of the larger model that has the columns of a term, and which they are.
    private static func place(
        of term: RandomTermDesign, of small: ModelDesign, in large: ModelDesign
    ) -> (term: Int, rows: [Int])? {
        guard let factor = large.indexOfGroup(small.groupingFactors[term.factorIndex]) else { return nil }
        for (index, candidate) in large.randomTerms.enumerated() where candidate.factorIndex == factor {
            let rows = term.columnNames.compactMap { candidate.columnNames.firstIndex(of: $0) }
            if rows.count == term.columnNames.count { return (index, rows) }
        }
        return nil
    }
}
