// What leaving out groups or rows does to a fit, as tables.

public import MixedInference

extension ResultsReport {
    /// How many groups or rows text shows: the most influential ones.
    private static let shownCount = 12
    /// The most coefficients whose changes text shows one by one.
    private static let shownCoefficients = 5

    /// The influence of groups.
    ///
    /// JSON and CSV have every group in the order of its levels: `level, nobs, cooksd, mdffits, covtrace, covratio, leverage`,
    /// then `dfbeta_` and `dfbetas_` of each coefficient, and `rvc_` of each variance parameter after refits. Other formats
    /// show the most influential groups first.
    public init(_ influence: GroupInfluence, for format: ReportFormat) {
        let deletions = influence.deletions
        let values = deletions.map { $0.refit?.influence ?? $0.influence }
        let isData = format == .json || format == .csv
        let order = isData ? Array(deletions.indices) : Self.ranking(values.map(\.cooksDistance))
        let shown = isData ? order : Array(order.prefix(Self.shownCount))
        let table =
            isData
            ? Self.dataTable(influence, values)
            : Self.textTable(influence, values, order: shown)
        var introduction = [
            "The \(deletions.count) levels of '\(influence.group)' are left out one at a time. A change is the estimate from all rows less the one without the group.",
            influence.isRefitted
                ? "Without each group all parameters are estimated again."
                : "Variances and correlations are held at their estimates from all rows; --refit estimates them again, too.",
        ]
        if shown.count < deletions.count {
            introduction.append("The \(shown.count) most influential of them:")
        }
        self.init(
            title: "Influence of '\(influence.group)'", introduction: introduction, sections: [Section("rows", table)],
            notes: Self.notes(influence, values),
            details: [
                .init("group", .string(influence.group)), .init("refit", .boolean(influence.isRefitted)),
                .init("threshold", .number(4 / Double(deletions.count))),
            ])
    }

    /// The influence of single rows: `row, .fitted, .resid, .hat, .cooksd`.
    public init(_ influence: RowInfluence, for format: ReportFormat) {
        let isData = format == .json || format == .csv
        let order = isData ? Array(influence.rows.indices) : Self.ranking(influence.cooksDistances)
        let shown = isData ? order : Array(order.prefix(Self.shownCount))
        let table = ReportTable(
            columns: [
                .init("row", header: "Row", format: .integer),
                .init(".fitted", header: "Fitted", format: .estimate()),
                .init(".resid", header: "Residual", format: .estimate()),
                .init(".hat", header: "Leverage", format: .estimate(digits: 3)),
                .init(".cooksd", header: "Cook's distance", format: .estimate(digits: 3)),
            ],
            rows: shown.map {
                [
                    .integer(influence.rows[$0]), .number(influence.fitted[$0]), .number(influence.residuals[$0]),
                    .number(influence.leverages[$0]), .number(influence.cooksDistances[$0]),
                ]
            })
        let count = influence.rows.count
        self.init(
            title: "Influence of single rows",
            introduction: shown.count < count ? ["The \(shown.count) most influential of \(count) rows:"] : [],
            sections: [Section("rows", table)],
            notes: [
                "Leverage is how far a row pulls its own fitted value, random effects included; over all rows it adds up to \(Self.rounded(influence.effectiveParameters)) effective parameters.",
                "Cook's distance is lme4's approximation for rows; --by leaves out whole groups exactly.",
            ], details: [.init("effective.parameters", .number(influence.effectiveParameters))])
    }

    // MARK: Tables

    /// The indices by descending value, values that are not available last.
    private static func ranking(_ values: [Double]) -> [Int] {
        values.indices.sorted { first, second in
            let left = values[first].isNaN ? -1 : values[first]
            let right = values[second].isNaN ? -1 : values[second]
            return left == right ? first < second : left > right
        }
    }

