// The limiting null distribution of a likelihood ratio when a variance is tested against zero, the end of its range.

internal import MixedNumerics

/// A mixture of chi-squared distributions: the asymptotic null distribution of a likelihood ratio on a boundary.
public struct ChiSquaredMixture: Hashable, Sendable {
    /// The degrees of freedom and the weight of each part; zero degrees of freedom are a point mass at zero.
    public let parts: [Part]
    /// Whether p-values are upper bounds, because the weights have no closed form.
    public let isBound: Bool

    /// One distribution of the mixture.
    public struct Part: Hashable, Sendable {
        public let degreesOfFreedom: Int
        public let weight: Double
    }

    /// What a random term of `count` effects is tested by, beside `others` effects of the same term that stay.
    ///
    /// One effect beside *k₀* others adds a variance and *k₀* covariances, which may only differ from zero when the variance does:
    ///
    ///     ½ χ²(k₀) + ½ χ²(k₀ + 1)
    ///
    /// exactly (Stram & Lee 1994, Biometrics 50, 1171, cases 1 to 3). Several effects at once have weights that depend on the design
    /// (their case 4); no part below the next to last one is needed for a bound, ½ χ²(d - 1) + ½ χ²(d) with *d* the number of
    /// parameters added.
    /// - Parameters:
    ///   - count: The effects that the term under test adds, at least 1.
    ///   - others: The effects that they may be correlated with, 0 for a term of its own.
    public static func addingRandomEffects(_ count: Int, beside others: Int = 0) -> ChiSquaredMixture {
        let count = min(max(1, count), 10_000)
        let others = min(max(0, others), 10_000)
        let added = count * (count + 1) / 2 + count * others
        return ChiSquaredMixture(
            parts: [Part(degreesOfFreedom: added - 1, weight: 0.5), Part(degreesOfFreedom: added, weight: 0.5)],
            isBound: count > 1)
    }

    /// The p-value of a likelihood ratio, twice the difference of log-likelihoods; 1 for one that is not positive.
    public func pValue(_ statistic: Double) -> Double {
        guard !statistic.isNaN else { return .nan }
        guard statistic > 0 else { return 1 }
        return parts.reduce(0) { sum, part in
            guard part.degreesOfFreedom > 0 else { return sum }
            let distribution = ChiSquaredDistribution(degreesOfFreedom: Double(part.degreesOfFreedom))
            return sum + part.weight * distribution.upperTail(statistic)
        }
    }

    /// Such as "½ χ²(1) + ½ χ²(2)".
    public var description: String {
        parts.map { "½ χ²(\($0.degreesOfFreedom))" }.joined(separator: " + ")
    }
}
