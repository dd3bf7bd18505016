// Several contrasts that are tested together.

public import MixedLinearAlgebra

/// The t statistics of contrasts that one adjustment is made over.
public struct ContrastFamily: Sendable {
    /// The t statistics.
    public let statistics: [Double]
    /// One for each contrast; infinite for tests by the normal distribution.
    public let degreesOfFreedom: [Double]
    /// The correlations of the contrasts' estimates; without them Dunnett's method falls back on Šidák's.
    public let correlation: Matrix?
    /// The number of means whose pairwise comparisons the contrasts are, or `nil` when they are something else; Tukey's method needs it.
    public let comparedMeans: Int?
    /// The rank of the contrasts, for Scheffé's method.
    public let rank: Int
    public let alternative: Alternative

    /// - Parameter rank: That of `correlation`, if it is not given, or the number of contrasts.
    public init(
        statistics: [Double], degreesOfFreedom: [Double], correlation: Matrix? = nil, comparedMeans: Int? = nil,
        rank: Int? = nil, alternative: Alternative = .twoSided
    ) {
        self.statistics = statistics
        self.degreesOfFreedom = statistics.indices.map {
            $0 < degreesOfFreedom.count && !degreesOfFreedom[$0].isNaN ? degreesOfFreedom[$0] : .infinity
        }
        self.correlation = correlation?.rowCount == statistics.count ? correlation : nil
        self.comparedMeans = comparedMeans
        self.rank = max(1, rank ?? self.correlation.map(Self.rank) ?? statistics.count)
        self.alternative = alternative
    }

    /// The number of eigenvalues of a correlation matrix that are not zero.
    private static func rank(of correlation: Matrix) -> Int {
        guard let decomposition = SymmetricEigendecomposition(correlation) else { return correlation.rowCount }
        return decomposition.values.filter { $0 > 1e-9 * Double(correlation.rowCount) }.count
    }

    /// The correlations that belong to a covariance matrix; those of an estimate without variance are NaN.
    public static func correlation(ofCovariance covariance: Matrix) -> Matrix {
        let errors = covariance.diagonal.map { $0.squareRoot() }
        var result = covariance
        for column in errors.indices {
            for row in errors.indices {
                result[row, column] =
                    row == column && errors[row] > 0
                    ? 1 : min(1, max(-1, covariance[row, column] / (errors[row] * errors[column])))
                if errors[row] * errors[column] == 0 { result[row, column] = .nan }
            }
        }
        return result
    }
}
