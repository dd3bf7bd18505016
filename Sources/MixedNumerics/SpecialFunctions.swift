// Special functions of one or two real arguments.

internal import CBoostMath

/// Special functions, with NaN for arguments outside their domains.
public enum SpecialFunctions {
    /// The logarithm of the absolute value of the gamma function.
    public static func logGamma(_ x: Double) -> Double { mixed_log_gamma(x) }

    /// The logarithm of the beta function, `logGamma(a) + logGamma(b) - logGamma(a + b)` without its cancellation.
    public static func logBeta(_ a: Double, _ b: Double) -> Double { mixed_log_beta(a, b) }

    /// The derivative of `logGamma`.
    public static func digamma(_ x: Double) -> Double { mixed_digamma(x) }

    /// The second derivative of `logGamma`.
    public static func trigamma(_ x: Double) -> Double { mixed_trigamma(x) }

    /// The error function.
    public static func erf(_ x: Double) -> Double { mixed_erf(x) }

    /// The complementary error function, accurate in its tail.
    public static func erfc(_ x: Double) -> Double { mixed_erfc(x) }
}
