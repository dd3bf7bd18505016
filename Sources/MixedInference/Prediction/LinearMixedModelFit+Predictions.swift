// Predicting for the rows of a table.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
public import MixedTables

extension LinearMixedModelFit {
    /// Predicts the response for the rows of a table, with standard errors and intervals.
    ///
    /// Rows in which a needed value is missing keep their place and have no prediction. At the group level, a level that the
    /// model has not seen has an effect of zero; the whole variance between groups is then part of the standard error and of
    /// both kinds of interval. Any offset of the model is part of the prediction.
    ///
    /// Population intervals come from the t distribution with the degrees of freedom of `inference`, those of prediction
    /// intervals from Satterthwaite's approximation to their whole variance. Intervals for a group of a mixed model come from
    /// the t distribution with the degrees of freedom of the residual variance: given the ratios of the random effects'
    /// variances to it that is their distribution, and these ratios count as known but for levels that the model has not seen.
    /// - Parameters:
    ///   - level: for the average group, or for each row's own. Population predictions need no grouping factor in the table.
    ///   - interval: what the limits are to hold.
    ///   - confidence: the level of the intervals, between 0 and 1.
    ///   - standardErrors: whether standard errors are wanted where no interval is.
    ///   - inference: how the coefficients' uncertainty is judged; Satterthwaite's method if it is not given.
    /// - **Scale:** units of the response.
    /// - **Complexity:** O(rows × columns), and O(*p*²) a distinct row for standard errors; at the group level once more for
    ///   each distinct combination of levels what `ConditionalCovariance` costs.
    /// - **Throws:** `PredictionError`, above all for columns that the table lacks and levels of fixed effects that the model
    ///   does not know.
    public func predictions(
        _ table: DataTable, level: PredictionLevel = .population, interval: PredictionInterval = .none,
        confidence: Double = 0.95, standardErrors: Bool = false, inference: FixedEffectsInference? = nil,
        threads: Int = 2
    ) throws(PredictionError) -> Predictions {
        guard confidence > 0, confidence < 1 else { throw .confidence(confidence) }
        let isGrouped = level == .group && hasRandomEffects
        let hasWeightColumns = design.hasWeights && design.weightColumnNames.allSatisfy { table[$0] != nil }
        let usesWeights = hasWeightColumns && interval == .prediction
        var contents: FrameContents = [.offset]
        if isGrouped { contents.insert(.randomEffects) }
        if !isGrouped, hasRandomEffects, interval == .prediction { contents.insert(.randomColumns) }
        if usesWeights { contents.insert(.weights) }
        let frame: ModelFrame
        do { frame = try design.frame(for: table, containing: contents) } catch { throw .design(error) }
        if let row = frame.weights?.firstIndex(where: { !($0 > 0) }) {
            throw .weightNotPositive(row: frame.tableRow(of: row) + 1, value: frame.weights?[row] ?? 0)
        }
        let inference = inference ?? self.inference()
        var computation = PredictionComputation(
            self, frame: frame, isGrouped: isGrouped, interval: interval, confidence: confidence,
            inference: inference, needsErrors: standardErrors || interval != .none, threads: threads)
        try computation.run()
        let hasErrors = standardErrors || interval != .none
        return Predictions(
            level: level, isLinearModel: !hasRandomEffects, interval: interval, confidence: confidence,
            fitted: computation.fitted, standardErrors: hasErrors ? computation.errors : nil,
            lowerLimits: interval == .none ? nil : zip(computation.fitted, computation.margins).map { $0 - $1 },
            upperLimits: interval == .none ? nil : zip(computation.fitted, computation.margins).map { $0 + $1 },
            incomplete: frame.dropped, incompleteRowCount: frame.totalRowCount - frame.rowCount,
            inestimableRowCount: computation.inestimableCount,
            newLevels: isGrouped ? try newLevels(frame, table) : [],
            limits: interval == .none
                ? nil
                : .init(
                    method: limitMethod(inference, isGrouped: isGrouped, interval: interval),
                    usesWeights: usesWeights,
                    lacksWeights: design.hasWeights && !usesWeights && interval == .prediction))
    }

    private func limitMethod(
        _ inference: FixedEffectsInference, isGrouped: Bool, interval: PredictionInterval
    ) -> DegreesOfFreedomMethod {
        let method = inference.method
        if method == .asymptotic || method == .residual { return method }
        if !hasRandomEffects { return .residual }
        return isGrouped || interval == .prediction ? .satterthwaite : method
    }

    private func newLevels(_ frame: ModelFrame, _ table: DataTable) throws(PredictionError) -> [Predictions.NewLevels] {
        var result: [Predictions.NewLevels] = []
        for (index, factor) in design.groupingFactors.enumerated() {
            let codes = frame.codes(factor: index)
            let rows = codes.indices.filter { codes[$0] < 0 }.map { frame.tableRow(of: $0) }
            guard !rows.isEmpty else { continue }
            let names: [String?]
            do { names = try factor.levelNames(in: table, rows: rows) } catch { throw .design(error) }
            var seen: Set<String> = []
            var examples: [String] = []
            for case let name? in names where seen.insert(name).inserted && examples.count < 3 { examples.append(name) }
            result.append(
                .init(
                    group: factor.name, rowCount: rows.count, examples: examples, levelCount: seen.count,
                    missingCount: names.count { $0 == nil }))
        }
        return result
    }
}
