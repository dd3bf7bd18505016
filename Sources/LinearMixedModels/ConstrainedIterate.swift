// A point of a constrained search with its quadratic model, in coordinates that keep the constraint.

internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A point that meets a constraint, and the expansion of the deviance along the coordinates that are free.
struct ConstrainedIterate {
    let chart: CovarianceChart
    let expansion: DevianceExpansion
    let logScale: Double
    let deviance: Double
    /// The derivative by the value that is held.
    let slope: Double
    private let moves: [Move]
    private let gradient: [Double]
    private let hessian: Matrix
    private let constraint: LikelihoodConstraint

    /// One free coordinate: how it moves the entries of the chart.
    private struct Move {
        /// Entries and their derivatives.
        var entries: [(parameter: CovarianceChart.Parameter, rate: Double)]
        /// The second derivative of the entries over the first: 1 for the logarithm of a length, −1 for *log σ* where a
        /// length is over σ, else 0.
        var bend: Double
        /// Whether the coordinate is *log σ* itself.
        var isLogScale = false
    }

    /// - Parameter rows: *n*, which σ² is profiled by.
    init(
        chart: CovarianceChart, expansion: DevianceExpansion, logScale: Double, constraint: LikelihoodConstraint,
        rows: Double
    ) {
        let holdsScale = constraint.holdsScale
        let expansion = holdsScale ? expansion.holdingScale(variance: exp(2 * logScale)) : expansion
        self.chart = chart
        self.expansion = expansion
        self.constraint = constraint
        self.logScale = holdsScale ? logScale : 0.5 * log(expansion.value.residualSumOfSquares / rows)
        deviance =
            holdsScale ? expansion.value.deviance(logScale: logScale, rows: rows) : expansion.value.deviance
        moves = Self.moves(chart, expansion: expansion, constraint)

        let tangents = moves.map { Self.tangents(of: $0.entries, chart) }
        var (gradient, hessian) = expansion.derivatives(along: tangents, profiledScale: !holdsScale)
        let share = expansion.value.residualSumOfSquares * exp(-2 * self.logScale)
        for (index, move) in moves.enumerated() where move.bend != 0 || move.isLogScale {
            let entryGradient = gradient[index]
            hessian[index, index] += move.bend * entryGradient
            guard move.isLogScale else { continue }
            gradient[index] += 2 * rows - 2 * share
            hessian[index, index] += 4 * share
            for (other, tangent) in tangents.enumerated() {
                let mixed = 2 * expansion.quadraticForm(along: tangent) * exp(-2 * self.logScale)
                hessian[index, other] += mixed
                hessian[other, index] += mixed
            }
        }
        self.gradient = gradient
        self.hessian = hessian

        switch constraint {
        case .none, .noDeviation: slope = 0
        case .logScale: slope = 2 * rows - 2 * share
        case .deviation(let term, _, let value):
            let first = CovarianceChart.Parameter(term: term, row: 0, column: 0)
            let tangent = Self.tangents(of: [(first, chart.terms[term].lower[0, 0] / value)], chart)
            slope = expansion.derivatives(along: [tangent], profiledScale: false).gradient[0]
        case .correlation(let term, _, _, let value):
            let lower = chart.terms[term].lower
            let length = (lower[1, 0] * lower[1, 0] + lower[1, 1] * lower[1, 1]).squareRoot()
            let tangent = Self.tangents(
                of: [
                    (.init(term: term, row: 1, column: 0), length),
                    (.init(term: term, row: 1, column: 1), -length * value / (1 - value * value).squareRoot()),
                ], chart)
            slope = expansion.derivatives(along: [tangent]).gradient[0]
        }
    }

    /// The free coordinates: what neither the constraint nor the boundary holds.
    private static func moves(
        _ chart: CovarianceChart, expansion: DevianceExpansion, _ constraint: LikelihoodConstraint
    ) -> [Move] {
        let held = chart.termsHeldAtBoundary(expansion)
        var moves: [Move] = []
        for parameter in chart.parameters {
            if held.terms.contains(parameter.term), parameter.column >= chart.terms[parameter.term].firstFloored {
                continue
            }
            let entry = chart.terms[parameter.term].lower[parameter.row, parameter.column]
            switch constraint {
            case .noDeviation(term: parameter.term, row: chart.terms[parameter.term].pivots[parameter.row]): continue
            case .deviation(term: parameter.term, row: _, value: _) where parameter.row == 0:
                moves.append(Move(entries: [(parameter, -entry)], bend: -1, isLogScale: true))
            case .correlation(term: parameter.term, row: _, other: _, value: _) where parameter.row == 0:
                moves.append(Move(entries: [(parameter, entry)], bend: 1))
            case .correlation(term: parameter.term, row: _, other: _, value: _) where parameter.row == 1:
                guard parameter.column == 0 else { continue }
                let second = CovarianceChart.Parameter(term: parameter.term, row: 1, column: 1)
                let other = chart.terms[parameter.term].lower[1, 1]
                moves.append(Move(entries: [(parameter, entry), (second, other)], bend: 1))
            default:
                moves.append(Move(entries: [(parameter, 1)], bend: 0))
            }
        }
        return moves
    }

    private static func tangents(
        of entries: [(parameter: CovarianceChart.Parameter, rate: Double)], _ chart: CovarianceChart
    ) -> DevianceExpansion.Tangent {
        var sum: DevianceExpansion.Tangent?
        for (parameter, rate) in entries {
            let tangent = chart.tangent(of: parameter)
            let scaled = rate * tangent.logarithmic
            sum = .init(term: tangent.term, logarithmic: sum.map { $0.logarithmic + scaled } ?? scaled)
        }
        return sum ?? .init(term: 0, logarithmic: Matrix(rows: 0, columns: 0))
    }

    /// The step that the quadratic model asks for; `nil` when nothing is free.
    func model(radius: Double) -> TrustRegionStep? {
        guard !moves.isEmpty else { return nil }
        return TrustRegionStep(gradient: gradient, hessian: hessian, radius: radius, size: max(1, chart.norm))
    }

    /// The state after a step of the free coordinates.
    func state(after step: [Double]) -> ConstrainedState {
        var changes: [(CovarianceChart.Parameter, Double)] = []
        var logScale = logScale
        for (move, length) in zip(moves, step) {
            // No length changes by more than a factor of e² at once, and none changes its sign.
            let bounded = move.bend == 0 ? length : min(max(length, -2), 2)
            let distance = move.bend == 0 ? bounded : (exp(move.bend * bounded) - 1) / move.bend
            for (parameter, rate) in move.entries { changes.append((parameter, rate * distance)) }
            if move.isLogScale { logScale += bounded }
        }
        return ConstrainedState(relativeFactors: chart.relativeFactors(after: changes), logScale: logScale)
    }
}
