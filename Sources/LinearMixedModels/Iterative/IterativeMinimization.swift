// Newton's method on a score whose traces are estimated with probes that stay the same for every θ.

internal import MixedDesign
internal import MixedLinearAlgebra

/// How an iterative minimisation stops.
struct IterativeSettings: Sendable {
    /// The Monte Carlo error that is aimed for, as a share of a standard error.
    var monteCarloError = 0.01
    /// Random probes of each factor to begin with; all unit vectors, and so exact traces, where `nil`.
    var probes: Int? = 8
    var largestProbeCount = 512
    /// A decrement below this ends the iteration: every parameter is within a thousandth of its standard error of the
    /// root of the estimated score, and one more step is taken.
    var tolerance = 1e-6
    /// Of the solves: the residual over the right-hand side.
    var solveTolerance = 1e-7
    var probeTolerance = 1e-6
    /// Of the solves at the end, from which the estimates are.
    var finalTolerance = 1e-11
    var informationTolerance = 1e-8
    var iterationLimit = 50
    /// Pivots whose share of a level's information is below this are told from zero by their score only. No number of
    /// levels that needs this path could tell them from zero otherwise.
    var floorInformation = 1e-4
    /// Random probes of the log-determinant.
    var determinantProbes = 16
}

/// The root of an estimated score.
struct IterativeMinimum {
    var relativeFactors: [Matrix]
    var chart: CovarianceChart
    var traces: TraceEstimate
    var newtonDecrement: Double
    var smallestCurvature: Double
    var smallestBoundaryScore: Double?
    /// How far the probes may have moved any combination of the variance parameters, in its standard errors.
    var monteCarloError: Double
    var probeCount: Int
    var hasConverged: Bool
    /// Whether the search was stopped before its end.
    var wasInterrupted = false

    /// The terms with directions without variance.
    var singularTerms: [Int] { chart.terms.indices.filter { chart.terms[$0].hasFlooredPivots } }
}

extension IterativeEquations {
    /// Finds the root of the score.
    ///
    /// - Returns: `nil` when the equations cannot be solved anywhere.
    func minimize(startingFrom start: [Matrix]? = nil, settings: IterativeSettings = .init()) -> IterativeMinimum? {
        let floors = floors(information: settings.floorInformation)
        let probes = ProbeSolutions(matrix, preconditioner, solver, probes: ScoreProbes(layout, count: settings.probes))
        var here: ScoreIterate?
        for start in [start, momentStart(), terms.map { .identity($0.columnCount) }] {
            guard here == nil, let start, !isStopped else { continue }
            here = iterate(at: start, floors: floors, probes, settings)
        }
        guard var here else { return nil }
        keep(here, probes)
        var radius = 0.7
        var hasConverged = false
        for _ in 0..<settings.iterationLimit {
            if isStopped { break }
            guard let model = here.model(radius: radius) else {
                hasConverged = true
                break
            }
            if here.decrement < settings.tolerance {
                let error = here.monteCarloError ?? .infinity
                let count = probes.probes.randomCount
                guard error > settings.monteCarloError, count > 0, count < settings.largestProbeCount else {
                    hasConverged = true
                    break
                }
                // The error falls with the root of their number; what is aimed at leaves room for its own uncertainty.
                let ratio = error / (0.8 * settings.monteCarloError)
                let wanted = error.isFinite ? Int(min(Double(count) * ratio * ratio, 1e6).rounded(.up)) : 4 * count
                let added = min(max(wanted - count, 8), settings.largestProbeCount - count, 7 * count)
                probes.add((added + 7) / 8 * 8)
                guard let again = iterate(at: here.chart.relativeFactors(), floors: floors, probes, settings) else {
                    break
                }
                here = again
                keep(here, probes)
                radius = 0.7
                continue
            }
            // More probes or a factorisation may follow, so that nothing can be said of the rest.
            watch?.note(decrement: here.decrement, goal: nil)
            let target = here.chart.relativeFactors(after: Array(zip(here.free, model.step)))
            guard let next = iterate(at: target, floors: floors, probes, settings) else {
                radius = 0.25 * model.length
                continue
            }
            // Without the objective, progress is a score that vanishes.
            if next.decrement < here.decrement {
                if model.isAtBound { radius *= 2.5 }
                here = next
                keep(here, probes)
            } else {
                radius = 0.3 * model.length
                if radius < 1e-8 { break }
            }
        }
        var result = minimum(here, probes, hasConverged: hasConverged)
        result.wasInterrupted = !hasConverged && isStopped
        return result
    }

    private var isStopped: Bool { watch?.isStopped ?? false }

    /// Keeps a point with what has been found there, if the search can be stopped.
    private func keep(_ point: ScoreIterate, _ probes: ProbeSolutions) {
        guard watch?.canStop == true, let state else { return }
        var minimum = minimum(point, probes, hasConverged: false)
        minimum.wasInterrupted = true
        kept = (
            minimum, solvedParts(state, criterion: .nan, point.expansion, coefficientSensitivity(state))
        )
    }

