// Naming what an optimum has on the boundary or leaves open.

internal import MixedDesign
internal import MixedLinearAlgebra

extension StoredOptimum {
    init(
        _ minimum: DevianceMinimum, design: ModelDesign, products: CrossProducts, evaluations: Int,
        computation: FitComputation
    ) {
        relativeFactors = minimum.relativeFactors
        expansionPoint = minimum.chart.relativeFactors()
        certificate = ConvergenceCertificate(
            newtonDecrement: minimum.newtonDecrement, smallestCurvature: minimum.smallestCurvature,
            smallestBoundaryScore: minimum.smallestBoundaryScore)
        singularDirections = Self.singularDirections(
            minimum.singularTerms, chart: minimum.chart, design: design, products: products)
        let terms = design.randomTerms
        let interchangeable = minimum.interchangeableTerms
        let names = interchangeable.map { index in
            RandomTermLayout.label(
                terms[index].columnNames, of: design.groupingFactors[terms[index].factorIndex].name)
        }
        unidentifiedDirections =
            interchangeable.isEmpty ? [] : [UnidentifiedDirection(terms: interchangeable, names: names)]
        hasConverged = minimum.hasConverged
        self.evaluations = evaluations
        self.computation = computation == .exact ? nil : computation
        estimates = nil
        wasInterrupted = minimum.wasInterrupted ? true : nil
    }

    init(
        _ minimum: IterativeMinimum, design: ModelDesign, products: CrossProducts, search: IterativeSearch,
        deviance: Double
    ) {
        relativeFactors = minimum.relativeFactors
        expansionPoint = minimum.chart.relativeFactors()
        certificate = ConvergenceCertificate(
            newtonDecrement: minimum.newtonDecrement, smallestCurvature: minimum.smallestCurvature,
            smallestBoundaryScore: minimum.smallestBoundaryScore)
        singularDirections = Self.singularDirections(
            minimum.singularTerms, chart: minimum.chart, design: design, products: products)
        unidentifiedDirections = []
        hasConverged = minimum.hasConverged
        evaluations = search.evaluations
        computation = .iterative(search)
        estimates = IterativeEstimates(traces: minimum.traces.values, deviance: deviance)
        wasInterrupted = minimum.wasInterrupted ? true : nil
    }

    /// The combinations of effects without variance of some terms.
    private static func singularDirections(
        _ singularTerms: [Int], chart: CovarianceChart, design: ModelDesign, products: CrossProducts
    ) -> [SingularDirection] {
        singularTerms.flatMap { index -> [SingularDirection] in
            let term = design.randomTerms[index]
            let group = design.groupingFactors[term.factorIndex]
            let scales = (0..<term.columnCount).map {
                products.factors[term.factorIndex].columnScales[term.columnOffset + $0]
            }
            return chart.terms[index].directionsWithoutVariance.map { weights in
                SingularDirection(
                    group: group.name, term: index, columnNames: term.columnNames,
                    weights: zip(weights, scales).map { $0 * $1 })
            }
        }
    }

    var status: ConvergenceStatus {
        if wasInterrupted == true { return .interrupted }
        guard hasConverged else {
            return .notConverged(
                reason: "the search stopped at a Newton decrement of \(certificate.newtonDecrement)")
        }
        if !unidentifiedDirections.isEmpty { return .unidentified(unidentifiedDirections) }
        return singularDirections.isEmpty ? .converged : .singular(singularDirections)
    }
}

extension CovarianceChart.TermChart {
    /// Combinations of the term's columns whose effects have no variance: the null vectors of *LL'*.
    ///
    /// With *L = [L₁ 0; L₂ 0]* in pivot order these are the columns of *[−L₁⁻ᵀL₂'; I]*.
    var directionsWithoutVariance: [[Double]] {
        let size = lower.rowCount
        return (firstFloored..<size).map { row in
            var vector = [Double](repeating: 0, count: size)
            vector[row] = 1
            for index in stride(from: firstFloored - 1, through: 0, by: -1) {
                var value = -lower[row, index]
                for other in index + 1..<max(firstFloored, index + 1) { value -= lower[other, index] * vector[other] }
                vector[index] = value / lower[index, index]
            }
            var result = [Double](repeating: 0, count: size)
            for (position, original) in pivots.enumerated() {
                result[original] = abs(vector[position]) < 1e-6 ? 0 : vector[position]
            }
            return result
        }
    }
}
