// The likelihood with one parameter held at a value: points of profiles, in the units of the data.

internal import MixedDesign
package import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A parameter whose likelihood can be profiled.
package struct ProfiledParameter: Hashable, Sendable {
    /// What the parameter is.
    package enum Kind: Hashable, Sendable {
        /// The standard deviation of an effect of a random term.
        case deviation(term: Int, row: Int)
        /// The correlation of two effects of a random term.
        case correlation(term: Int, row: Int, other: Int)
        /// The residual standard deviation.
        case residualDeviation
        /// A coefficient, by its place among those that were estimated.
        case coefficient(Int)
    }

    package let kind: Kind
    /// lme4's name, such as `sd_(Intercept)|Subject`, `cor_Days.(Intercept)|Subject`, `sigma` or `Days`.
    package let name: String

    package init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A point of a profile: the best fit with one parameter held.
package struct ProfilePoint: Hashable, Sendable {
    /// The value at which the parameter is held.
    package let value: Double
    /// The smallest −2 log-likelihood there.
    package let deviance: Double
    /// Its derivative by the value.
    package let slope: Double
    /// All parameters there, in the profiler's order.
    package let parameters: [Double]
    /// The relative factors there, from which a search nearby begins.
    package let relativeFactors: [Matrix]
    /// *log σ* there, in units of the mapped response.
    package let logScale: Double
    package let hasConverged: Bool
}

/// Minimises −2 log-likelihood with one parameter held, from cross-products alone.
package struct LikelihoodProfiler: Sendable {
    /// The fit by maximum likelihood.
    package let fit: LinearMixedModelFit
    /// The parameters in lme4's order: random terms column by column, σ, coefficients.
    package let parameters: [ProfiledParameter]
    /// Their values at the maximum.
    package let estimates: [Double]

    /// - Throws: `FitError` when the model cannot be fitted by maximum likelihood.
    package init(_ fit: LinearMixedModelFit, threads: Int) throws(FitError) {
        try fit.requireFactorization(for: .profiles)
        let fit = try fit.refitting(method: .likelihood, threads: threads)
        self.fit = fit
        var parameters: [ProfiledParameter] = []
        for (index, term) in fit.varianceComponents.enumerated() {
            for (column, name) in term.columnNames.enumerated() {
                parameters.append(.init(kind: .deviation(term: index, row: column), name: "sd_\(name)|\(term.group)"))
                for row in column + 1..<max(term.columnNames.count, column + 1) {
                    parameters.append(
                        .init(
                            kind: .correlation(term: index, row: row, other: column),
                            name: "cor_\(term.columnNames[row]).\(name)|\(term.group)"))
                }
            }
        }
        parameters.append(.init(kind: .residualDeviation, name: "sigma"))
        for (index, name) in fit.coefficientNames.enumerated() {
            parameters.append(.init(kind: .coefficient(index), name: name))
        }
        self.parameters = parameters
        let deviance = ProfiledDeviance(
            fit.products, terms: LinearMixedModelFit.layout(fit.design), method: .likelihood, threads: 1)
        // A linear model's σ is the unbiased one; its likelihood is largest at another.
        let rows = Double(fit.rowCount)
        let sigma = (fit.penalizedResidualSumOfSquares / rows).squareRoot()
        estimates = Self.values(
            deviance, relativeFactors: fit.optimum.relativeFactors, sigma: sigma, coefficients: fit.coefficients)
    }

    /// The parameters' values, in order.
    fileprivate static func values(
        _ deviance: ProfiledDeviance, relativeFactors: [Matrix], sigma: Double, coefficients: [Double]
    ) -> [Double] {
        var result: [Double] = []
        for relative in deviance.originalRelativeFactors(relativeFactors) {
            let covariance = relative * relative.transposed
            for column in 0..<covariance.columnCount {
                let length = covariance[column, column].squareRoot()
                result.append(sigma * length)
                for row in column + 1..<max(covariance.rowCount, column + 1) {
                    let other = covariance[row, row].squareRoot()
                    let isDefined = length > 0 && other > 0
                    result.append(isDefined ? min(1, max(-1, covariance[row, column] / (length * other))) : .nan)
                }
            }
        }
        return result + [sigma] + coefficients
    }

    /// The residual standard deviation in the units of a random effect: what a standard deviation that is estimated at zero
    /// is measured by.
    package func scale(of index: Int) -> Double {
        guard case .deviation(let term, let row) = parameters[index].kind else { return fit.residualStandardDeviation }
        let layout = LinearMixedModelFit.layout(fit.design)[term]
        let factor = fit.products.factors[layout.factor]
        let column = layout.columnOffset + row
        var total = 0.0
        for level in 0..<factor.levelCount {
            total +=
                factor.diagonalBlocks[
                    level * factor.columnCount * factor.columnCount + column * (factor.columnCount + 1)]
        }
        let mean = total / Double(max(factor.levelCount, 1))
        return fit.residualStandardDeviation / factor.columnScales[column] / max(mean, 1e-300).squareRoot()
    }

    /// Prepares the search along one parameter.
    package func search(_ parameter: ProfiledParameter, threads: Int) -> ProfileSearch {
        ProfileSearch(self, parameter, threads: threads)
    }
}

/// The likelihood along one parameter. It holds the factored equations and works for one thread at a time.
package final class ProfileSearch {
    private let profiler: LikelihoodProfiler
    private let parameter: ProfiledParameter
    private let threads: Int
    private let deviance: ProfiledDeviance

    fileprivate init(_ profiler: LikelihoodProfiler, _ parameter: ProfiledParameter, threads: Int) {
        self.profiler = profiler
        self.parameter = parameter
        self.threads = threads
        deviance = ProfiledDeviance(
            profiler.fit.products, terms: LinearMixedModelFit.layout(profiler.fit.design), method: .likelihood,
            threads: threads)
    }

    private var responseScale: Double { profiler.fit.products.transform.responseScale }

    private func columnScale(term: Int, row: Int) -> Double {
        let layout = deviance.terms[term]
        return profiler.fit.products.factors[layout.factor].columnScales[layout.columnOffset + row]
    }

    /// The state at the maximum of the likelihood.
    private var optimum: ConstrainedState {
        let rows = Double(profiler.fit.rowCount)
        let sigma = (profiler.fit.penalizedResidualSumOfSquares / rows).squareRoot()
        return ConstrainedState(
            relativeFactors: profiler.fit.optimum.relativeFactors, logScale: log(sigma / responseScale))
    }

    /// The best fit with the parameter at a value.
    ///
    /// - Parameter start: A point nearby; the maximum of the likelihood when `nil`.
    /// - Returns: `nil` where the deviance is not finite.
    package func point(at value: Double, from start: ProfilePoint?) -> ProfilePoint? {
        let state =
            start.map { ConstrainedState(relativeFactors: $0.relativeFactors, logScale: $0.logScale) } ?? optimum
        switch parameter.kind {
        case .coefficient(let index): return point(coefficient: index, value: value, from: state)
        case .residualDeviation:
            guard value > 0 else { return nil }
            return point(.logScale(log(value / responseScale)), value: value, slopeFactor: 1 / value, from: state)
        case .deviation(let term, let row):
            guard value > 0 else {
                return point(.noDeviation(term: term, row: row), value: 0, slopeFactor: 0, from: state)
            }
            let factor = columnScale(term: term, row: row) / responseScale
            return point(
                .deviation(term: term, row: row, value: value * factor), value: value, slopeFactor: factor, from: state)
        case .correlation(let term, let row, let other):
            guard abs(value) < 1 else { return nil }
            return point(
                .correlation(term: term, row: row, other: other, value: value), value: value, slopeFactor: 1,
                from: state)
        }
    }

    private func point(
        _ constraint: LikelihoodConstraint, value: Double, slopeFactor: Double, from state: ConstrainedState
    ) -> ProfilePoint? {
        guard let minimum = ConstrainedDescent(deviance).minimum(under: constraint, from: state),
            deviance.currentValue(at: minimum.state.relativeFactors) != nil
        else { return nil }
        deviance.factorization.solveResponse()
        let coefficients = deviance.coefficients()
        return finished(
            minimum, value: value, slope: minimum.slope * slopeFactor,
            sigma: exp(minimum.state.logScale) * responseScale,
            coefficients: deviance.estimatedColumns.map { coefficients[$0] })
    }

    /// The best fit with a coefficient at a value: that of *y − b x_j* on the other columns.
    ///
    /// With *r_b² = r² + (b − β̂_j)²/Φ_jj* at the same θ, the derivative of the minimum is
    /// *2n (b − β̂_j(θ)) / (Φ_jj(θ) r_b²)*.
    private func point(coefficient index: Int, value: Double, from state: ConstrainedState) -> ProfilePoint? {
        let products = profiler.fit.products
        let held = deviance.estimatedColumns[index]
        let kept = deviance.estimatedColumns.filter { $0 != held }
        let constant = deviance.fixedBasis.constant.flatMap { combination -> [Double]? in
            guard combination[index] == 0 else { return nil }
            return combination.indices.filter { $0 != index }.map { combination[$0] }
        }
        let restriction = CrossProductsRestriction(
            fixed: kept.map { [($0, 1)] }, constantCombination: constant,
            factors: products.factors.indices.map { factor in
                .init(source: factor, columns: (0..<products.factors[factor].columnCount).map { [($0, 1)] })
            }, responseOffset: [(held, value)], keepsFixedMoments: false)
        let restricted = products.restricted(to: restriction)
        let reduced = ProfiledDeviance(restricted, terms: deviance.terms, method: .likelihood, threads: threads)
        guard let minimum = ConstrainedDescent(reduced).minimum(under: .none, from: state),
            reduced.currentValue(at: minimum.state.relativeFactors) != nil,
            deviance.value(at: minimum.state.relativeFactors) != nil
        else { return nil }
        reduced.factorization.solveResponse()
        deviance.factorization.solveResponse()
        let others = reduced.coefficients()
        var coefficients = [Double](repeating: value, count: deviance.estimatedColumns.count)
        for (place, column) in kept.enumerated() {
            guard let target = deviance.estimatedColumns.firstIndex(of: column) else { continue }
            coefficients[target] = others[place]
        }
        let scale = restricted.transform.responseScale
        let residual = minimum.residualSumOfSquares * scale * scale
        let rows = Double(products.rowCount)
        let free = deviance.coefficients()[held]
        let variance = deviance.unitCoefficientCovariance()[index, index]
        return finished(
            minimum, value: value, slope: 2 * rows * (value - free) / (variance * residual),
            sigma: (residual / rows).squareRoot(), coefficients: coefficients)
    }

    private func finished(
        _ minimum: ConstrainedMinimum, value: Double, slope: Double, sigma: Double, coefficients: [Double]
    ) -> ProfilePoint {
        ProfilePoint(
            value: value, deviance: minimum.deviance, slope: slope,
            parameters: LikelihoodProfiler.values(
                deviance, relativeFactors: minimum.state.relativeFactors, sigma: sigma, coefficients: coefficients),
            relativeFactors: minimum.state.relativeFactors, logScale: minimum.state.logScale,
            hasConverged: minimum.hasConverged)
    }
}
