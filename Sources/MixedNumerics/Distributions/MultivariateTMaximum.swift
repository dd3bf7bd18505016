// The largest of several correlated t statistics: what simultaneous tests and intervals are judged by.

/// The largest of the *T_i*, or of their absolute values, of a central multivariate t distribution.
///
///     P(max |T_i| > c) = E P(max |Z_i| > c S),   Z ~ N(0, R),   S² ~ χ²_ν / ν
///
/// Three structures are integrated to about ten digits, in far tails too: correlations *ρ_ij = l_i l_j*, which comparisons with
/// a control have (Dunnett 1955), matrices *R* of rank two, which all comparisons among three means have, and two statistics.
/// Others are integrated by lattice rules over directions, the radius in closed form (Genz & Bretz 2009, "Computation of
/// Multivariate Normal and t Probabilities", section 4.1), from fixed points: the same arguments have the same result. *R* may be
/// singular.
public struct MultivariateTMaximum: Sendable {
    /// Which statistics count as large.
    public enum Sides: Hashable, Sendable {
        /// Those far from zero on either side.
        case two
        /// Those far above zero.
        case upper
    }

    /// A probability with a bound of its error.
    public struct Estimate: Hashable, Sendable {
        public let value: Double
        /// About three standard errors of a lattice rule; for the exact rules a bound of their error.
        public let error: Double
    }

    /// How many statistics there are.
    public let dimension: Int
    /// Of the variance estimate that they share; fractional or infinite.
    public let degreesOfFreedom: Double
    public let sides: Sides
    let structure: Structure

    /// How the probability is computed.
    enum Structure: Sendable {
        /// Parameters outside the domain: every answer is NaN.
        case undefined
        case single
        case oneFactor(OneFactorMaximum)
        case plane(PlaneMaximum)
        case general(GeneralMaximum)
    }

    /// The maximum of statistics with correlation matrix *R*.
    ///
    /// A matrix that is no correlation matrix, or degrees of freedom that are not positive, make every answer NaN.
    /// - **Shape:** `correlation` is a square matrix, row after row or column after column.
    public init(correlation: [Double], degreesOfFreedom: Double, sides: Sides = .two) {
        var size = 0
        while size * size < correlation.count { size += 1 }
        dimension = size
        self.degreesOfFreedom = degreesOfFreedom
        self.sides = sides
        structure =
            degreesOfFreedom > 0
            ? Self.structure(of: correlation, size: size, degreesOfFreedom: degreesOfFreedom, sides: sides) : .undefined
    }

    /// The probability that the largest statistic exceeds `c`.
    ///
    /// - Parameter tolerance: The error at which a lattice rule stops; it stops at half a million points at the latest.
    /// - **Complexity:** below a millisecond for the exact structures; for others up to about a second.
    public func upperTail(_ c: Double, tolerance: Double = 1e-5) -> Estimate {
        guard !c.isNaN else { return Estimate(value: .nan, error: .nan) }
        if sides == .two, c <= 0 { return Estimate(value: isDefined ? 1 : .nan, error: 0) }
        if c.isInfinite { return Estimate(value: isDefined ? (c < 0 ? 1 : 0) : .nan, error: 0) }
        switch structure {
        case .undefined: return Estimate(value: .nan, error: .nan)
        case .single: return Estimate(value: marginalTail(c), error: 0)
        case .oneFactor(let rule): return exact(rule.upperTail(c, degreesOfFreedom: degreesOfFreedom))
        case .plane(let rule): return exact(rule.upperTail(c, degreesOfFreedom: degreesOfFreedom))
        case .general(let rule):
            let estimate = rule.upperTail(c, tolerance: tolerance)
            // One statistic is beyond the bound at most as often as the largest, and the sum of all bounds it from above.
            let marginal = marginalTail(c)
            let bound = min(1, marginal * Double(rule.statisticCount))
            return Estimate(value: min(max(estimate.value, marginal), bound), error: estimate.error)
        }
    }

    /// The probability that no statistic exceeds `c`.
    public func cumulative(_ c: Double, tolerance: Double = 1e-5) -> Estimate {
        let upper = upperTail(c, tolerance: tolerance)
        return Estimate(value: 1 - upper.value, error: upper.error)
    }

    /// The critical value: the `c` that the largest statistic exceeds with probability `q`; NaN unless `0 <= q <= 1`.
    ///
    /// - **Complexity:** about eight probabilities.
    public func upperQuantile(_ q: Double) -> Double {
        guard isDefined, q >= 0, q <= 1 else { return .nan }
        if q == 0 { return .infinity }
        if q == 1 { return sides == .two ? 0 : -.infinity }
        let student = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
        let share = sides == .two ? 0.5 : 1.0
        if case .single = structure { return student.upperQuantile(q * share) }
        return Self.root(
            between: student.upperQuantile(q * share), and: student.upperQuantile(q * share / Double(dimension)),
            target: q
        ) { upperTail($0, tolerance: max(1e-7, 1e-3 * q)).value }
    }

    private var isDefined: Bool {
        if case .undefined = structure { false } else { true }
    }

    private func marginalTail(_ c: Double) -> Double {
        let student = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
        return sides == .two ? student.twoSidedTailProbability(c) : student.upperTail(c)
    }

    private func exact(_ value: Double) -> Estimate {
        Estimate(value: min(1, value), error: 1e-10 * value)
    }

    /// Where a decreasing tail takes the value `target`, by the method of false position on its ratio to the target (Illinois variant).
    private static func root(
        between low: Double, and high: Double, target: Double, _ tail: (Double) -> Double
    ) -> Double {
        var (a, b) = (low, high)
        var fa = tail(a) / target - 1
        var fb = tail(b) / target - 1
        if fa <= 0 { return a }
        if fb >= 0 { return b }
        for _ in 0..<60 {
            let c = (a * fb - b * fa) / (fb - fa)
            let fc = tail(c) / target - 1
            if fc == 0 || (b - a).magnitude <= 1e-12 * c.magnitude || fc.magnitude < 1e-11 { return c }
            if (fc > 0) == (fb > 0) { fa *= 0.5 } else { (a, fa) = (b, fb) }
            (b, fb) = (c, fc)
        }
        return b
    }
}
