// The binomial distribution.

internal import CBoostMath

/// The number of successes in `trials` independent trials.
public struct BinomialDistribution: Hashable, Sendable {
    public let trials: Int
    public let probability: Double

    public init(trials: Int, probability: Double) {
        self.trials = trials
        self.probability = probability
    }

    /// The probability of exactly `successes`.
    public func mass(_ successes: Int) -> Double {
        mixed_binomial_density(Double(trials), probability, Double(successes))
    }

    /// The probability of at most `successes`.
    public func cumulative(_ successes: Int) -> Double {
        mixed_binomial_cumulative(Double(trials), probability, Double(successes))
    }

    /// The probability of more than `successes`.
    public func upperTail(_ successes: Int) -> Double {
        mixed_binomial_upper(Double(trials), probability, Double(successes))
    }
}
