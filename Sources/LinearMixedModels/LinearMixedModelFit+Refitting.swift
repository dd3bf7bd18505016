// Fitting again from the stored cross-products: by another criterion, or with fewer terms. No row is needed.

internal import MixedDesign
internal import MixedLinearAlgebra
public import MixedSyntax

extension LinearMixedModelFit {
    /// The same model fitted by another criterion.
    ///
    /// - Returns: The fit itself where the criterion is the same already. A refit has not seen its rows, and so has no
    ///   summary of its residuals.
    /// - Complexity: A few factorisations; it does not depend on the number of rows.
    /// - Throws: `FitError`.
    public func refitting(method: EstimationMethod, threads: Int = 2) throws(FitError) -> LinearMixedModelFit {
        guard method != self.method else { return self }
        return try LinearMixedModelFit(
            design: design, products: products, method: method, start: optimum.relativeFactors, solver: solver,
            threads: threads)
    }

    /// A sub-model: one whose fixed-effects columns and random effects are among those of this model, or combinations of
    /// them, as when an interaction is coded anew because a main effect was dropped.
    ///
    /// - Parameter method: The criterion; that of this fit when `nil`.
    /// - Complexity: One pass over the cross-products and a few factorisations; it does not depend on the number of rows.
    /// - Throws: `RefitError` when the formula is not a sub-model's, or it has no fit.
    public func refitting(
        _ formula: ModelFormula, method: EstimationMethod? = nil, threads: Int = 2
    ) throws(RefitError) -> LinearMixedModelFit {
        let submodel = try submodel(formula)
        do throws(FitError) {
            return try LinearMixedModelFit(
                design: submodel.design, products: products.restricted(to: submodel.restriction),
                method: method ?? self.method, start: start(of: submodel), solver: solver, threads: threads)
        } catch {
            throw .fit(error)
        }
    }

    private func submodel(_ formula: ModelFormula) throws(RefitError) -> Submodel {
        do throws(SubmodelError) {
            return try design.submodel(formula)
        } catch {
            throw .submodel(error)
        }
    }

    /// The maximum likelihood of the model without one fixed term, as far as a likelihood-ratio test needs it.
    ///
    /// The deviance is right to half a Newton decrement, so that the search may end sooner than that of a fit, and nothing is
    /// made of the optimum.
    /// - Throws: `RefitError`.
    package func likelihood(droppingFixedTerm label: String) throws(RefitError) -> SubmodelLikelihood {
        do throws(FitError) { try requireFactorization(for: .likelihoods) } catch { throw .fit(error) }
        var submodel = try submodel(formula(droppingFixedTerm: label))
        submodel.restriction.keepsFixedMoments = false
        let deviance = ProfiledDeviance(
            products.restricted(to: submodel.restriction), terms: Self.layout(submodel.design), method: .likelihood,
            threads: 1)
        let count = deviance.fixedColumns.count
        guard rowCount > count else {
            throw .fit(.noResidualDegreesOfFreedom(rows: rowCount, coefficients: count))
        }
        guard let minimum = deviance.minimize(startingFrom: start(of: submodel), settings: .likelihoodRatio) else {
            throw .fit(.noResidualVariance)
        }
        return SubmodelLikelihood(
            deviance: minimum.deviance, coefficientCount: count,
            parameterCount: count + deviance.directions.count + 1, hasConverged: minimum.hasConverged)
    }

    /// The model with some of its fixed terms, named by R's labels such as `Days` or `recipe:temperature`.
    ///
    /// The intercept stays where there is one, and so do the random terms.
    /// - Parameter labels: The terms that are kept.
    /// - Throws: `RefitError`.
    public func refitting(
        fixedTerms labels: [String], method: EstimationMethod? = nil, threads: Int = 2
    ) throws(RefitError) -> LinearMixedModelFit {
        let terms = design.formula.fixed
        let known = terms.terms.map(terms.label)
        if let unknown = labels.first(where: { !known.contains($0) }) {
            throw .submodel(.unknownTerm(unknown, available: known))
        }
        let removed = Set(known.indices.filter { !labels.contains(known[$0]) })
        return try refitting(
            fixed: terms.removing(removed), random: design.formula.random, method: method, threads: threads)
    }

    /// The model without one fixed term; without the intercept when that is what `(Intercept)` names.
    ///
    /// As R's `update(model, . ~ . - term)`: an interaction that stays takes over what a dropped main effect explained.
    /// - Throws: `RefitError`.
    public func droppingFixedTerm(
        _ label: String, method: EstimationMethod? = nil, threads: Int = 2
    ) throws(RefitError) -> LinearMixedModelFit {
        try refitting(formula(droppingFixedTerm: label), method: method, threads: threads)
    }

