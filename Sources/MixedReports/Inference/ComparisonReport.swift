// The reports of comparisons by likelihood: of models, and of a model without its random terms.

public import MixedInference
internal import LinearMixedModels

extension ResultsReport {
    /// The likelihood-ratio table of models.
    ///
    /// Columns: `model, npar, AIC, BIC, logLik, deviance, statistic, df, p.value`, then `p.corrected, corrected.by` for tests
    /// of variances, and `p.bootstrap` where tests were simulated.
    public init(_ comparison: ModelComparison) {
        let isRestricted = comparison.method == .restrictedLikelihood
        let steps = ComparisonSteps(comparison.models.map(\.step))
        let leading: [ReportTable.Column] = [
            .init("model", header: "Model", format: .text), .init("npar", format: .integer),
            .init("AIC", format: .fixed(decimals: 2)), .init("BIC", format: .fixed(decimals: 2)),
        ]
        let cells = comparison.models.map { model -> [ReportTable.Cell] in
            [
                .text(model.name), .integer(model.parameterCount), .number(model.akaikeInformation),
                .number(model.bayesianInformation),
            ]
        }
        let likelihood: [ReportTable.Column] = [
            .init("logLik", format: .fixed(decimals: 2)), .init("deviance", format: .fixed(decimals: 2)),
        ]
        let table = ReportTable(
            columns: leading + likelihood + steps.columns,
            rows: comparison.models.indices.map { index in
                let model = comparison.models[index]
                return cells[index] + [.number(model.logLikelihood), .number(model.deviance)] + steps.rows[index]
            })
        // The log-likelihood is left out for people: the table then fits on a page, and the statistic says the same.
        let shown = ReportTable(
            columns: leading + steps.shownColumns, rows: zip(cells, steps.shownRows).map { $0 + $1 })
        var notes: [String] = []
        if !comparison.refitted.isEmpty {
            notes.append(
                "\(Self.list(comparison.refitted)) \(comparison.refitted.count == 1 ? "was" : "were") fitted again by \(isRestricted ? "REML" : "maximum likelihood instead of REML") for the comparison."
            )
        }
        notes += steps.notes
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
            sections: [Section("rows", table, shown: shown)], notes: notes,
            details: [
                .init("method", .string(comparison.method.rawValue)),
                .init("refitted", .array(comparison.refitted.map(JSONValue.string))),
            ] + steps.details)
    }

    /// The table of single deletions of random terms.
    ///
    /// Columns: `term, npar, logLik, AIC, statistic, df, p.value, p.corrected, corrected.by`.
    public init(_ deletions: RandomTermDeletions) {
        let steps = ComparisonSteps(deletions.rows.map(\.step))
        let table = ReportTable(
            columns: [
                .init("term", format: .text), .init("npar", format: .integer),
                .init("logLik", format: .fixed(decimals: 2)), .init("AIC", format: .fixed(decimals: 2)),
            ] + steps.columns,
            rows: zip(deletions.rows, steps.rows).map { row, cells in
                [
                    .text(row.term), .integer(row.parameterCount), .number(row.logLikelihood),
                    .number(row.akaikeInformation),
                ] + cells
            })
        let shown = ReportTable(
            columns: [
                .init("term", header: "Without", format: .text), .init("npar", format: .integer),
                .init("AIC", format: .fixed(decimals: 2)),
            ] + steps.shownColumns,
            rows: zip(deletions.rows, steps.shownRows).map { row, cells in
                [
                    .text(row.step == nil ? "(nothing)" : row.term), .integer(row.parameterCount),
                    .number(row.akaikeInformation),
                ] + cells
            })
        self.init(
            title: "Each random term dropped in turn",
            introduction: [
                "Formula: \(deletions.rows.first?.formula ?? "")",
                "Every model is tested against the one with all terms, all fitted by \(deletions.method == .restrictedLikelihood ? "REML" : "maximum likelihood").",
            ],
            sections: [Section("rows", table, shown: shown)], notes: steps.notes,
            details: [
                .init("method", .string(deletions.method.rawValue)),
                .init("formulas", .array(deletions.rows.map { .string($0.formula) })),
            ])
    }

    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

