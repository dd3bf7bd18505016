// The chi-squared distribution, for likelihood-ratio and Wald tests.

internal import CBoostMath

/// The chi-squared distribution with any positive, also fractional, degrees of freedom.
public struct ChiSquaredDistribution: ContinuousDistribution {
    public let degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    public func density(_ x: Double) -> Double { mixed_chi_squared_density(degreesOfFreedom, x) }
    public func cumulative(_ x: Double) -> Double { mixed_chi_squared_cumulative(degreesOfFreedom, x) }
    public func upperTail(_ x: Double) -> Double { mixed_chi_squared_upper(degreesOfFreedom, x) }

    public func quantile(_ p: Double) -> Double {
        positiveQuantile(lower: p, guess: mixed_chi_squared_quantile(degreesOfFreedom, p))
    }

    public func upperQuantile(_ q: Double) -> Double {
        positiveQuantile(upper: q, guess: mixed_chi_squared_upper_quantile(degreesOfFreedom, q))
    }
}
