// The test of whether variances are zero: the end of their range, where a likelihood ratio is no chi-squared variable.

internal import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

/// A p-value that takes into account that a variance cannot be negative.
public struct VarianceBoundaryTest: Hashable, Sendable {
    /// Where the null distribution comes from.
    public enum Distribution: Hashable, Sendable {
        /// *½ χ²(f) + ½ χ²(f + 1)*: exact in large samples for one new variance.
        case equalMixture(Int)
        /// The projection of normal numbers on the cone of covariance matrices, drawn so many times.
        case simulatedMixture(draws: Int)
        /// The exact finite-sample distribution of the likelihood ratio; no draws where it has a closed form.
        case exact(draws: Int, isRestricted: Bool)
    }

    public let distribution: Distribution
    public let pValue: Double

    /// The distribution in a few words.
    public var name: String {
        switch distribution {
        case .equalMixture(let degrees): "1/2 chisq(\(degrees)) + 1/2 chisq(\(degrees + 1))"
        case .simulatedMixture: "chi-squared mixture, simulated weights"
        case .exact(_, true): "exact restricted likelihood ratio"
        case .exact(_, false): "exact likelihood ratio"
        }
    }

    /// What the p-value is, as a sentence.
    public var sentence: String {
        switch distribution {
        case .equalMixture(let degrees):
            "A variance cannot be negative, so that the naive p-value is too large; the corrected one uses the mixture 1/2 chisq(\(degrees)) + 1/2 chisq(\(degrees + 1)) (Stram and Lee 1994)."
        case .simulatedMixture(let draws):
            "Several variances cannot be negative, so that the naive p-value is too large; the corrected one uses the mixture of chi-squared distributions (Stram and Lee 1994) whose weights follow from the design, by \(draws) draws."
        case .exact(let draws, let isRestricted):
            "A variance cannot be negative, so that the naive p-value is too large; the corrected one uses the exact distribution of the \(isRestricted ? "restricted " : "")likelihood ratio (Crainiceanu and Ruppert 2004)\(draws > 0 ? ", by \(draws) draws" : ", which has a closed form here")."
        }
    }
}

extension VarianceBoundaryTest {
    /// How many draws a simulated mixture takes.
    private static let draws = 10_000
    /// How many draws the exact distribution takes where it has no closed form.
    private static let exactDraws = 10_000

    /// The test of the variances that a larger model adds to a smaller one; `nil` when it adds none, or when the smaller
    /// model is not part of it.
    ///
    /// - Parameters:
    ///   - statistic: Twice the difference of the log-likelihoods by `large`'s method.
    ///   - addedParameters: How many parameters `large` has more.
    init?(
        _ large: LinearMixedModelFit, nesting: ModelNesting, statistic: Double, addedParameters: Int, threads: Int
    ) {
        let added = nesting.addedEffects
        guard nesting.isNested, !added.isEmpty, !statistic.isNaN else { return nil }
        if let exact = Self.exact(large, nesting: nesting, statistic: statistic, threads: threads) {
            self = exact
            return
        }
        let dimension = added.reduce(0) { $0 + $1 * ($1 + 1) / 2 }
        let free = max(0, addedParameters - dimension)
        if added == [1] {
            distribution = .equalMixture(free)
            pValue = ChiSquaredMixture.addingRandomEffects(1, beside: free).pValue(statistic)
            return
        }
        guard
            let information = large.boundaryInformation(
                null: nesting.nullCovariances, newRows: nesting.newRows, threads: threads),
            let cone = CovarianceCone(widths: added, information: information)
        else { return nil }
        let draws = added.contains { $0 > 2 } ? Self.draws / 5 : Self.draws
        distribution = .simulatedMixture(draws: draws)
        pValue = cone.upperTail(statistic, freeParameters: free, draws: draws)
    }

    private static func exact(
        _ large: LinearMixedModelFit, nesting: ModelNesting, statistic: Double, threads: Int
    ) -> VarianceBoundaryTest? {
        guard nesting.hasEqualFixedEffects, large.varianceComponents.count == 1,
            nesting.newRows.first?.count == large.varianceComponents[0].columnNames.count,
            case .tested(let test) = large.exactRestrictedLikelihoodRatio(
                statistic: statistic, draws: exactDraws, threads: threads)
        else { return nil }
        let isRestricted = large.method == .restrictedLikelihood
        // The observed statistic counts as one of the draws: no finite number of draws shows a probability of zero.
        let draws = Double(test.draws)
        return VarianceBoundaryTest(
            distribution: .exact(draws: test.draws, isRestricted: isRestricted),
            pValue: test.draws > 0 ? (test.pValue * draws + 1) / (draws + 1) : test.pValue)
    }
}
