// What every distribution over real numbers can say: density, both tails, and both of their inverses.

/// A distribution over real numbers.
///
/// Parameters outside a distribution's domain make every answer NaN, as does a NaN argument; nothing traps.
/// The upper tail is a function of its own because `1 - cumulative(x)` has no correct digits where p-values are small.
public protocol ContinuousDistribution: Hashable, Sendable {
    /// The probability density at `x`.
    func density(_ x: Double) -> Double
    /// The probability of a value at or below `x`.
    func cumulative(_ x: Double) -> Double
    /// The probability of a value above `x`, accurate down to 1e-300.
    func upperTail(_ x: Double) -> Double
    /// The value that has probability `p` below it; NaN unless `0 <= p <= 1`.
    func quantile(_ p: Double) -> Double
    /// The value that has probability `q` above it; NaN unless `0 <= q <= 1`.
    func upperQuantile(_ q: Double) -> Double
}

/// A distribution that is symmetric about zero.
public protocol SymmetricDistribution: ContinuousDistribution {}

extension SymmetricDistribution {
    /// The probability of a value at least as far from zero as `x`, on either side: the p-value of a t or z statistic.
    ///
    ///     p = 2 P(X > |x|)
    public func twoSidedTailProbability(_ x: Double) -> Double { 2 * upperTail(x.magnitude) }

    /// The half-width that holds the central probability `level`: 1.96 for the normal distribution at 0.95.
    public func centralQuantile(level: Double) -> Double { upperQuantile((1 - level) / 2) }
}
