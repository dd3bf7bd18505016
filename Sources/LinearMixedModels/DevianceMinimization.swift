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
    /// *g'H⁻¹g*: twice what a further Newton step could gain, and the squared distance to the optimum in standard errors;
    /// after a last step with estimated traces the bound on what that step leaves.
    var newtonDecrement: Double
    /// The smallest eigenvalue of the Hessian over the largest.
    var smallestCurvature: Double
    /// The smallest eigenvalue of the score over directions without variance, relative to the score.
    var smallestBoundaryScore: Double?
    /// The terms whose variances can be traded for each other without changing the objective.
    var interchangeableTerms: [Int]
    /// How far rounding may have moved the objective.
    var rounding: Double
    var hasConverged: Bool
    /// Whether the search was stopped before its end.
    var wasInterrupted = false

    /// Whether it is lower by more than rounding, or as low and certified where the other is not.
    func isBetter(than other: DevianceMinimum) -> Bool {
        let difference = deviance - other.deviance
        let noise = 10 * max(rounding, other.rounding)
        if hasConverged != other.hasConverged, abs(difference) <= noise { return hasConverged }
        return difference < 0
    }

    /// The terms with directions without variance.
    var singularTerms: [Int] {
        chart.terms.indices.filter { chart.terms[$0].hasFlooredPivots }
    }
}

/// How a minimisation stops and chooses its Hessian.
struct MinimizationSettings: Sendable {
    /// A predicted decrease of the deviance below this ends the iteration: the next step would change no digit.
    var tolerance = 1e-14
    /// The same where the exact Hessian costs as much as several gradients: certified, and one more step is taken unseen.
    var largeBorderTolerance = 5e-11
    /// The same while the Hessian is approximate; an exact one takes over from here. Approximate steps leave a thousandth of
    /// the decrease or less, so that the first exact expansion usually is the last.
    var approximateTolerance = 1e-6
    /// Below this predicted decrease, a twentieth of a standard error, the traces of an exact Hessian count as settled.
    var settledDecrease = 2.5e-3
    /// A decrement up to this certifies an optimum: every parameter within 10⁻⁵ of its standard error.
    var certifiedDecrement = 1e-10
    var iterationLimit = 100
    /// Borders up to this size get the exact Hessian at every step.
    var largestExactBorder = 250
    /// Whether the descent begins with scoring steps, as far from the optimum it should.
    var beginsWithScoring = true
    /// Whether the start is within a few hundredths of a standard error, so that one Hessian, the traces of a large border
    /// estimated, serves to the end.
    var beginsNearOptimum = false
    /// Pivots whose share of a level's information is below this are told from zero by their score only.
    var floorInformation = Self.floorInformation
    static let floorInformation = 1e-7
}

extension MinimizationSettings {
    /// For a search that begins near the optimum: certified at a decrement below 10⁻¹⁰, and the step after that is taken
    /// unseen.
    static var refit: MinimizationSettings { .init(tolerance: 5e-11, beginsWithScoring: false) }
    /// For a deviance alone, which the certified optimum misses by less than 10⁻⁹.
    static var likelihoodRatio: MinimizationSettings {
        .init(tolerance: 1e-9, largeBorderTolerance: 1e-9, beginsWithScoring: false)
    }
}

extension ProfiledDeviance {
    /// Minimises the objective.
    ///
    /// - Parameter start: Where to begin; found by moments when `nil`.
    /// - Returns: `nil` when no starting value has a finite objective.
    func minimize(
        startingFrom start: [Matrix]? = nil, settings: MinimizationSettings = .init()
    ) -> DevianceMinimum? {
        // A response that is not centred gives random effects a mean to explain, and with it several local minima.
        let triesAll = products.transform.constantCombination == nil && !terms.isEmpty
        var best: DevianceMinimum?
        for start in [start, momentStart(), terms.map { .identity($0.columnCount) }] {
            if isStopped {
                best?.wasInterrupted = true
                return best
            }
            guard let start, let minimum = descend(from: start, settings: settings) else { continue }
            if let known = best, !minimum.isBetter(than: known) { continue }
            best = minimum
            if minimum.hasConverged, !triesAll { return minimum }
        }
        if let best, best.wasInterrupted { return best }
        // Where the lowest is not certified it is where to go on from, and what there is if that does not help.
        guard let last = best, !last.hasConverged else { return best }
        guard let again = descend(from: last.relativeFactors, settings: settings), again.isBetter(than: last) else {
            return last
        }
        return again
    }

