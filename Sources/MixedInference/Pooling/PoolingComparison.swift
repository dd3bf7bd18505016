// Complete, no and partial pooling of the groups of a mixed model, side by side.

public import LinearMixedModels
public import MixedLinearAlgebra

/// The coefficients of each group of one grouping factor by three ways of pooling.
///
/// - Complete pooling: the least-squares fit of the fixed effects to all rows, the same for every group.
/// - No pooling: for each group the least-squares fit of the columns that vary by group to the group's own rows, as lme4's
///   `lmList`. Fixed effects that do not vary by group are held at the mixed model's estimates.
/// - Partial pooling: the mixed model's coefficients of the group, as lme4's `coef`.
///
/// All three come from the cross-products of the fit; no rows are needed.
///
///     shrinkage = (none − partial) / (none − average)
///
/// is the share of the way from a group's own estimate to the mixed model's average coefficient that partial pooling goes: 0
/// leaves the group its own estimate, 1 gives it the average. For a single varying intercept it is the weight
/// *(σ²/n_j)⁻¹ : (σ_α²)⁻¹* of Gelman and Hill (2007), Data Analysis Using Regression and Multilevel/Hierarchical Models,
/// equation 12.1, seen from the other side: *(σ²/n_j) / (σ²/n_j + σ_α²)*. With several varying coefficients, which borrow from one
/// another, it may lie outside 0 and 1.
public struct PoolingComparison: Sendable {
    /// The grouping factor.
    public let group: String
    /// All grouping factors of the model.
    public let availableGroups: [String]
    public let levels: [String]
    /// How many rows each level has.
    public let rowCounts: [Int]
    /// The columns that vary by group.
    public let terms: [String]
    /// Complete pooling: one coefficient for each of `terms`; NaN for a column that is not among the fixed effects.
    public let complete: [Double]
    /// The mixed model's average coefficients, one for each of `terms`; zero for a column that is not among the fixed effects.
    public let average: [Double]
    /// No pooling: one row a level, one column for each of `terms`; NaN where a group's rows do not determine the coefficient.
    public let none: Matrix
    /// Partial pooling, laid out as `none`.
    public let partial: Matrix
    /// Fixed-effects columns that do not vary by group and are held at the mixed model's estimates for no pooling.
    public let heldColumns: [String]

    /// The share of the way from a group's own estimate to the average that partial pooling goes; NaN where there is no such way.
    public func shrinkage(level: Int, term: Int) -> Double {
        let distance = none[level, term] - average[term]
        let scale = Swift.max(none[level, term].magnitude, average[term].magnitude)
        guard distance.magnitude > 1e-12 * scale else { return .nan }
        return (none[level, term] - partial[level, term]) / distance
    }

    /// Groups of whose coefficients some cannot be estimated from their own rows, with the terms that are missing.
    public var undetermined: [Undetermined] {
        levels.indices.compactMap { level in
            let missing = terms.indices.filter { none[level, $0].isNaN }.map { terms[$0] }
            return missing.isEmpty
                ? nil : Undetermined(level: levels[level], rowCount: rowCounts[level], terms: missing)
        }
    }

    /// A group whose own rows say too little.
    public struct Undetermined: Hashable, Sendable {
        public let level: String
        public let rowCount: Int
        /// The coefficients that cannot be estimated.
        public let terms: [String]
    }
}

extension LinearMixedModelFit {
    /// Compares complete, no and partial pooling of the levels of a grouping factor.
    ///
    /// - Parameter group: the name of the grouping factor; the one with most random effects a level if it is not given, of
    ///   several the first.
    /// - **Scale:** units of the response per unit of the column.
    /// - **Complexity:** O(levels × *k* (*k*² + *p*)) for *k* effects a level; it does not depend on the number of rows.
    /// - **Throws:** `PoolingError`.
    public func poolingComparison(group: String? = nil) throws(PoolingError) -> PoolingComparison {
        try PoolingComparison(self, group: group)
    }
}
