// What single rows contribute: residual, leverage and the approximate Cook's distance that lme4 gives.

public import LinearMixedModels
public import MixedDesign
internal import MixedLinearAlgebra

/// The leverage and Cook's distance of every row of a fit.
public struct RowInfluence: Sendable {
    /// The row of the table, counted from 1.
    public let rows: [Int]
    /// Fitted values, random effects included, in units of the response.
    public let fitted: [Double]
    /// *y − ŷ*, in units of the response.
    public let residuals: [Double]
    /// The diagonal of the hat matrix of fixed and random effects.
    public let leverages: [Double]
    /// *w r²h / ((1 − h)² σ̂² p)*: lme4's `cooks.distance`, as for a linear model whose random effects are columns.
    public let cooksDistances: [Double]
    /// The sum of the leverages: the effective number of parameters of the fitted values.
    public var effectiveParameters: Double { leverages.reduce(0, +) }
}

extension LinearMixedModelFit {
    /// The leverage and Cook's distance of every row that the model was fitted to.
    ///
    /// - Parameter frame: The rows, as `frame(of:)` finds them.
    /// - Complexity: As `leverages(_:threads:)`.
    /// - Throws: `GroupingError`.
    public func rowInfluence(_ frame: ModelFrame, threads: Int = 2) throws(GroupingError) -> RowInfluence {
        let leverages = try leverages(frame, threads: threads)
        let fitted = fittedValues(frame)
        let residuals = zip(frame.response, fitted).map { $0 - $1 }
        let scale = residualStandardDeviation * residualStandardDeviation * Double(coefficients.count)
        let distances = residuals.indices.map { row in
            let rest = 1 - leverages[row]
            let square = residuals[row] * residuals[row] * (frame.weights?[row] ?? 1)
            return square * leverages[row] / (rest * rest * scale)
        }
        return RowInfluence(
            rows: residuals.indices.map { frame.tableRow(of: $0) + 1 }, fitted: fitted, residuals: residuals,
            leverages: leverages, cooksDistances: distances)
    }
}
