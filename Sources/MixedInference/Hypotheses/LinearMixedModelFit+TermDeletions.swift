// Likelihood-ratio tests of the fixed terms, each left out in turn.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
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
    /// Whether the search for the model without it found an optimum.
    public let hasConverged: Bool
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
    /// - Parameter threads: How many terms may be left out at the same time.
    /// - Complexity: A few factorisations for each term; it does not depend on the number of rows.
    /// - Throws: `AnovaError` when a model without a term cannot be fitted.
    public func termDeletions(threads: Int = 2) throws(AnovaError) -> TermDeletions {
        let terms = design.fixedTerms.filter { !$0.variables.isEmpty }
        let contained = terms.filter { term in
            terms.contains { Set(term.variables).isStrictSubset(of: $0.variables) }
        }.map(\.label)
        let labels = terms.map(\.label).filter { !contained.contains($0) }
        // All start from this fit's own covariance parameters, so that none waits for another.
        let results = parallelMap(labels.count + 1, threads: threads) { index in
            Result { () throws(RefitError) -> Deletion in
                do throws(FitError) { try requireFactorization(for: .likelihoods) } catch { throw .fit(error) }
                if index > 0 { return .reduced(try likelihood(droppingFixedTerm: labels[index - 1])) }
                do throws(FitError) {
                    return .full(try refitting(method: .likelihood, threads: 1))
                } catch {
                    throw .fit(error)
                }
            }
        }
        var full = self
        var tests: [TermDeletion] = []
        for (label, result) in zip([nil] + labels, results) {
            switch result {
            case .success(.full(let fit)): full = fit
            case .success(.reduced(let reduced)): tests.append(TermDeletion(label ?? "", of: full, reduced: reduced))
            case .failure(let error): throw .refit(term: label, error)
            }
        }
        return TermDeletions(
            full: full, isRefitted: method == .restrictedLikelihood && hasRandomEffects, tests: tests,
            containedTerms: contained)
    }
}

/// What one of the tasks finds.
private enum Deletion: Sendable {
    case full(LinearMixedModelFit)
    case reduced(SubmodelLikelihood)
}

extension TermDeletion {
    /// Compares the likelihoods of the whole model and of one without a term.
    fileprivate init(_ label: String, of full: LinearMixedModelFit, reduced: SubmodelLikelihood) {
        let difference = full.coefficients.count - reduced.coefficientCount
        let growth = max(0, reduced.deviance - full.criterion)
        self.init(
            label: label, parameterCount: reduced.parameterCount, deviance: reduced.deviance,
            akaikeInformation: reduced.deviance + 2 * Double(reduced.parameterCount), statistic: growth,
            degreesOfFreedom: difference,
            pValue: difference > 0
                ? ChiSquaredDistribution(degreesOfFreedom: Double(difference)).upperTail(growth) : .nan,
            hasConverged: reduced.hasConverged)
    }
}
