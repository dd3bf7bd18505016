// The reports of comparisons by likelihood: of models, and of a model without its random terms.

public import MixedInference
internal import LinearMixedModels

extension ResultsReport {
    /// The likelihood-ratio table of models.
    ///
    /// Columns: `model, npar, AIC, BIC, logLik, deviance, statistic, df, p.value`, and `p.corrected, corrected.by` for tests
    /// of variances.
    public init(_ comparison: ModelComparison) {
        let isRestricted = comparison.method == .restrictedLikelihood
        let table = ReportTable(
            columns: [
                .init("model", header: "Model", format: .text), .init("npar", header: "Parameters", format: .integer),
                .init("AIC", format: .fixed(decimals: 2)), .init("BIC", format: .fixed(decimals: 2)),
                .init("logLik", format: .fixed(decimals: 2)), .init("deviance", format: .fixed(decimals: 2)),
            ] + Self.stepColumns,
            rows: comparison.models.map { model in
                [
                    .text(model.name), .integer(model.parameterCount), .number(model.akaikeInformation),
                    .number(model.bayesianInformation), .number(model.logLikelihood), .number(model.deviance),
                ] + Self.cells(model.step)
            })
        var notes: [String] = []
        if !comparison.refitted.isEmpty {
            notes.append(
                "\(Self.list(comparison.refitted)) \(comparison.refitted.count == 1 ? "was" : "were") fitted again by \(isRestricted ? "REML" : "maximum likelihood instead of REML") for the comparison."
            )
        }
        notes += Self.stepNotes(comparison.models.compactMap(\.step))
        for (before, model) in zip(comparison.models, comparison.models.dropFirst()) {
            guard let step = model.step else { continue }
            if step.degreesOfFreedom == 0 {
                notes.append(
                    "\(before.name) and \(model.name) have the same number of parameters: there is no test between them; compare their AIC or BIC."
                )
            } else if !step.isNested {
                notes.append(
                    "\(before.name) does not seem to be part of \(model.name): a likelihood-ratio test is only valid for nested models; compare their AIC or BIC instead."
                )
            }
        }
        self.init(
            title: "Comparison of models by \(isRestricted ? "restricted " : "")likelihood",
            introduction: comparison.models.map { "\($0.name): \($0.formula)" }
                + ["Each model is tested against the one above it, \(comparison.models[0].rowCount) rows each."],
            sections: [Section("rows", table)], notes: notes,
            details: [
                .init("method", .string(comparison.method.rawValue)),
                .init("refitted", .array(comparison.refitted.map(JSONValue.string))),
            ])
    }

    /// The table of single deletions of random terms.
    ///
    /// Columns: `term, npar, logLik, AIC, statistic, df, p.value, p.corrected, corrected.by`.
    public init(_ deletions: RandomTermDeletions) {
        let table = ReportTable(
            columns: [
                .init("term", header: "Without", format: .text), .init("npar", header: "Parameters", format: .integer),
                .init("logLik", format: .fixed(decimals: 2)), .init("AIC", format: .fixed(decimals: 2)),
            ] + Self.stepColumns,
            rows: deletions.rows.map { row in
                [
                    .text(row.term), .integer(row.parameterCount), .number(row.logLikelihood),
                    .number(row.akaikeInformation),
                ] + Self.cells(row.step)
            })
        self.init(
            title: "Each random term dropped in turn",
            introduction: [
                "Formula: \(deletions.rows.first?.formula ?? "")",
                "Every model is tested against the one with all terms, all fitted by \(deletions.method == .restrictedLikelihood ? "REML" : "maximum likelihood").",
            ],
            sections: [Section("rows", table)], notes: Self.stepNotes(deletions.rows.compactMap(\.step)),
            details: [
                .init("method", .string(deletions.method.rawValue)),
                .init("formulas", .array(deletions.rows.map { .string($0.formula) })),
            ])
    }

    private static var stepColumns: [ReportTable.Column] {
        [
            .init("statistic", header: "Chi-squared", format: .fixed(decimals: 3)),
            .init("df", header: "Df", format: .integer), .init("p.value", header: "p (naive)", format: .pValue()),
            .init("p.corrected", header: "p (corrected)", format: .pValue()),
            .init("corrected.by", header: "Corrected by", format: .text),
        ]
    }

    private static func cells(_ step: ModelComparison.Step?) -> [ReportTable.Cell] {
        guard let step else { return [.missing, .missing, .missing, .missing, .missing] }
        return [
            .number(step.statistic), .integer(step.degreesOfFreedom), step.pValue.map { .number($0) } ?? .missing,
            step.boundaryTest.map { .number($0.pValue) } ?? .missing,
            step.boundaryTest.map { .text($0.name) } ?? .missing,
        ]
    }

    /// What the corrected p-values are, each kind once.
    private static func stepNotes(_ steps: [ModelComparison.Step]) -> [String] {
        var notes: [String] = []
        for sentence in steps.compactMap(\.boundaryTest?.sentence) where !notes.contains(sentence) {
            notes.append(sentence)
        }
        return notes
    }

    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
