// The report of a parametric bootstrap, and its replicates as a table.

public import MixedInference
public import LinearMixedModels
internal import MixedDesign
internal import MixedSyntax
public import MixedTables

extension ResultsReport {
    /// Estimate, bias, standard error and interval of every parameter.
    ///
    /// Columns: `term, estimate, bias, std.error, conf.low, conf.high`; in JSON also the numbers of replicates.
    /// - Throws: `BootstrapError` for a level that is none.
    public init(
        _ sample: BootstrapSample, of fit: LinearMixedModelFit, method: BootstrapIntervalMethod, level: Double
    ) throws(BootstrapError) {
        let intervals = try sample.intervals(method: method, level: level)
        let precision = ReportTable.Format.precision(of: intervals.map(\.standardError))
        let table = ReportTable(
            columns: [
                .init("term", header: "Parameter", format: .text),
                .init("estimate", header: "Estimate", format: precision),
                .init("bias", header: "Bias", format: precision),
                .init("std.error", header: "Std. error", format: precision),
                .init("conf.low", header: "Lower", format: precision),
                .init("conf.high", header: "Upper", format: precision),
            ],
            rows: intervals.map { row in
                [.text(row.term)]
                    + [row.estimate, row.bias, row.standardError, row.lowerLimit, row.upperLimit].map {
                        ReportTable.Cell.number($0)
                    }
            })
        let percent = (1e9 * level).rounded() / 1e7
        let shownLevel = percent == percent.rounded() ? String(Int(percent)) : String(percent)
        let drawn =
            !fit.hasRandomEffects
            ? "" : sample.isConditional ? ", keeping the random effects" : ", random effects included"
        self.init(
            title: "Parametric bootstrap",
            introduction: [
                "Formula: \(fit.design.formula)",
                "\(sample.replicateCount) responses were simulated from the fit with the seed \(sample.seed)\(drawn), and the model was fitted to each. Intervals: \(method.rawValue), \(shownLevel)%.",
            ],
            sections: [Section("rows", table)], notes: sample.notes(method: method, level: level),
            details: [
                .init("method", .string(method.rawValue)), .init("level", .number(level)),
                .init("seed", .integer(Int(clamping: sample.seed))),
                .init("conditional", .boolean(sample.isConditional)),
                .init("replicates", .integer(sample.replicateCount)),
                .init("converged", .integer(sample.convergedCount)),
                .init("singular", .integer(sample.singularCount)),
                .init("failed", .integer(sample.failedCount)),
            ])
    }
}

extension BootstrapSample {
    /// The replicates as a table: `replicate, status, criterion`, then a column for each parameter.
    public func table() throws(TableError) -> DataTable {
        let names = ReplicateStatus.allCases.map(\.rawValue)
        let codes = statuses.map { status in Int32(ReplicateStatus.allCases.firstIndex(of: status) ?? 0) }
        return try DataTable(
            columns: [
                Column("replicate", .integer(Array(1...replicateCount))),
                Column("status", .categorical(.init(codes: codes, levels: names, kind: .factor))),
                Column("criterion", .double(criteria)),
            ]
                + parameterNames.map { Column($0, .double(values(of: $0) ?? [])) })
    }
}
