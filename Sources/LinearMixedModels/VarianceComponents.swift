// Variances and correlations of random effects, in the units of the response.

public import MixedLinearAlgebra

/// The covariance matrix of one random-effects term.
public struct VarianceComponents: Hashable, Sendable {
    /// The grouping factor.
    public let group: String
    /// The columns whose effects vary.
    public let columnNames: [String]
    /// The covariance matrix of a level's effects, *σ²λλ'*.
    ///
    /// - **Scale:** squared units of the response per product of the columns' units.
    public let covariance: Matrix

    /// The standard deviation of each effect.
    public var standardDeviations: [Double] { covariance.diagonal.map { max($0, 0).squareRoot() } }

    /// The correlations; NaN where a variance is zero.
    public var correlations: Matrix {
        let deviations = standardDeviations
        var result = covariance
        for column in deviations.indices {
            for row in deviations.indices {
                result[row, column] =
                    row == column
                    ? 1 : min(1, max(-1, covariance[row, column] / (deviations[row] * deviations[column])))
                if row != column, deviations[row] == 0 || deviations[column] == 0 { result[row, column] = .nan }
            }
        }
        return result
    }
}

/// The random effects of one grouping factor.
public struct GroupEffects: Hashable, Sendable {
    /// The grouping factor.
    public let group: String
    public let levels: [String]
    public let columnNames: [String]
    /// One row a level, one column an effect.
    ///
    /// - **Scale:** units of the response per unit of the column.
    public let values: Matrix
}
