// A model's design as a value: how any table becomes the columns of the fixed and random effects.

public import MixedSyntax

/// R's model matrix and lme4's random-effects design, learned from one table and applicable to others.
///
/// A design holds no rows. Saved and read back, it evaluates new data with the levels, contrasts, knots and means of the
/// rows it was built on.
public struct ModelDesign: Hashable, Sendable, Codable {
    /// The formula the design was built from.
    public let formula: ModelFormula
    /// The response as R writes it.
    public let responseName: String
    /// The variables of the fixed terms, then those that only random terms have.
    public let variables: [DesignVariable]
    /// The fixed terms, the intercept first where there is one.
    public let fixedTerms: [DesignTerm]
    /// The columns of the fixed effects in R's order.
    public let fixedColumns: [DesignColumn]
    /// The grouping factors in lme4's order: by number of levels, most first.
    public let groupingFactors: [GroupingFactorDesign]
    /// What is remembered of the rows.
    public let data: DataSummary
    /// What is worth saying about the design.
    public let notes: [DesignNote]

    let response: StoredExpression
    let responseTrained: TrainedCalls
    let weights: AuxiliaryVariable?
    let offsets: [AuxiliaryVariable]

    /// A number beside the terms: the weights, or an offset.
    struct AuxiliaryVariable: Hashable, Sendable, Codable {
        let expression: StoredExpression
        let trained: TrainedCalls
    }

    /// R's names of the fixed-effects columns.
    public var fixedColumnNames: [String] { fixedColumns.map(\.name) }

    /// Whether the fixed effects have an intercept.
    public var hasIntercept: Bool { fixedColumns.first?.isIntercept ?? false }

    /// Whether the model has precision weights.
    public var hasWeights: Bool { weights != nil }

    /// Whether the model has an offset.
    public var hasOffset: Bool { !offsets.isEmpty }

    /// The random terms of all factors in lme4's order, which is the order of theta.
    public var randomTerms: [RandomTermDesign] {
        groupingFactors.flatMap(\.terms).sorted { $0.termIndex < $1.termIndex }
    }
}
