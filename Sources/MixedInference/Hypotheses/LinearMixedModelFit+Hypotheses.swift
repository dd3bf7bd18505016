// The hypotheses of types I and II, and of all types by name.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The hypothesis that each fixed term but the intercept has no effect.
    ///
    /// The rows are lmerTest's: Satterthwaite's degrees of freedom depend on them, and not only on the space they span.
    /// - Type I: the term's rows of the unit upper triangular *U* in *X'X = U'DU*.
    /// - Type II: the same with the term and those that contain it moved behind all others; the term's own coefficients
    ///   where no term contains it.
    /// - Type III: see `BalancedHypotheses`.
    ///
    /// Kuznetsova et al. (2017), Journal of Statistical Software 82(13), section 3. All are made from the cross-products
    /// of the columns; no row of data is needed. The weights of rows count in linear models, as in R's `anova` of them, and
    /// not in mixed ones, as in lmerTest.
    ///
    /// - **Shape:** one hypothesis for each term in the order of the formula; without rows where all of its coefficients
    ///   are aliased, and for type III also where empty cells leave nothing to compare.
    /// - **Complexity:** O(*p³*), for type II for each term that is contained in another.
    /// - Throws: `HypothesisError` when the model has no type III hypotheses.
    public func hypotheses(_ type: HypothesisType) throws(HypothesisError) -> [LinearHypothesis] {
        let containment = TermContainment(design, isLinearModel: !hasRandomEffects)
        guard let geometry = FixedEffectsGeometry(products, weighted: !hasRandomEffects) else { return [] }
        let places = containment.terms.map { term in
            geometry.kept.indices.filter { term.columns.contains(geometry.kept[$0]) }
        }
        // A single term has one hypothesis.
        let type = containment.terms.count <= 1 || geometry.kept.count <= 1 ? .sequential : type
        let matrices: [Matrix]
        switch type {
        case .sequential:
            let rows = geometry.keptCoordinates.unitTriangularFactor
            matrices = places.map { rows.selecting(rows: $0, columns: Array(geometry.kept.indices)) }
        case .withoutContaining:
            matrices = places.indices.map { term in
                let containing = containment.containing(term).flatMap { places[$0] }
                return geometry.lastRows(
                    places[term], before: containing, isContained: !containment.containing(term).isEmpty)
            }
        case .balanced:
            let containment = TermContainment(design, isLinearModel: false)
            matrices = try BalancedHypotheses(design, containment, geometry).matrices()
        }
        return zip(containment.terms, matrices).map { LinearHypothesis(label: $0.label, matrix: $1) }
    }
}

extension FixedEffectsGeometry {
    /// The rows of some coefficients given all others but those that come after them.
    fileprivate func lastRows(_ own: [Int], before later: [Int], isContained: Bool) -> Matrix {
        let all = Array(kept.indices)
        guard isContained else {
            return Matrix.identity(kept.count).selecting(rows: own, columns: all)
        }
        let moved = Set(own + later)
        let order = all.filter { !moved.contains($0) } + own + later.sorted()
        let factor = keptCoordinates.selecting(rows: all, columns: order).unitTriangularFactor
        var result = Matrix(rows: own.count, columns: kept.count)
        let first = order.count - own.count - later.count
        for row in own.indices {
            for (place, column) in order.enumerated() { result[row, column] = factor[first + row, place] }
        }
        return result
    }
}
