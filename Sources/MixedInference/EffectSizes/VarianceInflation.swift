// Variance inflation: how much less precise coefficients are for their columns' being correlated.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The generalized variance inflation factor of a term.
public struct VarianceInflation: Hashable, Sendable {
    /// The term's label, as R writes it.
    public let term: String
    /// The number of its coefficients.
    public let degreesOfFreedom: Int
    /// The factor by which the squared volume of the coefficients' confidence region is inflated.
    public let factor: Double
    /// *factor^(1/(2 df))*: comparable between terms; that of the standard error where there is one coefficient.
    public var standardErrorFactor: Double { power(factor, 0.5 / Double(degreesOfFreedom)) }
}

extension LinearMixedModelFit {
    /// The variance inflation factors of all terms but the intercept.
    ///
    ///     GVIF = det R₁₁ det R₂₂ / det R
    ///
    /// with *R* the correlation matrix of the coefficients without the intercept, *R₁₁* its block of the term and *R₂₂* that of the others
    /// (Fox & Monette 1992, Journal of the American Statistical Association 87, 178): `car::vif` and `performance::check_collinearity`.
    /// Empty where there is one term only.
    public func varianceInflation() -> [VarianceInflation] {
        let names = design.fixedColumnNames
        let terms = design.fixedTerms.compactMap { term -> (label: String, columns: [Int])? in
            let columns = term.columns.compactMap { coefficientNames.firstIndex(of: names[$0]) }
            return term.variables.isEmpty || columns.isEmpty ? nil : (term.label, columns)
        }
        guard terms.count > 1 else { return [] }
        let correlation = coefficientCorrelation
        let all = terms.flatMap(\.columns).sorted()
        guard let whole = Self.logDeterminant(correlation, all) else { return [] }
        return terms.map { term in
            let others = all.filter { !term.columns.contains($0) }
            let own = Self.logDeterminant(correlation, term.columns) ?? .nan
            let rest = Self.logDeterminant(correlation, others) ?? .nan
            return VarianceInflation(
                term: term.label, degreesOfFreedom: term.columns.count, factor: exponential(own + rest - whole))
        }
    }

    private static func logDeterminant(_ matrix: Matrix, _ indices: [Int]) -> Double? {
        CholeskyDecomposition(matrix.selecting(rows: indices, columns: indices))?.logDeterminant
    }
}