    private static func dataTable(_ influence: GroupInfluence, _ values: [CoefficientInfluence]) -> ReportTable {
        var columns: [ReportTable.Column] = [
            .init("level", format: .text), .init("nobs", format: .integer), .init("cooksd", format: .estimate()),
            .init("mdffits", format: .estimate()), .init("covtrace", format: .estimate()),
            .init("covratio", format: .estimate()), .init("leverage", format: .estimate()),
        ]
        columns += influence.coefficientNames.map { .init("dfbeta_\($0)", format: .estimate()) }
        columns += influence.coefficientNames.map { .init("dfbetas_\($0)", format: .estimate()) }
        if influence.isRefitted {
            columns += influence.varianceNames.map { .init("rvc_\($0)", format: .estimate()) }
            columns.append(.init("converged", format: .text))
        }
        let rows = zip(influence.deletions, values).map { deletion, value -> [ReportTable.Cell] in
            var cells: [ReportTable.Cell] = [
                .text(deletion.level), .integer(deletion.rowCount), .number(value.cooksDistance),
                .number(value.mdffits), .number(value.covarianceTrace), .number(value.covarianceRatio),
                .number(deletion.leverage),
            ]
            cells += value.changes.map { .number($0) }
            cells += value.standardizedChanges.map { .number($0) }
            if let refit = deletion.refit {
                cells += refit.relativeVarianceChanges.map { .number($0) }
                cells.append(.boolean(refit.hasConverged))
            }
            return cells
        }
        return ReportTable(columns: columns, rows: rows)
    }

    private static func textTable(
        _ influence: GroupInfluence, _ values: [CoefficientInfluence], order: [Int]
    ) -> ReportTable {
        let names = influence.coefficientNames
        let showsAll = names.count <= shownCoefficients
        var columns: [ReportTable.Column] = [
            .init("level", header: influence.group, format: .text), .init("nobs", header: "Rows", format: .integer),
            .init("cooksd", header: "Cook's d.", format: .estimate(digits: 2)),
            .init("leverage", header: "Leverage", format: .estimate(digits: 2)),
            .init("covratio", header: "COVRATIO", format: .fixed(decimals: 3)),
        ]
        columns +=
            showsAll
            ? names.map { .init("dfbeta_\($0)", header: "Δ \($0)", format: .estimate(digits: 3)) }
            : [
                .init("term", header: "Most changed", format: .text),
                .init("dfbetas", header: "in std. errors", format: .fixed(decimals: 2)),
            ]
        let rows = order.map { index -> [ReportTable.Cell] in
            let value = values[index]
            var cells: [ReportTable.Cell] = [
                .text(influence.deletions[index].level), .integer(influence.deletions[index].rowCount),
                .number(value.cooksDistance), .number(influence.deletions[index].leverage),
                .number(value.covarianceRatio),
            ]
            if showsAll {
                cells += value.changes.map { .number($0) }
            } else if let most = names.indices.max(by: {
                value.standardizedChanges[$0].magnitude < value.standardizedChanges[$1].magnitude
            }) {
                cells += [.text(names[most]), .number(value.standardizedChanges[most])]
            }
            return cells
        }
        return ReportTable(columns: columns, rows: rows)
    }

    // MARK: Sentences

    private static func notes(_ influence: GroupInfluence, _ values: [CoefficientInfluence]) -> [String] {
        let count = influence.deletions.count
        let threshold = 4 / Double(count)
        let above = ranking(values.map(\.cooksDistance)).filter { values[$0].cooksDistance > threshold }
        let names = above.prefix(10).map { influence.deletions[$0].level }.joined(separator: ", ")
        let more = above.count > 10 ? " and \(above.count - 10) more" : ""
        var notes = [
            above.isEmpty
                ? "No group has a Cook's distance above 4/\(count) = \(rounded(threshold)), the usual rule of thumb."
                : "\(above.count) of \(count) groups \(above.count == 1 ? "has" : "have") a Cook's distance above 4/\(count) = \(rounded(threshold)), the usual rule of thumb for a closer look: \(names)\(more).",
            "COVRATIO above 1 means that the group makes the coefficients more precise. Leverage adds up to the \(influence.coefficientNames.count) coefficients.",
        ]
        let lost = values.indices.filter { values[$0].cooksDistance.isNaN }
        if let first = lost.first {
            notes.append(
                "Without \(lost.count == 1 ? "the level '\(influence.deletions[first].level)'" : "any of \(lost.count) levels, such as '\(influence.deletions[first].level)',") not every coefficient can be estimated."
            )
        }
        let failed = influence.deletions.filter { $0.refit?.hasConverged == false }.count
        if failed > lost.count { notes.append("\(failed - lost.count) refits did not converge.") }
        return notes
    }

    private static func rounded(_ value: Double) -> String {
        ColumnFormatter(.estimate(digits: 3), numbers: [value]).text(value)
    }
}