    private func iterate(
        at relativeFactors: [Matrix], floors: [Double], _ probes: ProbeSolutions, _ settings: IterativeSettings
    ) -> ScoreIterate? {
        let chart = CovarianceChart(around: relativeFactors, floors: floors)
        watch?.begin(evaluation: evaluationCount + 1)
        guard let state = solve(at: chart.relativeFactors(), tolerance: settings.solveTolerance),
            let traces = probes.estimate(directions, tolerance: settings.probeTolerance),
            let expansion = expansion(state, traces: traces, tolerance: settings.solveTolerance)
        else { return nil }
        return ScoreIterate(chart: chart, expansion: expansion, traces: traces)
    }

    private func minimum(_ last: ScoreIterate, _ probes: ProbeSolutions, hasConverged: Bool) -> IterativeMinimum {
        let model = last.model(radius: .infinity)
        var step: [(CovarianceChart.Parameter, Double)] = []
        if hasConverged, let model { step = Array(zip(last.free, model.step)) }
        // The expansion is moved along with the step, which is a thousandth of a standard error.
        var chart = CovarianceChart(
            around: last.chart.relativeFactors(after: step), floors: last.chart.terms.map(\.floor))
        if !chart.hasFrame(of: last.chart) { chart = last.chart }
        return IterativeMinimum(
            relativeFactors: chart.relativeFactors(zeroingFloored: true), chart: chart,
            traces: last.traces, newtonDecrement: last.decrement,
            smallestCurvature: model.map { $0.largestEigenvalue > 0 ? $0.smallestEigenvalue / $0.largestEigenvalue : 0 }
                ?? 1,
            smallestBoundaryScore: last.smallestBoundaryScore, monteCarloError: last.monteCarloError ?? .infinity,
            probeCount: probes.probes.randomCount, hasConverged: hasConverged)
    }
}

/// A point of the search, over the parameters that are free to move there.
private struct ScoreIterate {
    let chart: CovarianceChart
    let expansion: DevianceExpansion
    let traces: TraceEstimate
    let free: [CovarianceChart.Parameter]
    let smallestBoundaryScore: Double?
    private let gradient: [Double]
    private let hessian: Matrix
    /// The covariance of the gradient over probes.
    private let gradientCovariance: Matrix
    /// *g'H⁻¹g*, twice what a Newton step promises.
    private(set) var decrement = 0.0

    init(chart: CovarianceChart, expansion: DevianceExpansion, traces: TraceEstimate) {
        self.chart = chart
        self.expansion = expansion
        self.traces = traces
        let held = chart.termsHeldAtBoundary(expansion)
        free = chart.parameters.filter { parameter in
            !(held.terms.contains(parameter.term) && parameter.column >= chart.terms[parameter.term].firstFloored)
        }
        smallestBoundaryScore = held.smallestScore
        let tangents = free.map { chart.tangent(of: $0) }
        (gradient, hessian) = expansion.derivatives(along: tangents)
        // A direction off the diagonal is met twice in ⟨Ĝ, S⟩.
        var weights = Matrix(rows: free.count, columns: expansion.directions.count)
        for (row, tangent) in tangents.enumerated() {
            for (index, weight) in expansion.coefficients(of: tangent) {
                let direction = expansion.directions[index]
                weights[row, index] = direction.first == direction.second ? weight : 2 * weight
            }
        }
        gradientCovariance = weights * traces.covariance * weights.transposed
        decrement = 2 * max(0, model(radius: .infinity)?.predictedDecrease ?? 0)
    }

    /// The step that the quadratic model asks for; `nil` when nothing is free.
    func model(radius: Double) -> TrustRegionStep? {
        guard !free.isEmpty else { return nil }
        return TrustRegionStep(
            gradient: gradient, hessian: hessian, radius: radius, size: max(1, Double(free.count).squareRoot()),
            frame: chart.frame(of: free))
    }

    /// The largest Monte Carlo error of any combination of the parameters over its standard error.
    ///
    /// With *Cov(θ̂_MC) = H⁻¹Var(g)H⁻¹* and *Cov(θ̂) = 2H⁻¹* it is the root of half the largest eigenvalue of *Var(g)* in
    /// the metric of *H*; `nil` where *H* is not positive definite.
    var monteCarloError: Double? {
        guard !free.isEmpty else { return 0 }
        guard let factor = CholeskyDecomposition(hessian)?.lower else { return nil }
        let count = free.count
        func solved(_ matrix: Matrix) -> Matrix? {
            var columns: [Double] = []
            for column in 0..<count {
                guard let solution = factor.solving(matrix.column(column)) else { return nil }
                columns += solution
            }
            return Matrix(rows: count, columns: count, columnMajor: columns)
        }
        guard let half = solved(gradientCovariance), var scaled = solved(half.transposed) else { return nil }
        scaled.symmetrizeFromLower()
        guard let largest = SymmetricEigendecomposition(scaled)?.values.last else { return nil }
        return (0.5 * max(largest, 0)).squareRoot()
    }
}
