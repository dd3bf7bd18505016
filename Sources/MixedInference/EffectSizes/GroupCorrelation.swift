// Intraclass correlations: how alike two observations of the same group are, by grouping factor and covariate.

internal import MixedDesign
public import LinearMixedModels
internal import MixedLinearAlgebra

/// The intraclass correlation of one grouping factor at one value of its covariates.
public struct GroupCorrelation: Hashable, Sendable {
    /// The grouping factor.
    public let group: String
    /// The covariate that has a random slope, or `nil` where the correlation is the same everywhere.
    public let covariate: String?
    /// Where the covariate stands; NaN without one.
    public let value: Double
    /// The factor's share of the variance that fixed effects leave.
    public let correlation: Double
}

extension LinearMixedModelFit {
    /// The intraclass correlation of every grouping factor.
    ///
    ///     ICC_g(z) = z'Σ_g z / (Σ_h z'Σ_h z + σ²)
    ///
    /// Without random slopes that is the share of the factor's variance, as `performance::icc(by_group = TRUE)`. With a random slope of a
    /// number the variances depend on it (Goldstein, Browne & Rasbash 2002, Understanding Statistics 1, 223): each factor is then given at the
    /// smallest value, the mean and the largest value of the number. Of terms with other effects the mean over the rows is not known
    /// by factor, and the factor is left out.
    ///
    /// - **Complexity:** O(random terms × effects²).
    public func intraclassCorrelations() -> [GroupCorrelation] {
        let covariates = slopeCovariates
        let groups = varianceComponents.map(\.group).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        if covariates.isEmpty {
            return groups.compactMap { group in
                intraclassCorrelation(of: group).map {
                    GroupCorrelation(group: group, covariate: nil, value: .nan, correlation: $0)
                }
            }
        }
        guard covariates.count == 1, let covariate = covariates.first,
            case .numeric(let summary)? = design.data.variables[covariate]
        else { return [] }
        return groups.flatMap { group in
            [summary.minimum, summary.mean, summary.maximum].compactMap { value in
                intraclassCorrelation(of: group, at: [covariate: value]).map {
                    GroupCorrelation(group: group, covariate: covariate, value: value, correlation: $0)
                }
            }
        }
    }

    /// The intraclass correlation of a grouping factor where the columns with random slopes have given values.
    ///
    /// - Parameter values: One number for each column that has a random slope.
    /// - Returns: `nil` for a factor that is not in the model and for a column whose value is not given.
    public func intraclassCorrelation(of group: String, at values: [String: Double] = [:]) -> Double? {
        var own = 0.0
        var total = residualStandardDeviation * residualStandardDeviation
        guard varianceComponents.contains(where: { $0.group == group }) else { return nil }
        for term in varianceComponents {
            var row: [Double] = []
            for name in term.columnNames {
                guard let value = name == "(Intercept)" ? 1 : values[name] else { return nil }
                row.append(value)
            }
            let variance = quadraticForm(term.covariance, row)
            total += variance
            if term.group == group { own += variance }
        }
        return own / total
    }

    /// The columns other than the intercept that have random effects.
    private var slopeCovariates: [String] {
        varianceComponents.flatMap(\.columnNames).reduce(into: [String]()) {
            if $1 != "(Intercept)", !$0.contains($1) { $0.append($1) }
        }
    }
}
