// The likelihood of a model under a linear hypothesis on its coefficients, and by either criterion.

internal import MixedDesign
public import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The smallest −2 log-likelihood of the model with *Lβ = 0*, by maximum likelihood.
    ///
    /// The columns become *XN* with *N* a basis of the null space of *L*; random effects stay as they are. Twice the
    /// difference to the unrestricted maximum is the likelihood-ratio statistic of the hypothesis, whatever the type of
    /// sum of squares it comes from.
    /// - **Shape:** `hypothesis` has one column for each coefficient that was estimated.
    /// - Complexity: O(*p³*), one pass over the cross-products and a few factorisations.
    /// - Throws: `FitError`.
    public func likelihoodDeviance(under hypothesis: Matrix, threads: Int = 2) throws(FitError) -> Double {
        try requireFactorization(for: .likelihoods)
        let basis = products.fixedColumnBasis()
        let kept = basis.estimated
        let scales = kept.map { products.transform.scales[$0] }
        var rows: [[Double]] = []
        for row in 0..<hypothesis.rowCount {
            rows.append(scales.indices.map { hypothesis[row, $0] / scales[$0] })
        }
        var space = OrthonormalRows()
        for row in rows { space.add(row) }
        // The constant first, so that all other columns stay centred on it.
        var columns: [[(column: Int, weight: Double)]] = []
        var constant: [Double]?
        if let combination = basis.constant {
            let scaled = zip(combination, scales).map { $0 * $1 }
            if space.remainder(of: scaled) > 1 - 1e-9, space.add(scaled) {
                columns.append(zip(kept, combination).compactMap { $1 == 0 ? nil : ($0, $1) })
                constant = []
            }
        }
        // Columns that the hypothesis leaves alone are taken as they are, then those with most left of them.
        var candidates: [[Double]] = []
        func take(_ vector: [Double]) {
            space.add(vector)
            columns.append(vector.indices.compactMap { vector[$0] == 0 ? nil : (kept[$0], vector[$0] / scales[$0]) })
        }
        for index in kept.indices {
            let unit = kept.indices.map { $0 == index ? 1.0 : 0.0 }
            if space.remainder(of: unit) == 1 { take(unit) } else { candidates.append(unit) }
        }
        while let best = candidates.indices.max(by: {
            space.remainder(of: candidates[$0]) < space.remainder(of: candidates[$1])
        }) {
            let candidate = candidates.remove(at: best)
            guard space.remainder(of: candidate) > 1e-7, let vector = space.orthonormalized(candidate) else { break }
            take(vector)
        }
        if constant != nil { constant = columns.indices.map { $0 == 0 ? 1 : 0 } }
        let restricted = products.restricted(
            to: CrossProductsRestriction(
                fixed: columns, constantCombination: constant,
                factors: products.factors.indices.map { factor in
                    .init(source: factor, columns: (0..<products.factors[factor].columnCount).map { [($0, 1)] })
                }, keepsFixedMoments: false))
        let deviance = ProfiledDeviance(
            restricted, terms: Self.layout(design), method: .likelihood, threads: threads)
        guard let minimum = deviance.minimize(startingFrom: optimum.relativeFactors) else { throw .noResidualVariance }
        return minimum.deviance
    }

    /// −2 log-likelihood, or −2 restricted log-likelihood, of the model fitted by a criterion.
    ///
    /// Of a linear model `criterion` is always the first; here its restricted likelihood can be had as well, which is
    /// what a mixed model fitted by REML is compared to.
    /// - Throws: `FitError`.
    public func deviance(by method: EstimationMethod, threads: Int = 2) throws(FitError) -> Double {
        try requireFactorization(for: .likelihoods)
        guard !hasRandomEffects else { return try refitting(method: method, threads: threads).criterion }
        guard method == .restrictedLikelihood else { return criterion }
        let deviance = ProfiledDeviance(products, terms: [], method: method, threads: threads)
        guard let value = deviance.value(at: []) else { throw .noResidualVariance }
        return value.deviance
    }
}

/// Orthonormal vectors that grow one by one.
private struct OrthonormalRows {
    private var vectors: [[Double]] = []

    /// The share of a vector's length that lies outside the span.
    func remainder(of vector: [Double]) -> Double {
        let length = Self.length(vector)
        return length > 0 ? Self.length(projectedOut(vector)) / length : 0
    }

    /// The part of a vector outside the span, with length 1; `nil` for a vector of the span.
    func orthonormalized(_ vector: [Double]) -> [Double]? {
        let length = Self.length(vector)
        // Twice is enough (Parlett): the second pass removes what rounding left.
        let rest = projectedOut(projectedOut(vector))
        let remaining = Self.length(rest)
        guard length > 0, remaining > 1e-10 * length else { return nil }
        return rest.map { $0 / remaining }
    }

    @discardableResult
    mutating func add(_ vector: [Double]) -> Bool {
        guard let unit = orthonormalized(vector) else { return false }
        vectors.append(unit)
        return true
    }

    private func projectedOut(_ vector: [Double]) -> [Double] {
        var rest = vector
        for unit in vectors {
            let share = zip(unit, rest).reduce(0) { $0 + $1.0 * $1.1 }
            guard share != 0 else { continue }
            for index in rest.indices { rest[index] -= share * unit[index] }
        }
        return rest
    }

    private static func length(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