    /// Minimises the objective from given relative factors.
    func descend(from start: [Matrix], settings: MinimizationSettings) -> DevianceMinimum? {
        let floors = floors(information: settings.floorInformation)
        let isSmall = plan.borderSize <= settings.largestExactBorder
        let tolerance = isSmall ? settings.tolerance : settings.largeBorderTolerance
        var curvature: DevianceExpansion.Curvature =
            settings.beginsNearOptimum ? .estimatedTraces : isSmall ? .exact : .averageInformation
        guard var here = iterate(at: start, floors: floors, curvature: curvature) else { return nil }
        // Many levels determine their moments so well that Newton's method is at home from the start.
        if isSmall, settings.beginsWithScoring { here = scored(here, floors: floors) }
        var radius = 0.7
        var hasConverged = false
        var remainder: Double?
        for _ in 0..<settings.iterationLimit {
            if isStopped { break }
            guard let model = here.model(radius: radius) else {
                // Every variance is zero and its score says so; the exact Hessian is still owed to the caller.
                hasConverged = here.isExact
                if hasConverged { break }
                curvature = .exact
                guard let exact = iterate(at: here.chart.relativeFactors(), floors: floors, curvature: .exact) else {
                    break
                }
                here = exact
                continue
            }
            if here.isExact, model.predictedDecrease < tolerance {
                hasConverged = true
                break
            }
            if let left = here.decrementAfter(model), left < settings.certifiedDecrement {
                remainder = left
                hasConverged = true
                break
            }
            if !here.isExact, model.predictedDecrease < settings.approximateTolerance { curvature = .exact }
            watch?.note(decrement: 2 * model.predictedDecrease, goal: 2 * tolerance)
            let target = here.chart.relativeFactors(after: Array(zip(here.free, model.step)))
            // The traces of a large border cost more than a step, and close to the optimum they no longer change.
            let known = isSmall || model.predictedDecrease > settings.settledDecrease ? nil : here.settledTraces
            guard
                let next = iterate(
                    at: target, floors: floors, curvature: known == nil ? curvature : .averageInformation, traces: known
                )
            else {
                radius = 0.25 * model.length
                continue
            }
            let outcome = Self.judge(next, after: model, from: here, settings: settings)
            if outcome == .exhausted {
                hasConverged = here.isExact && 2 * model.predictedDecrease < settings.certifiedDecrement
                break
            }
            if outcome == .poor || outcome == .rejected { radius = 0.3 * model.length }
            if outcome == .good, model.isAtBound { radius *= 2.5 }
            if outcome != .rejected { here = next }
        }
        var result = minimum(here, radius: radius, hasConverged: hasConverged, decrementAfterStep: remainder)
        result.wasInterrupted = !hasConverged && isStopped
        return result
    }

    /// Whether the search is to end where it is; least squares have none.
    private var isStopped: Bool { !terms.isEmpty && watch?.isStopped ?? false }

    /// How the objective at a new point compares with what the model promised.
    private enum Outcome {
        case good, fair, poor, rejected
        /// Neither the objective nor its gradient can be improved any further in double precision.
        case exhausted
    }

    private static func judge(
        _ next: DescentIterate, after model: TrustRegionStep, from here: DescentIterate, settings: MinimizationSettings
    ) -> Outcome {
        let rounding = here.rounding
        if model.predictedDecrease < 100 * rounding {
            // Below the rounding of the objective the gradient tells progress better than the objective does.
            if !here.isExact { return .fair }
            let further = next.model(radius: .infinity)?.predictedDecrease ?? 0
            return further < model.predictedDecrease ? .fair : .exhausted
        }
        let ratio = (here.deviance - next.deviance) / model.predictedDecrease
        if ratio > 0.75 { return .good }
        if ratio > 0.25 { return .fair }
        return ratio > 1e-4 ? .poor : .rejected
    }

    /// Steps of Fisher's scoring while they help: one for scalar terms, two where correlations are to be found as well.
    private func scored(_ start: DescentIterate, floors: [Double]) -> DescentIterate {
        var here = start
        for _ in 0..<(terms.contains { $0.columnCount > 1 } ? 2 : 1) where !isStopped {
            guard let target = here.expansion.scoringStep(from: here.chart.relativeFactors()),
                let next = iterate(at: target, floors: floors, curvature: .exact), next.deviance < here.deviance
            else { return here }
            here = next
        }
        return here
    }

