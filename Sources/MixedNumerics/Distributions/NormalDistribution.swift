// The standard normal distribution.

internal import CBoostMath

/// The normal distribution with mean 0 and variance 1.
public struct NormalDistribution: SymmetricDistribution {
    public init() {}

    public func density(_ x: Double) -> Double { mixed_normal_density(x) }
    public func cumulative(_ x: Double) -> Double { mixed_normal_cumulative(x) }
    public func upperTail(_ x: Double) -> Double { mixed_normal_upper(x) }
    public func quantile(_ p: Double) -> Double { mixed_normal_quantile(p) }
    public func upperQuantile(_ q: Double) -> Double { mixed_normal_upper_quantile(q) }
}
