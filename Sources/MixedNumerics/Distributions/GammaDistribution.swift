// The gamma distribution.

internal import CBoostMath

/// The gamma distribution with mean `shape * scale` and variance `shape * scale^2`.
public struct GammaDistribution: ContinuousDistribution {
    public let shape: Double
    public let scale: Double

    public init(shape: Double, scale: Double = 1) {
        self.shape = shape
        self.scale = scale
    }

    public func density(_ x: Double) -> Double { mixed_gamma_density(shape, scale, x) }
    public func cumulative(_ x: Double) -> Double { mixed_gamma_cumulative(shape, scale, x) }
    public func upperTail(_ x: Double) -> Double { mixed_gamma_upper(shape, scale, x) }

    public func quantile(_ p: Double) -> Double {
        positiveQuantile(lower: p, guess: mixed_gamma_quantile(shape, scale, p))
    }

    public func upperQuantile(_ q: Double) -> Double {
        positiveQuantile(upper: q, guess: mixed_gamma_upper_quantile(shape, scale, q))
    }
}
