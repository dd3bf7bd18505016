// The test of one variance component by the finite-sample distribution of its likelihood ratio.

public import LinearMixedModels

/// The result of the test that the only variance component of a model is zero.
public struct ExactLikelihoodRatioTest: Hashable, Sendable {
    /// Twice the difference of the log-likelihoods, restricted where the fit is.
    public let statistic: Double
    /// The probability of a larger statistic when the variance is zero.
    public let pValue: Double
    /// The Monte Carlo standard error of the p-value; zero where it has a closed form.
    public let standardError: Double
    /// How many statistics were drawn; zero where the p-value has a closed form.
    public let draws: Int
    /// Whether the eigenvalues are exact or rounded to one percent.
    public let hasRoundedSpectrum: Bool
}

/// Why the finite-sample distribution does not apply to a fit.
public enum ExactLikelihoodRatioObstacle: InferenceFailure, Hashable {
    case noRandomTerm
    case severalRandomTerms(Int)
    case severalEffects(group: String, count: Int)

    public var sentence: String {
        switch self {
        case .noRandomTerm: "the model has no random term whose variance could be tested"
        case .severalRandomTerms(let count):
            "the exact distribution is known for a model with one variance component, and this one has \(count) random terms"
        case .severalEffects(let group, let count):
            "the exact distribution is known for a random term of one effect, and that of '\(group)' has \(count)"
        }
    }

    public var hint: String? {
        self == .noRandomTerm ? nil : "use the mixture of chi-squared distributions or a parametric bootstrap"
    }
}

/// A test, or why there is none.
public enum ExactLikelihoodRatio: Hashable, Sendable {
    case tested(ExactLikelihoodRatioTest)
    case notApplicable(ExactLikelihoodRatioObstacle)
}

extension LinearMixedModelFit {
    /// Tests the variance of the only random effect against zero by the exact null distribution of the likelihood ratio.
    ///
    /// With *μ* the eigenvalues of *Z'P_X Z* and independent *w ~ N(0, 1)*, the restricted ratio is distributed as
    ///
    ///     sup_{λ≥0} { (n-p) log(1 + N/D) - Σ log(1 + λμ_s) },
    ///     N = Σ λμ_s w_s² / (1 + λμ_s),   D = Σ w_s² / (1 + λμ_s) + χ²_{n-p-K}
    ///
    /// (Crainiceanu & Ruppert 2004, Journal of the Royal Statistical Society B 66, 165); for maximum likelihood with *n* for *n-p* and
    /// the eigenvalues of *Z'Z* in the second term. RLRsim draws it on a grid of λ; here each draw is maximised. Where all eigenvalues
    /// that are not zero are equal, as in balanced one-way layouts fitted by REML, the ratio is a function of an F statistic and the
    /// p-value needs no draws.
    ///
    /// - Parameters:
    ///   - statistic: The ratio observed: the criterion without the term less the criterion with it, both of this fit's method.
    ///   - draws: Limited to 1 ... 10 million.
    ///   - seed: The same seed has the same p-value for any number of threads.
    /// - **Complexity:** O(J p²) for the eigenvalues of J levels where many are equal, O(J p²) for each of some hundred counts of
    ///   eigenvalues where they are not; O(distinct eigenvalues) a draw. Nothing depends on the number of rows.
    public func exactRestrictedLikelihoodRatio(
        statistic: Double, draws: Int = 10_000, seed: UInt64 = 1, threads: Int = 2
    ) -> ExactLikelihoodRatio {
        guard let term = varianceComponents.first else { return .notApplicable(.noRandomTerm) }
        guard varianceComponents.count == 1 else {
            return .notApplicable(.severalRandomTerms(varianceComponents.count))
        }
        guard term.columnNames.count == 1, let spectrum = ProjectedSpectrum(products) else {
            return .notApplicable(.severalEffects(group: term.group, count: term.columnNames.count))
        }
        let distribution = LikelihoodRatioDistribution(
            spectrum, rowCount: rowCount, isRestricted: method == .restrictedLikelihood)
        let draws = min(max(1, draws), 10_000_000)
        if !(statistic > 0) {
            let pValue = statistic.isNaN ? Double.nan : 1
            return .tested(
                ExactLikelihoodRatioTest(
                    statistic: statistic, pValue: pValue, standardError: 0, draws: 0,
                    hasRoundedSpectrum: !spectrum.isExact))
        }
        if let pValue = distribution.closedTail(statistic) {
            return .tested(
                ExactLikelihoodRatioTest(
                    statistic: statistic, pValue: pValue, standardError: 0, draws: 0, hasRoundedSpectrum: false))
        }
        let count = distribution.countAbove(statistic, draws: draws, seed: seed, threads: threads)
        let pValue = Double(count) / Double(draws)
        return .tested(
            ExactLikelihoodRatioTest(
                statistic: statistic, pValue: pValue,
                standardError: (pValue * (1 - pValue) / Double(draws)).squareRoot(), draws: draws,
                hasRoundedSpectrum: !spectrum.isExact))
    }
}