    /// The chart and the expansion around some relative factors.
    private func iterate(
        at relativeFactors: [Matrix], floors: [Double], curvature: DevianceExpansion.Curvature,
        traces known: (chart: CovarianceChart, traces: Matrix)? = nil
    ) -> DescentIterate? {
        let chart = CovarianceChart(around: relativeFactors, floors: floors)
        // Traces of another order of pivots are those of other directions.
        let isSameFrame = known.map { $0.chart.hasFrame(of: chart) } ?? true
        watch?.begin(evaluation: evaluationCount + 1)
        guard
            var expansion = expansion(at: chart.relativeFactors(), curvature: isSameFrame ? curvature : .exact)
        else { return nil }
        if let known, isSameFrame { expansion.traces = known.traces }
        let result = DescentIterate(
            chart: chart, expansion: expansion,
            responseSquare: products.fixed[products.fixedColumnCount, products.fixedColumnCount])
        watch?.note(criterion: result.deviance)
        keep(result)
        return result
    }

    /// Keeps the best point with what has been found there, if the search can be stopped before the next is found.
    private func keep(_ point: DescentIterate) {
        guard factorization.stop != nil, point.deviance < kept?.minimum.deviance ?? .infinity else { return }
        var minimum = minimum(
            point, model: point.model(radius: .infinity), relativeFactors: point.chart.relativeFactors(),
            deviance: point.deviance, hasConverged: false)
        minimum.wasInterrupted = true
        kept = KeptPoint(
            minimum: minimum, parts: solvedParts(point.expansion.value, point.expansion, coefficientSensitivity()))
    }

    /// - Parameter remainder: What the decrement is at most after the last step, where that is known.
    private func minimum(
        _ last: DescentIterate, radius: Double, hasConverged: Bool, decrementAfterStep remainder: Double?
    ) -> DevianceMinimum {
        var relative = last.chart.relativeFactors()
        var deviance = last.deviance
        let model = last.model(radius: radius)
        // The last step and the zeros of the boundary are taken without another expansion; a step of less than 10⁻¹² standard
        // errors changes no digit.
        var step: [(CovarianceChart.Parameter, Double)] = []
        if hasConverged, let model, model.predictedDecrease > 1e-24 { step = Array(zip(last.free, model.step)) }
        if !step.isEmpty || last.chart.terms.contains(where: \.hasFlooredPivots) {
            let final = last.chart.relativeFactors(after: step, zeroingFloored: true)
            if let value = value(at: final) {
                relative = final
                deviance = value.deviance
            }
        }
        return minimum(
            last, model: model, decrement: remainder, relativeFactors: relative, deviance: deviance,
            hasConverged: hasConverged)
    }

    private func minimum(
        _ last: DescentIterate, model: TrustRegionStep?, decrement: Double? = nil, relativeFactors: [Matrix],
        deviance: Double, hasConverged: Bool
    ) -> DevianceMinimum {
        DevianceMinimum(
            relativeFactors: relativeFactors, deviance: deviance, chart: last.chart, expansion: last.expansion,
            newtonDecrement: decrement ?? 2 * max(0, model?.predictedDecrease ?? 0),
            smallestCurvature: model.map { $0.largestEigenvalue > 0 ? $0.smallestEigenvalue / $0.largestEigenvalue : 0 }
                ?? 1,
            smallestBoundaryScore: last.smallestBoundaryScore,
            interchangeableTerms: last.interchangeableTerms(model), rounding: last.rounding, hasConverged: hasConverged)
    }
}

extension CovarianceChart {
    /// Whether both have the same rows in the same order and the same floored pivots.
    func hasFrame(of other: CovarianceChart) -> Bool {
        zip(terms, other.terms).allSatisfy { $0.pivots == $1.pivots && $0.firstFloored == $1.firstFloored }
    }

    /// How far below zero a boundary score may be, relative to the score, and still count as rounding.
    private static let boundaryTolerance = 1e-6

    /// The terms whose directions without variance stay so, because more variance would fit worse; and the smallest
    /// relative eigenvalue of their scores.
    func termsHeldAtBoundary(_ expansion: DevianceExpansion) -> (terms: Set<Int>, smallestScore: Double?) {
        var held: Set<Int> = []
        var smallest: Double?
        for (index, term) in terms.enumerated() where term.hasFlooredPivots {
            let floored = Array(term.firstFloored..<term.lower.rowCount)
            let score = expansion.scores[index].selecting(rows: floored, columns: floored)
            guard let eigen = SymmetricEigendecomposition(score) else { continue }
            let scale = max(eigen.values.map(abs).max() ?? 0, .leastNormalMagnitude)
            let relative = (eigen.values.first ?? 0) / scale
            if relative >= -Self.boundaryTolerance {
                held.insert(index)
                smallest = min(smallest ?? relative, relative)
            }
        }
        return (held, smallest)
    }
}

