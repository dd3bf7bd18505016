// Tests and intervals of the fixed effects that hold when the rows of a cluster depend on one another in unknown ways.

public import MixedLinearAlgebra
internal import MixedNumerics

/// How the residuals of a cluster are adjusted, by clubSandwich's names.
public enum ClusterRobustType: String, Hashable, Sendable, Codable, CaseIterable {
    /// Not at all: too small with few clusters.
    case CR0
    /// All by *J/(J − 1)*, with *J* clusters.
    case CR1
    /// All by *J/(J − p)*.
    case CR1p
    /// All by *J(n − 1)/((J − 1)(n − p))*, as Stata does.
    case CR1S
    /// Each cluster so that the covariance is unbiased where the model holds: the choice for few clusters.
    case CR2
    /// As the jackknife: somewhat too large.
    case CR3
}

/// The coefficients of a fit with a cluster-robust (sandwich) covariance and Satterthwaite's degrees of freedom.
///
///     V^CR = M [ Σ_i X_i'V_i⁻¹ A_i e_i e_i' A_i V_i⁻¹ X_i ] M,   M = (X'V⁻¹X)⁻¹,   e_i = y_i − X_iβ̂
///
/// Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36(4), equations 6 to 9; R's clubSandwich.
public struct ClusterRobustInference: CoefficientInference {
    public let type: ClusterRobustType
    /// The column or grouping factor that makes the clusters.
    public let cluster: String
    public let clusterCount: Int
    /// R's names of the coefficients that were estimated.
    public let coefficientNames: [String]
    public let coefficients: [Double]
    /// The robust covariance matrix of the coefficients.
    public let covariance: Matrix
    public let residualStandardDeviation: Double
    let contributions: ClusterContributions

    /// Satterthwaite's degrees of freedom of the t-test of a linear combination, where the model holds.
    ///
    ///     df = (Σ_i p_ii)² / Σ_ij p_ij²,   p_ij = g_i'(V_ij − X_iMX_j')g_j,   g_i = A_iV_i⁻¹X_iMc
    ///
    /// - Complexity: O(*J p²*) for *J* clusters.
    public func degreesOfFreedom(of combination: [Double]) -> Double {
        contributions.degreesOfFreedom(of: combination)
    }

    /// The approximate Hotelling's T² test of a hypothesis (clubSandwich's "HTZ").
    ///
    ///     F = (η − q + 1)/(η q) (Lβ̂)'(LV^CR L')⁻¹(Lβ̂)   on q and η − q + 1 degrees of freedom
    ///
    /// Tipton and Pustejovsky (2015), Journal of Educational and Behavioral Statistics 40(6). The rows of *L* must be
    /// linearly independent; `nil` where they are not.
    public func test(_ hypothesis: LinearHypothesis) -> HypothesisTest? {
        let matrix = hypothesis.matrix
        let count = matrix.rowCount
        guard count > 0, let decomposition = CholeskyDecomposition(matrix * covariance * matrix.transposed),
            let freedom = contributions.hotellingDegreesOfFreedom(of: matrix)
        else { return nil }
        let values = matrix * coefficients
        let wald = zip(decomposition.solve(values), values).reduce(0) { $0 + $1.0 * $1.1 }
        let denominator = freedom - Double(count) + 1
        let statistic = max(denominator / freedom, 0) * wald / Double(count)
        return HypothesisTest(
            label: hypothesis.label,
            sumOfSquares: statistic * residualStandardDeviation * residualStandardDeviation * Double(count),
            numeratorDegreesOfFreedom: count, denominatorDegreesOfFreedom: denominator, statistic: statistic,
            pValue: denominator > 0
                ? FDistribution(numerator: Double(count), denominator: denominator).upperTail(statistic) : .nan)
    }
}
