// The normal distribution inside quadrature loops.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Tails and density of the standard normal distribution by the system's `erfc`, the fastest there is.
enum NormalTails {
    /// P(Z > x).
    @inline(__always)
    static func upper(_ x: Double) -> Double { 0.5 * erfc(x * 0.5.squareRoot()) }

    /// P(Z <= x).
    @inline(__always)
    static func lower(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

    @inline(__always)
    static func density(_ x: Double) -> Double { exp(-0.5 * x * x) * 0.398_942_280_401_432_678 }

    /// P(low < Z <= high), from the tails on the side where they do not cancel.
    @inline(__always)
    static func between(_ low: Double, _ high: Double) -> Double {
        guard low < high else { return 0 }
        return low > 0 ? upper(low) - upper(high) : lower(high) - lower(low)
    }
}
