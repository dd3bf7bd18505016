// Expectations over an estimated standard deviation: what turns a normal probability into one of Student's kind.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The standard deviation *S* = (χ²_ν / ν)^½ that ν degrees of freedom estimate when the true one is 1.
///
/// With *t* = log *s* its density is
///
///     f(t) = 2 (ν/2)^(ν/2) / Γ(ν/2) exp(ν t - ν e^(2t) / 2)
struct ScaleMixture {
    let degreesOfFreedom: Double

    /// Above this many degrees of freedom *S* is 1 to all digits.
    private static let limit = 1e14

    /// The expectation of `function(S)`, for a function that is positive, smooth and has one peak once it is weighed by the density.
    ///
    /// The trapezoidal rule in *x*, where *t* = t₀ + σ (x + 1 - e^(-x)): the weighed function falls off doubly exponentially
    /// to the left and to the right, and the rule's error falls exponentially with the reciprocal of its step. The step is
    /// halved until two results agree to 2e-5, when the finer one has about ten digits. Sums start at the peak and end
    /// where terms no longer count, so that tails keep their relative accuracy.
    /// - Parameter decay: *A*, where the function falls as exp(-*A s*²) for large *s*; it says where the peak is.
    /// - **Complexity:** about 45 values of the function.
    func expectation(decay: Double, _ function: (Double) -> Double) -> Double {
        let df = degreesOfFreedom
        guard df > 0 else { return .nan }
        guard df < Self.limit else { return function(1) }
        let center = 0.5 * (log(df) - log(df + 2 * decay))
        let spread = 1 / (2 * df).squareRoot()
        let logConstant = Self.logConstant(df / 2)
        func term(_ x: Double) -> Double {
            let bend = exp(-x)
            let t = center + spread * (x + 1 - bend)
            let weight = exp(logConstant + df * (t - 0.5 * expm1(2 * t)))
            return weight == 0 ? 0 : weight * spread * (1 + bend) * function(exp(t))
        }
        return TrapezoidalRule(step: 0.4, origin: 0).integral(tolerance: 2e-5, term)
    }

    /// log(2 a^a e^(-a) / Γ(a)), by Stirling's series where its parts would cancel.
    private static func logConstant(_ a: Double) -> Double {
        guard a > 15 else { return log(2) + a * log(a) - a - SpecialFunctions.logGamma(a) }
        let square = 1 / (a * a)
        let series = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / a
        return log(2) + 0.5 * (log(a) - log(2 * Double.pi)) - series
    }
}
