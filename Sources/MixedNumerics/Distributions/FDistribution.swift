// Fisher's F distribution, for tests of several coefficients at once.

internal import CBoostMath

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Fisher's F distribution.
///
/// Either degrees of freedom may be fractional or infinite: with infinite denominator degrees of freedom, `numerator * F` is
/// chi-squared; with infinite numerator degrees of freedom, `denominator / F` is. With both infinite every answer is NaN.
public struct FDistribution: ContinuousDistribution {
    public let numerator: Double
    public let denominator: Double

    public init(numerator: Double, denominator: Double) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// What the distribution is, in terms of those that can be computed.
    private enum Form {
        case ratio
        /// `scale * F` is chi-squared.
        case chiSquared(ChiSquaredDistribution, scale: Double)
        /// `scale / F` is chi-squared.
        case inverseChiSquared(ChiSquaredDistribution, scale: Double)
    }

    private var form: Form {
        if denominator == .infinity {
            return .chiSquared(ChiSquaredDistribution(degreesOfFreedom: numerator), scale: numerator)
        }
        if numerator == .infinity {
            return .inverseChiSquared(ChiSquaredDistribution(degreesOfFreedom: denominator), scale: denominator)
        }
        return .ratio
    }

    /// Whether `numerator * x` nears the end of the range of `Double`.
    private func isFar(_ x: Double) -> Bool { x > 1e250 && x.isFinite }

    /// The upper tail where it is a power of `x` to all digits.
    ///
    ///     P(F > x) = (d2 / (d1 x))^(d2/2) / (d2/2 B(d1/2, d2/2)) (1 + O(d1 d2 / x))
    private func farTail(_ x: Double) -> Double {
        guard numerator > 0, denominator > 0 else { return .nan }
        let half = denominator / 2
        let logRatio = log(denominator) - log(numerator) - log(x)
        return exp(half * logRatio - log(half) - mixed_log_beta(numerator / 2, half))
    }

    public func density(_ x: Double) -> Double {
        switch form {
        case .ratio where isFar(x): denominator / 2 / x * farTail(x)
        case .ratio: mixed_f_density(numerator, denominator, x)
        case .chiSquared(let limit, let scale): limit.density(scale * x) * scale
        case .inverseChiSquared(let limit, let scale):
            x > 0 ? limit.density(scale / x) * scale / (x * x) : (x.isNaN ? .nan : 0)
        }
    }

    public func cumulative(_ x: Double) -> Double {
        switch form {
        case .ratio where isFar(x): 1 - farTail(x)
        case .ratio: mixed_f_cumulative(numerator, denominator, x)
        case .chiSquared(let limit, let scale): limit.cumulative(scale * x)
        case .inverseChiSquared(let limit, let scale): limit.upperTail(scale / max(x, 0))
        }
    }

    public func upperTail(_ x: Double) -> Double {
        switch form {
        case .ratio where isFar(x): farTail(x)
        case .ratio: mixed_f_upper(numerator, denominator, x)
        case .chiSquared(let limit, let scale): limit.upperTail(scale * x)
        case .inverseChiSquared(let limit, let scale): limit.cumulative(scale / max(x, 0))
        }
    }

    public func quantile(_ p: Double) -> Double {
        switch form {
        case .ratio: positiveQuantile(lower: p, guess: mixed_f_quantile(numerator, denominator, p))
        case .chiSquared(let limit, let scale): limit.quantile(p) / scale
        case .inverseChiSquared(let limit, let scale): scale / limit.upperQuantile(p)
        }
    }

    public func upperQuantile(_ q: Double) -> Double {
        switch form {
        case .ratio: positiveQuantile(upper: q, guess: mixed_f_upper_quantile(numerator, denominator, q))
        case .chiSquared(let limit, let scale): limit.upperQuantile(q) / scale
        case .inverseChiSquared(let limit, let scale): scale / limit.quantile(q)
        }
    }
}
