// Student's t distribution, for any positive degrees of freedom.

internal import CBoostMath

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Student's t distribution.
///
/// The degrees of freedom may be fractional, as Satterthwaite's are, or infinite: the normal distribution.
public struct StudentTDistribution: SymmetricDistribution {
    public let degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    private var isNormal: Bool { degreesOfFreedom == .infinity }

    public func density(_ x: Double) -> Double {
        if isNormal { return mixed_normal_density(x) }
        if isFar(x) { return degreesOfFreedom / x.magnitude * farTail(x.magnitude) }
        return mixed_student_t_density(degreesOfFreedom, x)
    }

    public func cumulative(_ x: Double) -> Double { upperTail(-x) }

    public func upperTail(_ x: Double) -> Double {
        if isNormal { return mixed_normal_upper(x) }
        // Boost's arc sine for one degree of freedom loses half the digits near zero; the arc tangent loses none.
        if degreesOfFreedom == 1 { return atan2(1, x) / .pi }
        if isFar(x) { return x > 0 ? farTail(x) : 1 }
        return mixed_student_t_upper(degreesOfFreedom, x)
    }

    /// Whether the square of `x` nears the end of the range of `Double`.
    private func isFar(_ x: Double) -> Bool { x.magnitude > 1e100 && x.isFinite }

    /// The upper tail where it is a power of `x` to all digits.
    ///
    ///     P(X > x) = (ν / x^2)^(ν/2) / (ν B(ν/2, 1/2)) (1 + O(ν^2 / x^2))
    private func farTail(_ x: Double) -> Double {
        let df = degreesOfFreedom
        guard df > 0 else { return .nan }
        return exp(df * (0.5 * log(df) - log(x)) - log(df) - mixed_log_beta(df / 2, 0.5))
    }

    public func quantile(_ p: Double) -> Double { -upperQuantile(p) }

    public func upperQuantile(_ q: Double) -> Double {
        if isNormal { return mixed_normal_upper_quantile(q) }
        guard degreesOfFreedom > 0, q >= 0, q <= 1 else { return .nan }
        if q == 0.5 { return 0 }
        let tail = min(q, 1 - q)
        let search = QuantileSearch(tail: upperTail, density: density, isUpper: true)
        let magnitude = search.solve(tail, guess: mixed_student_t_upper_quantile(degreesOfFreedom, tail))
        return q < 0.5 ? magnitude : -magnitude
    }
}
