// Cluster-robust standard errors beside those of the model.

public import LinearMixedModels
public import MixedInference

extension ResultsReport {
    /// The table of coefficients with cluster-robust standard errors: `term, estimate, std.error, df, statistic, p.value,
    /// conf.low, conf.high`, and the model's own standard error as `model.std.error`.
    public init(_ robust: ClusterRobustInference, of fit: LinearMixedModelFit, level: Double = 0.95) {
        let percent = ColumnFormatter(.estimate(digits: 2), numbers: [100 * level]).text(100 * level)
        let tests = robust.coefficientTests(level: level)
        let precision = ReportTable.Format.precision(of: tests.map(\.standardError) + fit.standardErrors)
        let table = ReportTable(
            columns: [
                .init("term", header: "Coefficient", format: .text),
                .init("estimate", header: "Estimate", format: precision),
                .init("model.std.error", header: "Model SE", format: precision),
                .init("std.error", header: "Robust SE", format: precision),
                .init("df", header: "df", format: .fixed(decimals: 1)),
                .init("statistic", header: "t", format: .fixed(decimals: 2)),
                .init("p.value", header: "p", format: .pValue()),
                .init("conf.low", header: "Lower", format: precision),
                .init("conf.high", header: "Upper", format: precision),
            ],
            rows: zip(tests, fit.standardErrors).map { test, error in
                [
                    .text(test.term), .number(test.estimate), .number(error), .number(test.standardError),
                    .number(test.degreesOfFreedom), .number(test.statistic), .number(test.pValue),
                    .number(test.lowerLimit), .number(test.upperLimit),
                ]
            })
        // t is left out for people, so that the limits stand beside the estimates.
        var shown = table
        shown.columns.remove(at: 5)
        for row in shown.rows.indices { shown.rows[row].remove(at: 5) }
        var notes = [
            "\(robust.type.rawValue): \(robust.type.explanation) Degrees of freedom are Satterthwaite's for this covariance.",
            "Lower and Upper are \(percent)% confidence limits.",
        ]
        if let fewest = tests.map(\.degreesOfFreedom).min(), fewest < 4 {
            notes.append(
                "With fewer than 4 degrees of freedom p-values of this kind are not to be relied on: the clusters that inform a coefficient are too few or too unequal."
            )
        }
        self.init(
            title: "Cluster-robust standard errors",
            introduction: [
                "Rows of one of the \(robust.clusterCount) levels of '\(robust.cluster)' may depend on one another in any way; the levels are independent."
            ], sections: [Section("rows", table, shown: shown)], notes: notes,
            details: [
                .init("cluster", .string(robust.cluster)), .init("clusters", .integer(robust.clusterCount)),
                .init("type", .string(robust.type.rawValue)),
            ])
    }
}

extension ClusterRobustType {
    /// What the type does, in a sentence.
    fileprivate var explanation: String {
        switch self {
        case .CR0: "residuals are taken as they are, which gives standard errors that are too small with few clusters."
        case .CR1: "residuals are enlarged by the number of clusters, J/(J - 1)."
        case .CR1p: "residuals are enlarged by the number of clusters and coefficients, J/(J - p)."
        case .CR1S: "residuals are enlarged by the numbers of clusters and rows, as Stata does."
        case .CR2:
            "the residuals of each cluster are adjusted so that the standard errors are unbiased where the model holds."
        case .CR3:
            "residuals are adjusted as by leaving out each cluster in turn; standard errors are somewhat too large."
        }
    }
}
