// Likelihood-ratio tests of the fixed terms, each left out in turn.

public import LinearMixedModels
internal import MixedDesign
internal import MixedNumerics

/// The likelihood-ratio test of one fixed term.
public struct TermDeletion: Hashable, Sendable {
    /// The term that is left out.
    public let label: String
    /// Parameters of the model without it.
    public let parameterCount: Int
    /// −2 log-likelihood of the model without it.
    public let deviance: Double
    /// Akaike's information criterion of the model without it.
    public let akaikeInformation: Double
    /// By how much the deviance grows without the term.
    public let statistic: Double
    /// Coefficients fewer.
    public let degreesOfFreedom: Int
    /// By the χ² distribution.
    public let pValue: Double
}

/// Each fixed term left out in turn.
public struct TermDeletions: Sendable {
    /// The whole model, fitted by maximum likelihood.
    public let full: LinearMixedModelFit
    /// Whether the model that was asked had been fitted by restricted likelihood.
    public let isRefitted: Bool
    /// One test for each term that no other term contains, in the order of the formula.
    public let tests: [TermDeletion]
    /// The terms that stand in others, which have no test while those are in the model.
    public let containedTerms: [String]
}

extension LinearMixedModelFit {
    /// A likelihood-ratio test of every fixed term that can be left out while the terms that contain it stay: R's
    /// `drop1(test = "Chisq")`.
    ///
    /// All models are fitted by maximum likelihood from the same cross-products, because restricted likelihoods of
    /// different fixed effects cannot be compared. A linear model's likelihood is that with the residual variance's
    /// maximum likelihood estimate.
    /// - Complexity: A few factorisations for each term; it does not depend on the number of rows.
    /// - Throws: `AnovaError` when a model without a term cannot be fitted.
    public func termDeletions() throws(AnovaError) -> TermDeletions {
        let terms = design.fixedTerms.filter { !$0.variables.isEmpty }
        let full: LinearMixedModelFit
        do throws(FitError) {
            full = try refitting(method: .likelihood)
        } catch {
            throw .refit(term: nil, .fit(error))
        }
        var tests: [TermDeletion] = []
        var contained: [String] = []
        for term in terms {
            let own = Set(term.variables)
            guard !terms.contains(where: { own.isStrictSubset(of: $0.variables) }) else {
                contained.append(term.label)
                continue
            }
            let reduced: LinearMixedModelFit
            do throws(RefitError) {
                reduced = try full.droppingFixedTerm(term.label, method: .likelihood)
            } catch {
                throw .refit(term: term.label, error)
            }
            let difference = full.coefficients.count - reduced.coefficients.count
            let statistic = max(0, reduced.criterion - full.criterion)
            tests.append(
                TermDeletion(
                    label: term.label, parameterCount: reduced.parameterCount, deviance: reduced.criterion,
                    akaikeInformation: reduced.akaikeInformation, statistic: statistic, degreesOfFreedom: difference,
                    pValue: difference > 0
                        ? ChiSquaredDistribution(degreesOfFreedom: Double(difference)).upperTail(statistic) : .nan))
        }
        return TermDeletions(
            full: full, isRefitted: method == .restrictedLikelihood && hasRandomEffects, tests: tests,
            containedTerms: contained)
    }
}
