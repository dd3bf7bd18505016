// The deviance minimised while a standard deviation, a correlation or σ is held: what profiles of the likelihood are
// made of.

internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The minimum of the deviance under a constraint.
struct ConstrainedMinimum {
    var state: ConstrainedState
    /// −2 log-likelihood.
    var deviance: Double
    /// *r²* of the mapped response.
    var residualSumOfSquares: Double
    /// The derivative of the minimum by the value that is held: by *log σ*, the standard deviation or the correlation.
    var slope: Double
    var hasConverged: Bool
}

/// Minimises the deviance in (θ, σ) under a constraint by Newton's method with exact derivatives.
///
/// The constraint is met by the coordinates themselves. In a chart whose first rows are those of the constraint, the
/// standard deviation of the first row is *σ l₁₁*, and the correlation of the first two is *l₂₁ / √(l₂₁² + l₂₂²)*; the
/// free coordinates are the other entries, and logarithms of the lengths that stay free:
///
///     l₁₁ = (s/σ),   ∂l₁₁/∂log σ = −l₁₁;      (l₂₁, l₂₂) = e^μ (ρ, √(1 − ρ²))
///
/// - **Scale:** as `LikelihoodConstraint`.
struct ConstrainedDescent {
    let deviance: ProfiledDeviance
    private let floors: [Double]
    /// A predicted decrease of the deviance below this ends the search.
    private let tolerance = 1e-11
    private let iterationLimit = 60

    init(_ deviance: ProfiledDeviance) {
        self.deviance = deviance
        floors = deviance.floors()
    }

    /// The minimum found from a state that need not meet the constraint.
    ///
    /// - Returns: `nil` where the deviance is not finite.
    func minimum(under constraint: LikelihoodConstraint, from start: ConstrainedState) -> ConstrainedMinimum? {
        guard var here = iterate(at: start, constraint) else { return nil }
        var radius = 0.7 * max(1, here.chart.norm)
        var hasConverged = false
        for _ in 0..<iterationLimit {
            guard let model = here.model(radius: radius) else {
                hasConverged = true
                break
            }
            if model.predictedDecrease < tolerance {
                hasConverged = true
                break
            }
            guard let next = iterate(at: here.state(after: model.step), constraint) else {
                radius = 0.25 * model.length
                continue
            }
            let rounding = 1e-13 * (abs(here.deviance) + Double(deviance.residualRows))
            if model.predictedDecrease < 100 * rounding {
                let further = next.model(radius: .infinity)?.predictedDecrease ?? 0
                guard further < model.predictedDecrease else {
                    hasConverged = model.predictedDecrease < 1e-8
                    break
                }
                here = next
                continue
            }
            let ratio = (here.deviance - next.deviance) / model.predictedDecrease
            if ratio < 0.25 { radius = 0.3 * model.length }
            if ratio > 0.75, model.isAtBound { radius *= 2.5 }
            if ratio > 1e-4 { here = next }
        }
        return finished(here, constraint, hasConverged: hasConverged)
    }

    private func iterate(at state: ConstrainedState, _ constraint: LikelihoodConstraint) -> ConstrainedIterate? {
        let state = state.meeting(constraint, floors: floors)
        var leading: CovarianceChart.Leading?
        switch constraint {
        case .deviation(let term, let row, _): leading = .init(term: term, rows: [row])
        case .correlation(let term, let row, let other, _): leading = .init(term: term, rows: [row, other])
        case .none, .logScale, .noDeviation: break
        }
        let chart = CovarianceChart(around: state.relativeFactors, floors: floors, leading: leading)
        guard let expansion = deviance.expansion(at: chart.relativeFactors(), curvature: .exact) else { return nil }
        return ConstrainedIterate(
            chart: chart, expansion: expansion, logScale: state.logScale, constraint: constraint,
            rows: Double(deviance.residualRows))
    }

    private func finished(
        _ last: ConstrainedIterate, _ constraint: LikelihoodConstraint, hasConverged: Bool
    ) -> ConstrainedMinimum? {
        var relative = last.chart.relativeFactors(zeroingFloored: true)
        if case .noDeviation(let term, let row) = constraint {
            for column in 0..<relative[term].columnCount { relative[term][row, column] = 0 }
        }
        let isExact = !last.chart.terms.contains(where: \.hasFlooredPivots)
        guard let value = isExact ? last.expansion.value : deviance.value(at: relative) else { return nil }
        let rows = Double(deviance.residualRows)
        let profiled = 0.5 * log(value.residualSumOfSquares / rows)
        return ConstrainedMinimum(
            state: ConstrainedState(
                relativeFactors: relative, logScale: constraint.holdsScale ? last.logScale : profiled),
            deviance: constraint.holdsScale
                ? value.deviance(logScale: last.logScale, rows: rows) : value.deviance,
            residualSumOfSquares: value.residualSumOfSquares, slope: last.slope, hasConverged: hasConverged)
    }
}

extension ProfiledDeviance.Value {
    /// The deviance with σ at a value of its own: *d(θ, σ) = d(θ) + n(log(σ²/s²) + s²/σ² − 1)*, *s² = r²/n*.
    func deviance(logScale: Double, rows: Double) -> Double {
        let logRatio = 2 * logScale - log(residualSumOfSquares / rows)
        return deviance + rows * (logRatio + exp(-logRatio) - 1)
    }
}

extension ConstrainedState {
    /// The state moved to where it meets the constraint, the other effects as far as possible as they are.
    fileprivate func meeting(_ constraint: LikelihoodConstraint, floors: [Double]) -> ConstrainedState {
        var result = self
        switch constraint {
        case .none: break
        case .logScale(let value): result.logScale = value
        case .noDeviation(let term, let row):
            for column in 0..<relativeFactors[term].columnCount { result.relativeFactors[term][row, column] = 0 }
        case .deviation(let term, let row, let value):
            let wanted = value / exp(logScale)
            let length = Self.length(relativeFactors[term].row(row))
            for column in 0..<relativeFactors[term].columnCount {
                let entry = length > 0 ? relativeFactors[term][row, column] / length : (column == row ? 1 : 0)
                result.relativeFactors[term][row, column] = wanted * entry
            }
        case .correlation(let term, let row, let other, let value):
            let size = relativeFactors[term].rowCount
            let (pivots, lower) = CovarianceChart.factored(relativeFactors[term], leading: [row, other])
            var changed = lower
            // A standard deviation of zero has no correlation: it is raised to what is told from zero.
            changed[0, 0] = max(lower[0, 0], floors[term])
            let length = max(Self.length([lower[1, 0], lower[1, 1]]), floors[term])
            changed[1, 0] = length * value
            changed[1, 1] = length * (1 - value * value).squareRoot()
            for (place, original) in pivots.enumerated() {
                for column in 0..<size { result.relativeFactors[term][original, column] = changed[place, column] }
            }
        }
        return result
    }

    private static func length(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
