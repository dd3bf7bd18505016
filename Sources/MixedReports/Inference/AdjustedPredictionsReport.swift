// Adjusted predictions in the columns that ggeffects gives them.

public import LinearMixedModels
internal import MixedDesign
public import MixedInference

extension ResultsReport {
    /// Adjusted predictions: `x, predicted, std.error, conf.low, conf.high`, and `group` and `facet` for a second and a third
    /// variable.
    public init(_ predictions: AdjustedPredictions, of fit: LinearMixedModelFit) {
        let keys = ["x", "group", "facet"]
        let terms = predictions.terms
        let precision = ReportTable.Format.precision(
            ofLimits: predictions.rows.map { ($0.lowerLimit, $0.upperLimit) })
        var columns: [ReportTable.Column] = [
            .init("x", header: terms.first ?? "x", format: .estimate(digits: 4), alignment: .leading),
            .init("predicted", header: "Predicted", format: precision),
            .init("std.error", header: "Std. error", format: precision),
            .init("conf.low", header: "Lower", format: precision),
            .init("conf.high", header: "Upper", format: precision),
        ]
        for index in terms.indices.dropFirst() {
            columns.append(
                .init(keys[index], header: terms[index], format: .estimate(digits: 4), alignment: .leading))
        }
        let rows = predictions.rows.map { row -> [ReportTable.Cell] in
            var cells: [ReportTable.Cell] = [row.values.first?.cell ?? .missing]
            cells += [.number(row.predicted), .number(row.standardError)]
            cells += [.number(row.lowerLimit), .number(row.upperLimit)]
            return cells + row.values.dropFirst().map(\.cell)
        }
        // For people the variables stand together.
        let order = [0] + Array(5..<columns.count) + Array(1..<5)
        let shown = ReportTable(
            columns: order.map { columns[$0] }, rows: rows.map { row in order.map { row[$0] } })
        self.init(
            title: "Adjusted predictions of \(fit.design.responseName) over \(MarginalNotes.list(terms))",
            sections: [.init("rows", ReportTable(columns: columns, rows: rows), shown: shown)],
            notes: Self.notes(predictions, fit),
            details: [.init("terms", .array(terms.map(JSONValue.string)))])
    }

    private static func notes(_ predictions: AdjustedPredictions, _ fit: LinearMixedModelFit) -> [String] {
        var notes: [String] = []
        if !predictions.heldAt.isEmpty { notes.append("At \(MarginalNotes.held(predictions.heldAt)).") }
        if !predictions.averagedOver.isEmpty {
            notes.append("Averaged over \(MarginalNotes.list(predictions.averagedOver)), all levels weighted alike.")
        }
        if fit.hasRandomEffects {
            notes.append("For the population: random effects are zero, and their variance is not in the limits.")
        }
        notes.append(
            "\(MarginalNotes.percent(predictions.level)) confidence limits of the mean. "
                + MarginalNotes.method(predictions.method, hasRandomEffects: fit.hasRandomEffects))
        if let transformation = predictions.transformation {
            notes.append(
                "Predictions and limits are transformed back from \(transformation.text): they are of medians. Standard errors are of \(transformation.text)."
            )
        }
        notes += MarginalNotes.obstacles(
            predictions.rows.map { row in
                (zip(predictions.terms, row.values).map { "\($0) = \($1.label)" }.joined(separator: ", "), row.obstacle)
            })
        return notes
    }
}
