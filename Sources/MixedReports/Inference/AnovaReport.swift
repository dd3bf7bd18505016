// The table of variance as it is shown, and what it says in words.

public import LinearMixedModels
internal import MixedDesign
public import MixedInference
internal import MixedSyntax

extension ResultsReport {
    /// The F-tests of a fit's terms.
    ///
    /// Columns in JSON: `term, sumsq, meansq, NumDF, DenDF, statistic, p.value`. A linear model's residuals are the last
    /// row.
    public init(_ analysis: AnalysisOfVariance, of fit: LinearMixedModelFit) {
        let isNormal = analysis.method == .asymptotic
        var rows: [[ReportTable.Cell]] = analysis.tests.map { test in
            guard test.numeratorDegreesOfFreedom > 0 else {
                return [
                    .text(test.label), .number(.nan), .number(.nan), 0, .number(.nan), .number(.nan), .number(.nan),
                ]
            }
            return [
                .text(test.label), .number(test.sumOfSquares), .number(test.meanSquare),
                .integer(test.numeratorDegreesOfFreedom), .number(test.denominatorDegreesOfFreedom),
                .number(test.statistic), .number(test.pValue),
            ]
        }
        if let residuals = analysis.residuals {
            rows.append([
                "Residuals", .number(residuals.sumOfSquares), .number(residuals.meanSquare),
                .integer(residuals.degreesOfFreedom), .missing, .missing, .missing,
            ])
        }
        let freedom: ReportTable.Format = fit.hasRandomEffects ? .estimate(digits: 3) : .integer
        let table = ReportTable(
            columns: [
                .init("term", header: "", format: .text), .init("sumsq", header: "Sum Sq", format: .estimate()),
                .init("meansq", header: "Mean Sq", format: .estimate()),
                .init("NumDF", header: fit.hasRandomEffects ? "NumDF" : "Df", format: .integer),
                .init("DenDF", header: "DenDF", format: freedom),
                .init("statistic", header: "F value", format: .estimate(digits: 4)),
                .init("p.value", header: "p value", format: .pValue(), alignment: .trailing),
            ], rows: rows)
        self.init(
            title: "Analysis of variance, type \(analysis.type.rawValue)",
            introduction: ["Formula: \(fit.design.formula.description)"], sections: [Section("rows", table)],
            notes: Self.notes(analysis, fit, isNormal: isNormal),
            details: [
                .init("type", .string(analysis.type.rawValue)), .init("df", .string(analysis.method.rawValue)),
                .init("method", .string(fit.method == .likelihood ? "ML" : "REML")),
            ])
    }

    private static func notes(
        _ analysis: AnalysisOfVariance, _ fit: LinearMixedModelFit, isNormal: Bool
    ) -> [String] {
        guard !analysis.tests.isEmpty else {
            return ["The model has no fixed effects but the intercept, so there is no term to test."]
        }
        var notes: [String] = []
        if analysis.tests.count > 1 {
            switch analysis.type {
            case .sequential:
                notes.append(
                    "Type I: each term is tested given the terms above it, so the order of the formula matters.")
            case .withoutContaining:
                notes.append(
                    "Type II: each term is tested given all others except the interactions that contain it.")
            case .balanced:
                notes.append(
                    "Type III: each term is tested given all others, averaged over the levels of what it interacts with; every level counts the same, however many rows it has."
                )
            }
        }
        switch analysis.method {
        case _ where !fit.hasRandomEffects && !isNormal:
            notes.append(
                "The F-tests of a linear model are exact; their second degrees of freedom are those of the residuals.")
        case .satterthwaite: notes.append("Denominator degrees of freedom (DenDF) are Satterthwaite's.")
        case .kenwardRoger:
            notes.append(
                "Denominator degrees of freedom (DenDF) and F are Kenward and Roger's: the covariance of the coefficients is adjusted for small samples, and F is scaled. Sums of squares belong to F before it is scaled."
            )
        case .residual:
            notes.append(
                "Denominator degrees of freedom (DenDF) are rows less coefficients. In a mixed model this is often far too many."
            )
        case .asymptotic:
            notes.append(
                "The tests take the variances as known (DenDF = Inf): p values are too small when there are few groups."
            )
        }
        if fit.hasRandomEffects, fit.method == .likelihood {
            notes.append(
                "The model was fitted by maximum likelihood, which makes variances too small in small samples; F-tests are better from a REML fit (without --ml)."
            )
        }
        let untested = analysis.tests.filter { $0.numeratorDegreesOfFreedom == 0 }.map(\.label)
        if !untested.isEmpty {
            notes.append(
                "No test for \(FitReport.list(untested)): the data say nothing of it beside the other terms.")
        }
        if analysis.type == .balanced, analysis.tests.count > 1, !fit.aliasedNames.isEmpty {
            notes.append(
                "\(FitReport.count(fit.aliasedNames.count, "coefficient")) could not be estimated (\(FitReport.list(fit.aliasedNames))). With empty combinations of levels type III compares what is left of each effect, which is hard to put into words; type II does not depend on it."
            )
        }
        return notes
    }

    /// Likelihood-ratio tests of a fit's terms, each left out in turn.
    ///
    /// Columns in JSON: `term, npar, AIC, deviance, statistic, df, p.value`. The whole model is the first row.
    public init(_ deletions: TermDeletions) {
        let full = deletions.full
        let table = ReportTable(
            columns: [
                .init("term", header: "Without", format: .text), .init("npar", format: .integer),
                .init("AIC", format: .fixed(decimals: 2)),
                .init("deviance", header: "Deviance", format: .fixed(decimals: 2)),
                .init("statistic", header: "Chisq", format: .fixed(decimals: 3)),
                .init("df", header: "Df", format: .integer),
                .init("p.value", header: "p value", format: .pValue(), alignment: .trailing),
            ],
            rows: [
                [
                    "(nothing)", .integer(full.parameterCount), .number(full.akaikeInformation),
                    .number(full.criterion), .missing, .missing, .missing,
                ]
            ]
                + deletions.tests.map { test in
                    [
                        .text(test.label), .integer(test.parameterCount), .number(test.akaikeInformation),
                        .number(test.deviance), .number(test.statistic), .integer(test.degreesOfFreedom),
                        .number(test.pValue),
                    ]
                })
        var notes = [
            "Each row is the model without one term, compared with the whole model by a likelihood-ratio test."
        ]
        if deletions.isRefitted {
            notes.append(
                "The model was fitted by REML; for these tests all models were fitted by maximum likelihood, because restricted likelihoods of different fixed effects cannot be compared."
            )
        }
        let failed = deletions.tests.filter { !$0.hasConverged }.map(\.label)
        if !failed.isEmpty {
            notes.append(
                "The search for the model without \(FitReport.list(failed)) did not converge: its deviance may be too large, and the p-value too small."
            )
        }
        if !deletions.containedTerms.isEmpty {
            let isOne = deletions.containedTerms.count == 1
            notes.append(
                "\(FitReport.list(deletions.containedTerms)) \(isOne ? "is part of an interaction, and has" : "are parts of interactions, and have") no test of \(isOne ? "its" : "their") own while \(isOne ? "that stands" : "those stand") in the model."
            )
        }
        self.init(
            title: "Likelihood-ratio tests of the fixed terms",
            introduction: ["Formula: \(full.design.formula.description)"], sections: [Section("rows", table)],
            notes: notes, details: [.init("test", .string("LRT")), .init("method", .string("ML"))])
    }
}
