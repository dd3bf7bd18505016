// Predictions over one to three variables with the others held at typical values: `ggpredict` without the rows.

public import LinearMixedModels
internal import MixedDesign

/// What becomes of the variables that predictions do not vary.
public enum OtherVariables: String, Hashable, Sendable, Codable, CaseIterable {
    /// Numbers at their mean, factors at their first level: a typical row, as ggpredict.
    case typical
    /// Numbers at their mean, averaged over the levels of factors: marginal means.
    case averaged
}

/// Predictions of the mean of the response for a typical member of the population, whose random effects are zero.
public struct AdjustedPredictions: Sendable {
    /// The variables, one to three: along the axis, in groups, in facets.
    public let terms: [String]
    public let rows: [AdjustedPrediction]
    /// Variables held at one value.
    public let heldAt: [MarginalEstimates.HeldValue]
    /// Factors that were averaged over.
    public let averagedOver: [String]
    /// The transformation that was undone for predictions and limits; their standard errors keep its scale.
    public let transformation: ResponseTransformation?
    public let level: Double
    public let method: DegreesOfFreedomMethod
}

/// A prediction with its confidence limits.
public struct AdjustedPrediction: Sendable {
    /// The values of `AdjustedPredictions.terms`.
    public let values: [GridValue]
    public let predicted: Double
    /// On the scale of the model, also where the prediction is transformed back.
    public let standardError: Double
    public let lowerLimit: Double
    public let upperLimit: Double
    public let degreesOfFreedom: Double
    /// Why there is no prediction.
    public let obstacle: String?
}

extension LinearMixedModelFit {
    /// Predictions over the values of one to three variables.
    ///
    ///     let predictions = try fit.adjustedPredictions(PredictionTerm.parse("hours_study [0:10 by=1], SES"))
    ///
    /// - Parameters:
    ///   - settings: values of the variables that are not among the terms.
    ///   - undoingTransformation: whether a transformed response is transformed back, as ggpredict does.
    /// - **Scale:** that of the response.
    /// - Complexity: O(points × columns), whatever the number of rows.
    /// - Throws: `MarginalMeansError`.
    public func adjustedPredictions(
        _ terms: [PredictionTerm], others: OtherVariables = .typical, at settings: [String: [GridSetting]] = [:],
        undoingTransformation: Bool = true, inference: FixedEffectsInference? = nil, level: Double = 0.95
    ) throws(MarginalMeansError) -> AdjustedPredictions {
        guard level > 0, level < 1 else { throw .level(level) }
        var plan = try ReferenceGrid.variables(self, at: settings)
        var focal: [Int] = []
        for term in terms {
            let index = try ReferenceGrid.index(of: term.name, among: plan, self)
            guard !focal.contains(index) else {
                throw .unreadableTerms(text: term.name, reason: "the variable is named twice")
            }
            plan[index] = try plan[index].predicting(term.values, isFirst: focal.isEmpty)
            focal.append(index)
        }
        guard (1...3).contains(focal.count) else {
            throw .unreadableTerms(
                text: terms.map(\.name).joined(separator: ", "), reason: "predictions are over one to three variables")
        }
        for index in plan.indices where !focal.contains(index) && !plan[index].isSet {
            plan[index] = plan[index].typical(others)
        }
        let grid = try ReferenceGrid(self, variables: plan)
        let cells = CellWeights(grid)
        // Groups and facets vary faster than what stands on the axis.
        let average = MarginalAverage(grid, keeping: focal.reversed(), weights: .equal, cells: cells)
        let estimates = MarginalEstimates(
            self, quantity: .mean, grid: grid, average: average, groups: [], weights: .equal,
            source: EstimateSource(self, inference), level: level, cells: cells, notes: [])
        let transformation = undoingTransformation ? responseTransformation : nil
        let transformed = try transformation == nil ? nil : estimates.onResponseScale()
        let rows = estimates.rows.enumerated().map { index, row in
            AdjustedPrediction(
                values: row.values.reversed(), predicted: transformed?[index].response ?? row.estimate,
                standardError: row.standardError, lowerLimit: transformed?[index].lowerLimit ?? row.lowerLimit,
                upperLimit: transformed?[index].upperLimit ?? row.upperLimit,
                degreesOfFreedom: row.degreesOfFreedom, obstacle: row.obstacle)
        }
        return AdjustedPredictions(
            terms: focal.map { plan[$0].name }, rows: rows, heldAt: heldValues(plan, focal),
            averagedOver: estimates.averagedOver, transformation: transformation, level: level,
            method: estimates.method)
    }

    /// The other variables with a single value, levels among them.
    private func heldValues(_ plan: [GridVariable], _ focal: [Int]) -> [MarginalEstimates.HeldValue] {
        plan.indices.filter { !focal.contains($0) && plan[$0].values.count == 1 }
            .map { MarginalEstimates.HeldValue(variable: plan[$0].name, value: plan[$0].values[0]) }
    }
}

extension GridVariable {
    /// The variable at the values of a term.
    fileprivate func predicting(
        _ values: PredictionTerm.Values, isFirst: Bool
    ) throws(MarginalMeansError) -> GridVariable {
        var result = self
        switch values {
        case .listed(let settings): return try setting(settings)
        case .sequence(let from, let to, let by):
            let count = Int(((to - from) / by + 1e-10).rounded(.down))
            return try setting((0...max(count, 0)).map { .number(from + Double($0) * by) })
        case .standard:
            if isSet || role != .covariate { return self }
            return try predicting(isFirst ? .pretty(count: nil) : .meanAndDeviation, isFirst: isFirst)
        case .pretty, .meanAndDeviation, .zeroAndMaximum: break
        }
        guard role != .factor else {
            throw .notALevel(variable: name, text: "a range", levels: self.values.map(\.label))
        }
        guard let summary else { throw .nothingRemembered(variable: name) }
        let numbers: [Double]
        switch values {
        case .pretty(let count?): numbers = PrettyNumbers.covering(summary.minimum, summary.maximum, count: count)
        case .meanAndDeviation:
            let deviation = summary.standardDeviation
            numbers = Self.rounded([summary.mean - deviation, summary.mean, summary.mean + deviation], summary)
        case .zeroAndMaximum: numbers = [0, summary.maximum]
        default: numbers = PrettyNumbers.range(summary.minimum, summary.maximum, distinct: summary.count)
        }
        result.values = numbers.map(GridValue.number)
        result.isSet = true
        return result
    }

    /// Rounded to two decimals, one for whole numbers, as long as the values stay different.
    private static func rounded(_ values: [Double], _ summary: NumericSummary) -> [Double] {
        let isWhole = summary.minimum == summary.minimum.rounded() && summary.maximum == summary.maximum.rounded()
        for scale in (isWhole ? [10.0] : []) + [100, 1000, 10_000] {
            let rounded = values.map { ($0 * scale).rounded(.toNearestOrEven) / scale }
            if Set(rounded).count == values.count { return rounded }
        }
        return values
    }

    /// The variable when it is none of the terms.
    fileprivate func typical(_ others: OtherVariables) -> GridVariable {
        var result = self
        switch role {
        case .factor: if others == .typical { result.values = Array(values.prefix(1)) }
        case .twoValued, .covariate: if let summary { result.values = [.number(summary.mean)] }
        }
        return result
    }
}
