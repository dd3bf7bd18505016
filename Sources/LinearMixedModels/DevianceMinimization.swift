// Newton's method in a trust region, on a chart that is drawn anew at every step.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The minimum of a profiled deviance, with what proves that it is one.
struct DevianceMinimum {
    /// λ of each term, with exact zeros where there is no variance.
    var relativeFactors: [Matrix]
    /// The objective there.
    var deviance: Double
    /// The chart around the last expansion; its floored pivots are zero in `relativeFactors`.
    var chart: CovarianceChart
    /// The expansion at the centre of that chart, with exact curvature.
    var expansion: DevianceExpansion
    /// *g'H⁻¹g*: twice what a further Newton step could gain, and the squared distance to the optimum in standard errors.
    var newtonDecrement: Double
    /// The smallest eigenvalue of the Hessian over the largest.
    var smallestCurvature: Double
    /// The smallest eigenvalue of the score over directions without variance, relative to the score.
    var smallestBoundaryScore: Double?
    /// A direction of the parameters along which the objective is flat.
    var flatDirection: [(parameter: CovarianceChart.Parameter, weight: Double)]?
    var hasConverged: Bool

    /// The terms with directions without variance.
    var singularTerms: [Int] {
        chart.terms.indices.filter { chart.terms[$0].hasFlooredPivots }
    }
}

/// How a minimisation stops and chooses its Hessian.
struct MinimizationSettings: Sendable {
    /// A predicted decrease of the deviance below this ends the iteration.
    var tolerance = 1e-14
    /// The same while the Hessian is approximate; an exact one takes over from here.
    var approximateTolerance = 1e-9
    var iterationLimit = 100
    /// Borders up to this size get the exact Hessian at every step.
    var largestExactBorder = 250
    /// Pivots whose share of a level's information is below this are told from zero by their score only.
    var floorInformation = 1e-7
}

extension ProfiledDeviance {
    /// Minimises the objective.
    ///
    /// - Returns: `nil` when no starting value has a finite objective.
    func minimize(settings: MinimizationSettings = .init()) -> DevianceMinimum? {
        if let minimum = descend(from: momentStart(), settings: settings), minimum.hasConverged { return minimum }
        return descend(from: unitStart(), settings: settings)
    }

    private func unitStart() -> [Matrix] { terms.map { .identity($0.columnCount) } }

    /// The smallest pivot of each term that is told from zero: its contribution to a level's information is negligible.
    private func floors(_ settings: MinimizationSettings) -> [Double] {
        terms.map { term in
            let factor = products.factors[term.factor]
            let width = factor.columnCount
            var total = 0.0
            for level in 0..<factor.levelCount {
                for column in term.columnOffset..<term.columnOffset + term.columnCount {
                    total += factor.diagonalBlocks[level * width * width + column * (width + 1)]
                }
            }
            let mean = total / Double(max(factor.levelCount * term.columnCount, 1))
            return mean > 0 ? (settings.floorInformation / mean).squareRoot() : 1e-4
        }
    }