    private func formula(droppingFixedTerm label: String) throws(RefitError) -> ModelFormula {
        var terms = design.formula.fixed
        let known = terms.terms.map(terms.label)
        if label == "(Intercept)", terms.hasIntercept {
            terms.hasIntercept = false
        } else if let index = known.firstIndex(of: label) {
            terms = terms.removing([index])
        } else {
            throw .submodel(.unknownTerm(label, available: (terms.hasIntercept ? ["(Intercept)"] : []) + known))
        }
        return try formula(fixed: terms, random: design.formula.random)
    }

    /// The model without one of the formula's random terms.
    ///
    /// - Parameter index: The term's place in `design.formula.random`.
    /// - Throws: `RefitError`.
    public func droppingRandomTerm(
        _ index: Int, method: EstimationMethod? = nil, threads: Int = 2
    ) throws(RefitError) -> LinearMixedModelFit {
        var random = design.formula.random
        guard random.indices.contains(index) else {
            throw .submodel(.unknownTerm("\(index)", available: random.map(\.text)))
        }
        random.remove(at: index)
        return try refitting(fixed: design.formula.fixed, random: random, method: method, threads: threads)
    }

    /// The model with one of the formula's random terms reduced, as `(Days | Subject)` to `(1 | Subject)`.
    ///
    /// - Parameters:
    ///   - index: The term's place in `design.formula.random`.
    ///   - label: The part of the term that is dropped, such as `Days`, or `(Intercept)`.
    /// - Throws: `RefitError`; a part that other parts of the term contain cannot be dropped alone.
    public func reducingRandomTerm(
        _ index: Int, dropping label: String, method: EstimationMethod? = nil, threads: Int = 2
    ) throws(RefitError) -> LinearMixedModelFit {
        var random = design.formula.random
        guard random.indices.contains(index) else {
            throw .submodel(.unknownTerm("\(index)", available: random.map(\.text)))
        }
        let terms = random[index].terms
        let known = terms.terms.map(terms.label)
        if label == "(Intercept)", terms.hasIntercept {
            random[index].terms.hasIntercept = false
        } else if let part = known.firstIndex(of: label) {
            random[index].terms = terms.removing([part])
        } else {
            throw .submodel(.unknownTerm(label, available: (terms.hasIntercept ? ["(Intercept)"] : []) + known))
        }
        if !random[index].terms.hasIntercept, random[index].terms.terms.isEmpty { random.remove(at: index) }
        return try refitting(fixed: design.formula.fixed, random: random, method: method, threads: threads)
    }

    private func refitting(
        fixed: ModelTerms, random: [ModelFormula.RandomTerm], method: EstimationMethod?, threads: Int
    ) throws(RefitError) -> LinearMixedModelFit {
        try refitting(formula(fixed: fixed, random: random), method: method, threads: threads)
    }

    private func formula(
        fixed: ModelTerms, random: [ModelFormula.RandomTerm]
    ) throws(RefitError) -> ModelFormula {
        do throws(Diagnostic) {
            return try design.formula.replacing(fixed: fixed, random: random)
        } catch {
            throw .submodel(.formula(error.message))
        }
    }

    /// This fit's relative factors as a start for a sub-model; `nil` where its columns are coded anew.
    ///
    /// A covariance factor with fewer rows is one of the effects that are kept.
    private func start(of submodel: Submodel) -> [Matrix]? {
        let oldTerms = design.randomTerms
        var result: [Matrix] = []
        for term in submodel.design.randomTerms {
            let kept = submodel.restriction.factors[term.factorIndex]
            let range = term.columnOffset..<term.columnOffset + term.columnCount
            var columns: [Int] = []
            for combination in kept.columns[range] {
                guard combination.count == 1, combination[0].weight == 1 else { return nil }
                columns.append(combination[0].column)
            }
            guard let first = columns.first,
                let old = oldTerms.firstIndex(where: {
                    $0.factorIndex == kept.source && $0.columnOffset <= first
                        && first < $0.columnOffset + $0.columnCount
                })
            else { return nil }
            let rows = columns.map { $0 - oldTerms[old].columnOffset }
            let width = oldTerms[old].columnCount
            guard rows.allSatisfy((0..<width).contains), rows.count <= width else { return nil }
            var factor = Matrix(rows: width, columns: width)
            for (target, row) in rows.enumerated() {
                for column in 0..<width { factor[target, column] = optimum.relativeFactors[old][row, column] }
            }
            let places = Array(rows.indices)
            result.append(PivotedLQ(factor, pivoting: false).lower.selecting(rows: places, columns: places))
        }
        return result
    }
}

/// The maximum likelihood of a sub-model.
package struct SubmodelLikelihood: Sendable {
    /// −2 log-likelihood.
    package let deviance: Double
    package let coefficientCount: Int
    /// Coefficients, covariance parameters and the residual variance.
    package let parameterCount: Int
    /// Whether the search found an optimum.
    package let hasConverged: Bool
}
