// The table of single deletions of random terms.

public import LinearMixedModels
internal import MixedDesign
internal import MixedNumerics
internal import MixedSyntax

/// Each random term dropped or reduced in turn, and tested, as lmerTest's `ranova`.
public struct RandomTermDeletions: Sendable {
    /// The model itself, then the model without each part.
    public let rows: [Row]
    /// The criterion of all fits: that of the model.
    public let method: EstimationMethod

    /// A model of the table.
    public struct Row: Sendable {
        /// What is dropped, such as `Days in (1 + Days | Subject)` or `(1 | Subject)`; `<none>` for the model itself.
        public let term: String
        public let formula: String
        public let parameterCount: Int
        /// −2 log-likelihood, restricted when the method is.
        public let deviance: Double
        /// The test of the deletion; `nil` for the model itself.
        public let step: ModelComparison.Step?

        public var logLikelihood: Double { -deviance / 2 }
        public var akaikeInformation: Double { deviance + 2 * Double(parameterCount) }
    }
}

/// Why there is no table of deletions.
public enum RandomTermDeletionError: InferenceFailure, Hashable {
    case noRandomTerm
    case refit(term: String, RefitError)

    public var sentence: String {
        switch self {
        case .noRandomTerm: "The model has no random terms that could be dropped"
        case .refit(let term, let error): "Without \(term): \(error.sentence)"
        }
    }
}

extension LinearMixedModelFit {
    /// Drops each random term in turn and tests it, as lmerTest's `ranova`.
    ///
    /// By restricted likelihood where the model was fitted so: the fixed effects are the same in all models. Dropping the
    /// last random term leaves a linear model. Beside the naive p-value stands the one that takes into account that a
    /// variance cannot be negative.
    ///
    /// - Parameter reducing: Whether terms lose one of their parts, `(1 + Days | Subject)` the slope, rather than being
    ///   dropped whole. A part that is contained in another one stays. A term `(0 + x | g)` has one part and is dropped whole,
    ///   where lmerTest puts `(1 | g)` in its place, which is no smaller model.
    /// - Complexity: A few factorisations of each model; it does not depend on the number of rows.
    /// - Throws: `RandomTermDeletionError`.
    public func randomTermDeletions(
        reducing: Bool = true, threads: Int = 2
    ) throws(RandomTermDeletionError) -> RandomTermDeletions {
        let terms = design.formula.random
        guard !terms.isEmpty else { throw .noRandomTerm }
        var rows = [
            RandomTermDeletions.Row(
                term: "<none>", formula: design.formula.description, parameterCount: parameterCount,
                deviance: criterion, step: nil)
        ]
        for (index, term) in terms.enumerated() {
            for deletion in term.deletions(reducing: reducing) {
                do throws(RefitError) {
                    rows.append(try row(deletion, ofTerm: index, threads: threads))
                } catch {
                    throw .refit(term: deletion.name, error)
                }
            }
        }
        return RandomTermDeletions(rows: rows, method: method)
    }

    private func row(
        _ deletion: RandomTermDeletion, ofTerm index: Int, threads: Int
    ) throws(RefitError) -> RandomTermDeletions.Row {
        do throws(FitError) { try requireFactorization(for: .likelihoods) } catch { throw .fit(error) }
        let fit =
            if let part = deletion.part {
                try reducingRandomTerm(index, dropping: part, threads: threads)
            } else {
                try droppingRandomTerm(index, threads: threads)
            }
        let deviance: Double
        do throws(FitError) {
            deviance = try fit.deviance(by: method, threads: threads)
        } catch {
            throw .fit(error)
        }
        return RandomTermDeletions.Row(
            term: deletion.name, formula: fit.design.formula.description, parameterCount: fit.parameterCount,
            deviance: deviance,
            step: ModelComparison.Step(
                large: self, nesting: ModelNesting(of: fit, in: self), statistic: deviance - criterion,
                degreesOfFreedom: parameterCount - fit.parameterCount, threads: threads))
    }
}

/// A part of a random term that can be dropped, or the whole term.
private struct RandomTermDeletion {
    let name: String
    /// `nil` for the whole term.
    let part: String?
}

extension ModelFormula.RandomTerm {
    /// What can be dropped of the term: parts that no other part contains, or the whole.
    fileprivate func deletions(reducing: Bool) -> [RandomTermDeletion] {
        let whole = [RandomTermDeletion(name: text, part: nil)]
        guard reducing, !terms.terms.isEmpty else { return whole }
        let parts = terms.terms.indices.filter { index in
            !terms.terms.contains { other in
                other != terms.terms[index] && terms.terms[index].variables.allSatisfy(other.variables.contains)
            }
        }
        if !terms.hasIntercept, terms.terms.count == 1 { return whole }
        var result: [RandomTermDeletion] = []
        // Independent effects are terms of their own, and the constant is one of them.
        if isIndependent, terms.hasIntercept {
            result.append(.init(name: "(Intercept) in \(text)", part: "(Intercept)"))
        }
        return result
            + parts.map { index in
                let label = terms.label(of: terms.terms[index])
                return RandomTermDeletion(name: "\(label) in \(text)", part: label)
            }
    }
}
