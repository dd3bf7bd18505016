// The report of effect sizes: R² by term, intraclass correlations, standardized coefficients, variance inflation.

public import LinearMixedModels
internal import MixedDesign
public import MixedInference

/// One of the tables of effect sizes.
public enum EffectSizeTable: String, Hashable, Sendable, CaseIterable {
    /// Semi-partial R² of every term.
    case rSquared = "r2"
    /// The intraclass correlation of every grouping factor.
    case correlation = "icc"
    /// Coefficients in standard deviations.
    case standardized
    /// Variance inflation factors of every term.
    case inflation = "vif"

    fileprivate var title: String {
        switch self {
        case .rSquared: "R² by term (semi-partial)"
        case .correlation: "Intraclass correlation by group"
        case .standardized: "Standardized coefficients"
        case .inflation: "Variance inflation factors"
        }
    }
}

extension ResultsReport {
    /// Tables of the effect sizes of a fit; those that a model does not have are left out, and a note says why.
    ///
    /// - Parameters:
    ///   - tables: In which order, all by default.
    ///   - level: Of the intervals of standardized coefficients, between 0 and 1.
    public init(
        effectSizesOf fit: LinearMixedModelFit, inference: FixedEffectsInference,
        tables: [EffectSizeTable] = EffectSizeTable.allCases, standardization: Standardization = .variables,
        level: Double = 0.95
    ) {
        var sections: [Section] = []
        var notes: [String] = []
        for (index, table) in tables.enumerated() {
            let content: Content =
                switch table {
                case .rSquared: Self.rSquared(fit, inference)
                case .correlation: Self.correlation(fit)
                case .standardized: Self.standardized(fit, inference, standardization, level)
                case .inflation: Self.inflation(fit)
                }
            // The first table is `rows` in JSON even when it is empty, so that programs find it.
            if !content.rows.isEmpty || index == 0 {
                let key = index == 0 ? "rows" : table.rawValue
                sections.append(
                    Section(key, ReportTable(title: table.title, columns: content.columns, rows: content.rows)))
            }
            notes += content.rows.isEmpty ? [content.emptyNote] : content.notes
        }
        self.init(title: "Effect sizes", sections: sections, notes: notes)
    }

    /// A table before it is put in its place.
    private struct Content {
        var columns: [ReportTable.Column]
        var rows: [[ReportTable.Cell]]
        var notes: [String]
        var emptyNote: String
    }

    private static func rSquared(_ fit: LinearMixedModelFit, _ inference: FixedEffectsInference) -> Content {
        let terms = fit.semiPartialRSquared(inference)
        return Content(
            columns: [
                .init("term", header: "Term", format: .text), .init("statistic", header: "F", format: .estimate()),
                .init("NumDF", header: "Num. df", format: .integer),
                .init("DenDF", header: "Den. df", format: .estimate()),
                .init("r.squared", header: "R²", format: .fixed(decimals: 3)),
            ],
            rows: terms.map {
                [
                    .text($0.term), .number($0.statistic), .integer($0.numeratorDegreesOfFreedom),
                    .number($0.denominatorDegreesOfFreedom), .number($0.rSquared),
                ]
            },
            notes: [
                "R² of a term is the share of variation that it explains beyond all other terms, from its Wald F test "
                    + "(Edwards et al. 2008); the shares do not add up to that of the model."
            ]
                + (dependsOnCoding(fit)
                    ? [
                        "The model has interactions: the R² of a term that is part of one is about its effect where the other variables "
                            + "are zero or at their reference level, and changes with their coding."
                    ] : [])
                + (inference.method == .asymptotic
                    ? ["R² by term needs degrees of freedom, which the normal distribution does not have."] : []),
            emptyNote: "The model has no fixed-effects term but the intercept, so there is no R² by term.")
    }

    /// Whether a term is part of an interaction.
    private static func dependsOnCoding(_ fit: LinearMixedModelFit) -> Bool {
        let terms = fit.design.fixedTerms.map { Set($0.variables) }
        return terms.contains { smaller in !smaller.isEmpty && terms.contains { smaller.isStrictSubset(of: $0) } }
    }

    private static func correlation(_ fit: LinearMixedModelFit) -> Content {
        let groups = fit.intraclassCorrelations()
        let depends = groups.contains { $0.covariate != nil }
        var columns: [ReportTable.Column] = [.init("group", header: "Group", format: .text)]
        if depends {
            columns.append(.init("covariate", header: "Covariate", format: .text))
            columns.append(.init("value", header: "Value", format: .estimate()))
        }
        columns.append(.init("icc", header: "ICC", format: .fixed(decimals: 3)))
        return Content(
            columns: columns,
            rows: groups.map { group in
                var row: [ReportTable.Cell] = [.text(group.group)]
                if depends { row += [group.covariate.map { .text($0) } ?? .missing, .number(group.value)] }
                return row + [.number(group.correlation)]
            },
            notes: [
                "ICC is the share of the variance left by the fixed effects that lies between the levels of a group."
                    + (depends
                        ? " With a random slope it depends on the covariate: at its smallest value, mean and largest."
                        : "")
            ],
            emptyNote: fit.hasRandomEffects
                ? "The random effects are not of one number per group, so there is no single ICC by group."
                : "The model has no random effects, so there is no ICC.")
    }

    private static func standardized(
        _ fit: LinearMixedModelFit, _ inference: FixedEffectsInference, _ standardization: Standardization,
        _ level: Double
    ) -> Content {
        Content(
            columns: [
                .init("term", header: "Coefficient", format: .text),
                .init("estimate", header: "Estimate", format: .fixed(decimals: 3)),
                .init("std.error", header: "Std. error", format: .fixed(decimals: 3)),
                .init("conf.low", header: "Lower", format: .fixed(decimals: 3)),
                .init("conf.high", header: "Upper", format: .fixed(decimals: 3)),
            ],
            rows: fit.standardizedCoefficients(standardization, inference: inference, level: level).map {
                [
                    .text($0.term), .number($0.estimate), .number($0.standardError), .number($0.lowerLimit),
                    .number($0.upperLimit),
                ]
            },
            notes: [
                standardization == .variables
                    ? "Standardized coefficients are those of the model with the response and all numeric variables centred and "
                        + "divided by their standard deviations; factors stay as they are."
                    : "Standardized coefficients are multiplied by the standard deviation of their column and divided by that of "
                        + "the response."
            ], emptyNote: "The model has no coefficients.")
    }

    private static func inflation(_ fit: LinearMixedModelFit) -> Content {
        Content(
            columns: [
                .init("term", header: "Term", format: .text), .init("df", format: .integer),
                .init("GVIF", format: .estimate()),
                .init("GVIF.scaled", header: "GVIF^(1/(2 df))", format: .estimate()),
            ],
            rows: fit.varianceInflation().map {
                [.text($0.term), .integer($0.degreesOfFreedom), .number($0.factor), .number($0.standardErrorFactor)]
            },
            notes: [
                "GVIF is the generalized variance inflation factor of a term (Fox & Monette 1992); its last column is the factor "
                    + "by which standard errors grow because terms are correlated. Interactions inflate the terms they contain."
            ], emptyNote: "Variance inflation needs at least two terms.")
    }
}