    func descend(from start: [Matrix], settings: MinimizationSettings) -> DevianceMinimum? {
        let floors = floors(settings)
        var curvature: DevianceExpansion.Curvature =
            plan.borderSize <= settings.largestExactBorder ? .exact : .averageInformation
        var chart = CovarianceChart(around: start, floors: floors)
        guard var expansion = expansion(at: chart.relativeFactors(), curvature: curvature) else { return nil }
        var radius = 0.7 * max(1, chart.norm)
        var state = LocalState(chart: chart, expansion: expansion, radius: radius)
        var hasConverged = false
        for _ in 0..<settings.iterationLimit {
            guard let model = state.model else {
                hasConverged = expansion.traces != nil
                if hasConverged { break }
                curvature = .exact
                guard let exact = self.expansion(at: chart.relativeFactors(), curvature: .exact) else { break }
                expansion = exact
                state = LocalState(chart: chart, expansion: expansion, radius: radius)
                continue
            }
            let isExact = expansion.traces != nil
            if isExact, model.predictedDecrease < settings.tolerance {
                hasConverged = true
                break
            }
            let polishes = !isExact && model.predictedDecrease < settings.approximateTolerance
            if polishes { curvature = .exact }
            let candidate = CovarianceChart(
                around: chart.relativeFactors(after: Array(zip(state.free, model.step))), floors: floors)
            guard let next = self.expansion(at: candidate.relativeFactors(), curvature: curvature) else {
                radius = 0.25 * model.length
                state = LocalState(chart: chart, expansion: expansion, radius: radius)
                continue
            }
            let nextState = LocalState(chart: candidate, expansion: next, radius: radius)
            let decrease = expansion.value.deviance - next.value.deviance
            let noise = 1e-13 * (abs(expansion.value.deviance) + expansion.residualRows)
            var ratio = decrease / model.predictedDecrease
            if model.predictedDecrease < 100 * noise {
                // Below the rounding noise of the objective, the gradient tells progress better than the objective.
                let before = model.predictedDecrease
                let after = nextState.model?.predictedDecrease ?? 0
                if polishes || after < before {
                    ratio = 1
                } else {
                    // Neither the objective nor the gradient can be improved any further.
                    hasConverged = isExact && model.predictedDecrease < max(5e-11, 10 * noise)
                    if hasConverged { break }
                    ratio = 0
                }
            }
            if ratio < 0.25 {
                radius = 0.3 * model.length
            } else if ratio > 0.75, model.isAtBound {
                radius *= 2.5
            }
            if ratio > 1e-4 {
                chart = candidate
                expansion = next
            }
            state = LocalState(chart: chart, expansion: expansion, radius: radius)
            if radius < 1e-14 { break }
        }
        return minimum(chart: chart, expansion: expansion, state: state, hasConverged: hasConverged)
    }

    private func minimum(
        chart: CovarianceChart, expansion: DevianceExpansion, state: LocalState, hasConverged: Bool
    ) -> DevianceMinimum {
        var relative = chart.relativeFactors()
        var deviance = expansion.value.deviance
        if chart.terms.contains(where: \.hasFlooredPivots) {
            let zeroed = chart.relativeFactors(zeroingFloored: true)
            if let value = value(at: zeroed) {
                relative = zeroed
                deviance = value.deviance
            }
        }
        let model = state.model
        return DevianceMinimum(
            relativeFactors: relative, deviance: deviance, chart: chart, expansion: expansion,
            newtonDecrement: 2 * max(0, model?.predictedDecrease ?? 0),
            smallestCurvature: model.map { $0.largestEigenvalue > 0 ? $0.smallestEigenvalue / $0.largestEigenvalue : 0 } ?? 1,
            smallestBoundaryScore: state.smallestBoundaryScore,
            flatDirection: model?.flatDirection.map { Array(zip(state.free, $0)).map { (parameter: $0.0, weight: $0.1) } },
            hasConverged: hasConverged)
    }
}

/// The quadratic model at a point, over the parameters that are free to move there.
private struct LocalState {
    /// The parameters that the boundary does not hold.
    let free: [CovarianceChart.Parameter]
    /// The step the model asks for; `nil` when nothing is free.
    let model: TrustRegionStep?
    /// The smallest relative eigenvalue of the scores that the boundary holds against.
    let smallestBoundaryScore: Double?

    /// How far below zero a boundary score may be, relative to the score, and still count as rounding.
    static let boundaryTolerance = 1e-6

    init(chart: CovarianceChart, expansion: DevianceExpansion, radius: Double) {
        var held: Set<Int> = []
        var smallest: Double?
        for (index, term) in chart.terms.enumerated() where term.hasFlooredPivots {
            let floored = Array(term.firstFloored..<term.lower.rowCount)
            let score = expansion.scores[index].selecting(rows: floored, columns: floored)
            guard let eigen = SymmetricEigendecomposition(score) else { continue }
            // Relative to the largest score that this many levels could show: J pivots of floor size.
            let scale = max(eigen.values.map(abs).max() ?? 0, .leastNormalMagnitude)
            let relative = (eigen.values.first ?? 0) / scale
            if relative >= -Self.boundaryTolerance {
                held.insert(index)
                smallest = min(smallest ?? relative, relative)
            }
        }
        free = chart.parameters.filter { parameter in
            !(held.contains(parameter.term) && parameter.column >= chart.terms[parameter.term].firstFloored)
        }
        smallestBoundaryScore = smallest
        guard !free.isEmpty else {
            model = nil
            return
        }
        let derivatives = expansion.derivatives(along: free.map { chart.tangent(of: $0) })
        model = TrustRegionStep(
            gradient: derivatives.gradient, hessian: derivatives.hessian, radius: radius, size: chart.norm)
    }
}