/// The columns of likelihood-ratio tests, for programs and for people.
private struct ComparisonSteps {
    let steps: [ModelComparison.Step?]
    private let hasCorrected: Bool
    private let hasBootstrap: Bool

    init(_ steps: [ModelComparison.Step?]) {
        self.steps = steps
        hasCorrected = steps.contains { $0?.boundaryTest != nil }
        hasBootstrap = steps.contains { $0?.bootstrapTest != nil }
    }

    var columns: [ReportTable.Column] {
        let columns: [ReportTable.Column] = [
            .init("statistic", format: .fixed(decimals: 3)), .init("df", format: .integer),
            .init("p.value", format: .pValue()), .init("p.corrected", format: .pValue()),
            .init("corrected.by", format: .text),
        ]
        return columns + (hasBootstrap ? [.init("p.bootstrap", format: .pValue())] : [])
    }

    var rows: [[ReportTable.Cell]] {
        steps.map { step in
            guard let step else { return columns.map { _ in .missing } }
            return statistic(step) + [
                corrected(step), step.boundaryTest.map { .text($0.name) } ?? .missing,
            ] + (hasBootstrap ? [bootstrap(step)] : [])
        }
    }

    var shownColumns: [ReportTable.Column] {
        var columns: [ReportTable.Column] = [
            .init("statistic", header: "Chisq", format: .fixed(decimals: 3)),
            .init("df", header: "Df", format: .integer),
            .init("p.value", header: hasCorrected ? "Naive p" : "p", format: .pValue()),
        ]
        if hasCorrected { columns.append(.init("p.corrected", header: "Corrected", format: .pValue())) }
        if hasBootstrap { columns.append(.init("p.bootstrap", header: "Bootstrap", format: .pValue())) }
        return columns
    }

    var shownRows: [[ReportTable.Cell]] {
        steps.map { step in
            guard let step else { return shownColumns.map { _ in .missing } }
            return statistic(step) + (hasCorrected ? [corrected(step)] : []) + (hasBootstrap ? [bootstrap(step)] : [])
        }
    }

    private func statistic(_ step: ModelComparison.Step) -> [ReportTable.Cell] {
        [.number(step.statistic), .integer(step.degreesOfFreedom), step.pValue.map { .number($0) } ?? .missing]
    }

    private func corrected(_ step: ModelComparison.Step) -> ReportTable.Cell {
        step.boundaryTest.map { .number($0.pValue) } ?? .missing
    }

    private func bootstrap(_ step: ModelComparison.Step) -> ReportTable.Cell {
        step.bootstrapTest.map { .number($0.pValue) } ?? .missing
    }

    private var simulated: [BootstrapLikelihoodRatio] { steps.compactMap { $0?.bootstrapTest } }

    /// What the corrected p-values are, each kind once, and what those of the bootstrap are.
    var notes: [String] {
        var notes: [String] = []
        for sentence in steps.compactMap({ $0?.boundaryTest?.sentence }) where !notes.contains(sentence) {
            notes.append(sentence)
        }
        guard let first = simulated.first else { return notes }
        let error = simulated.map(\.standardError).max() ?? 0
        notes.append(
            "Bootstrap: \(first.replicates.count) responses were simulated from the smaller of two models with the seed \(first.seed), and both fitted to each by maximum likelihood; p is the share of them, and of the data, that reach the statistic. It has a Monte Carlo standard error of\(simulated.count > 1 ? " at most" : "") \(ColumnFormatter(.estimate(digits: 2), numbers: [error]).text(error))."
        )
        let failed = simulated.reduce(0) { $0 + $1.failedCount }
        if failed > 0 {
            notes.append(
                "\(failed) \(failed == 1 ? "replicate" : "replicates") could not be fitted and \(failed == 1 ? "does" : "do") not count."
            )
        }
        return notes
    }

    /// How the bootstrap was made.
    var details: [JSONValue.Member] {
        guard let first = simulated.first else { return [] }
        return [
            .init(
                "bootstrap",
                .object([
                    .init("replicates", .integer(first.replicates.count)),
                    .init("seed", .integer(Int(clamping: first.seed))),
                    .init("failed", .array(simulated.map { .integer($0.failedCount) })),
                ]))
        ]
    }
}
