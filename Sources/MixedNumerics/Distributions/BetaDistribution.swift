// The beta distribution.

internal import CBoostMath

/// The beta distribution on the unit interval, with mean `a / (a + b)`.
public struct BetaDistribution: ContinuousDistribution {
    public let a: Double
    public let b: Double

    public init(a: Double, b: Double) {
        self.a = a
        self.b = b
    }

    public func density(_ x: Double) -> Double { mixed_beta_density(a, b, x) }
    public func cumulative(_ x: Double) -> Double { mixed_beta_cumulative(a, b, x) }
    public func upperTail(_ x: Double) -> Double { mixed_beta_upper(a, b, x) }

    public func quantile(_ p: Double) -> Double {
        clipped(positiveQuantile(lower: p, guess: mixed_beta_quantile(a, b, p)))
    }

    public func upperQuantile(_ q: Double) -> Double {
        clipped(positiveQuantile(upper: q, guess: mixed_beta_upper_quantile(a, b, q)))
    }

    /// Rounding may carry the search past the end of the support.
    private func clipped(_ x: Double) -> Double { x > 1 ? 1 : x }
}