/// A point of the descent with its quadratic model, over the parameters that are free to move there.
private struct DescentIterate {
    let chart: CovarianceChart
    let expansion: DevianceExpansion
    /// The parameters that the boundary does not hold.
    let free: [CovarianceChart.Parameter]
    /// The smallest relative eigenvalue of the scores that the boundary holds against.
    let smallestBoundaryScore: Double?
    private let gradient: [Double]
    private let hessian: Matrix

    var deviance: Double { expansion.value.deviance }
    /// How far rounding may move the objective: *r²* is what cancellation leaves of *y'y*.
    let rounding: Double
    var isExact: Bool { expansion.traces != nil }
    /// The traces of an exact Hessian here or near by.
    var settledTraces: (chart: CovarianceChart, traces: Matrix)? { expansion.traces.map { (chart, $0) } }

    /// - Parameter responseSquare: *ỹ'ỹ*.
    init(chart: CovarianceChart, expansion: DevianceExpansion, responseSquare: Double) {
        let rows = expansion.residualRows
        rounding =
            1e-13 * (abs(expansion.value.deviance) + rows)
            + 2e-17 * rows * responseSquare / expansion.value.residualSumOfSquares
        let held = chart.termsHeldAtBoundary(expansion)
        self.chart = chart
        self.expansion = expansion
        free = chart.parameters.filter { parameter in
            !(held.terms.contains(parameter.term) && parameter.column >= chart.terms[parameter.term].firstFloored)
        }
        smallestBoundaryScore = held.smallestScore
        (gradient, hessian) = expansion.derivatives(along: free.map { chart.tangent(of: $0) })
    }

    /// The terms along whose parameters the objective is flat, if there are any.
    ///
    /// Inside the parameter space that is a direction without curvature; on the boundary it is a variance whose score is
    /// nothing but rounding, together with the terms it is exchanged for.
    func interchangeableTerms(_ model: TrustRegionStep?) -> [Int] {
        if let flat = model?.flatDirection {
            let largest = flat.map(abs).max() ?? 0
            return Set(zip(free, flat).filter { abs($0.1) > 0.1 * largest }.map(\.0.term)).sorted()
        }
        guard let flat = chart.terms.indices.first(where: { expansion.isBoundaryScoreFlat(of: chart, term: $0) }) else {
            return []
        }
        return chart.terms.indices.filter { $0 == flat || expansion.traceCorrelation(of: flat, with: $0) > 0.9 }
    }

    /// What the decrement is at most after a whole step, where the traces are estimated.
    ///
    /// The step leaves what the Hessian is wrong by of the distance *√D* to the optimum, and by the curvature's own change
    /// a part of that distance that is itself no more than *√D*: the decrement is *(ε√D + D)²*. The error *ε* of the
    /// Hessian, relative to it, is three of its standard errors as the groups of probes show them.
    func decrementAfter(_ step: TrustRegionStep) -> Double? {
        let samples = expansion.traceSamples
        guard samples.count > 1, !step.isAtBound, step.smallestEigenvalue > 0,
            let inverse = CholeskyDecomposition(hessian)?.inverse
        else { return nil }
        let tangents = free.map { chart.tangent(of: $0) }
        var squares = 0.0
        for sample in samples {
            var own = expansion
            own.traces = sample
            let relative = inverse * (own.derivatives(along: tangents).hessian - hessian)
            squares += relative.inner(relative.transposed)
        }
        let error = 3 * (squares / Double(samples.count * (samples.count - 1))).squareRoot()
        let decrement = 2 * max(0, step.predictedDecrease)
        let distance = error * decrement.squareRoot() + decrement
        return distance * distance
    }

    /// The step that the quadratic model asks for; `nil` when nothing is free.
    func model(radius: Double) -> TrustRegionStep? {
        guard !free.isEmpty else { return nil }
        return TrustRegionStep(
            gradient: gradient, hessian: hessian, radius: radius, size: max(1, Double(free.count).squareRoot()),
            frame: chart.frame(of: free))
    }
}
