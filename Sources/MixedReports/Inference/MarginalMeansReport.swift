// Marginal means or slopes with their contrasts and joint tests, as one report.

public import LinearMixedModels
public import MixedInference
internal import MixedDesign

extension ResultsReport {
    /// Marginal means or slopes.
    ///
    /// Columns: the variables, then `emmean` (`response` on its own scale, or the slope's variable with `.trend`), `SE, df,
    /// lower.CL, upper.CL`; under `contrasts`: `contrast, estimate, SE, df, lower.CL, upper.CL, t.ratio, p.value`; under
    /// `joint_tests`: `model term, df1, df2, F.ratio, p.value`; under `johnson_neyman` the regions, and their ends under
    /// `bounds`.
    /// - Parameters:
    ///   - isOnResponseScale: whether means are transformed back to the response's own scale, and contrasts of logarithms
    ///     shown as ratios.
    ///   - bias: the variance by which means are adjusted beside; none without.
    ///   - jointTests: with the variables that make their groups.
    ///   - johnsonNeyman: the regions of a moderator for each row of slopes.
    /// - Throws: `MarginalMeansError.noTransformation` for the response's own scale where there is none.
    public init(
        _ estimates: MarginalEstimates, of fit: LinearMixedModelFit, contrasts: MarginalContrasts? = nil,
        jointTests: (tests: [JointTest], groups: [String])? = nil, johnsonNeyman: [JohnsonNeyman] = [],
        isOnResponseScale: Bool = false, bias: BiasVariance? = nil
    ) throws(MarginalMeansError) {
        let report = MarginalMeansReport(
            fit: fit, estimates: estimates, contrasts: contrasts, jointTests: jointTests,
            isOnResponseScale: isOnResponseScale, bias: bias)
        let sections = try report.sections()
        let notes = try report.notes()
        guard !johnsonNeyman.isEmpty else {
            self.init(title: report.title, sections: sections, notes: notes)
            return
        }
        let regions = JohnsonNeymanReport(intervals: johnsonNeyman, groups: estimates.variables)
        self.init(
            title: report.title, sections: sections + [regions.section], notes: notes + regions.notes,
            details: [regions.details])
    }
}

/// The tables and sentences of marginal means, or of slopes.
private struct MarginalMeansReport {
    let fit: LinearMixedModelFit
    let estimates: MarginalEstimates
    let contrasts: MarginalContrasts?
    let jointTests: (tests: [JointTest], groups: [String])?
    let isOnResponseScale: Bool
    let bias: BiasVariance?

    func sections() throws(MarginalMeansError) -> [ResultsReport.Section] {
        var sections = [ResultsReport.Section("rows", try means())]
        if let contrasts { sections.append(.init("contrasts", table(contrasts))) }
        if let jointTests { sections.append(.init("joint_tests", table(jointTests.tests, jointTests.groups))) }
        return sections
    }

    var title: String {
        let names = estimates.variables
        let by = names.isEmpty ? "" : " by " + MarginalNotes.list(names)
        return switch estimates.quantity {
        case .mean: "Marginal means of \(isOnResponseScale ? "the response of " : "")\(fit.design.responseName)\(by)"
        case .slope(let name): "Slopes of \(name)\(by), for \(fit.design.responseName)"
        }
    }

    private var estimateName: String {
        switch estimates.quantity {
        case .mean: isOnResponseScale ? "response" : "emmean"
        case .slope(let name): name + ".trend"
        }
    }

    private func means() throws(MarginalMeansError) -> ReportTable {
        let names = estimates.variables
        var columns: [ReportTable.Column] = names.map(ReportTable.Column.grid)
        if names.isEmpty, case .mean = estimates.quantity { columns = [.init("1", header: "", format: .text)] }
        let leading = columns.count
        let transformed = try isOnResponseScale ? estimates.onResponseScale() : nil
        let precision = ReportTable.Format.precision(
            of: transformed?.map(\.standardError) ?? estimates.rows.map(\.standardError))
        columns += [
            .init(estimateName, header: header, format: precision), .init("SE", header: "SE", format: precision),
            .init("df", format: .estimate(digits: 3)), .init("lower.CL", header: "Lower", format: precision),
            .init("upper.CL", header: "Upper", format: precision),
        ]
        var adjusted: [ResponseEstimate]?
        if isOnResponseScale, let bias {
            adjusted = try estimates.onResponseScale(adjustedWith: bias)
            columns += [
                .init("bias.adjusted", header: "Adjusted mean", format: precision),
                .init("bias.adjusted.SE", header: "SE", format: precision),
                .init("bias.adjusted.lower", header: "Lower", format: precision),
                .init("bias.adjusted.upper", header: "Upper", format: precision),
            ]
        }
        let rows = estimates.rows.enumerated().map { index, row in
            var cells = row.values.map(\.cell)
            if cells.count < leading { cells = [.text("overall")] }
            let numbers =
                transformed.map {
                    ($0[index].response, $0[index].standardError, $0[index].lowerLimit, $0[index].upperLimit)
                }
                ?? (row.estimate, row.standardError, row.lowerLimit, row.upperLimit)
            cells += [numbers.0, numbers.1, row.degreesOfFreedom, numbers.2, numbers.3].map(ReportTable.Cell.number)
            if let own = adjusted?[index] {
                cells += [own.response, own.standardError, own.lowerLimit, own.upperLimit].map(ReportTable.Cell.number)
            }
            return cells
        }
        return ReportTable(columns: columns, rows: rows)
    }

    private var header: String {
        switch estimates.quantity {
        case .mean: isOnResponseScale ? "Response" : "Mean"
        case .slope: "Slope"
        }
    }

    private func table(_ contrasts: MarginalContrasts) -> ReportTable {
        let ratios = isOnResponseScale ? contrasts.asRatios(fit.responseTransformation) : nil
        let isOdds = fit.responseTransformation?.function == .logit
        var columns: [ReportTable.Column] = [.init("contrast", header: "Contrast", format: .text)]
        columns += contrasts.groups.map(ReportTable.Column.grid)
        let name = ratios == nil ? "estimate" : isOdds ? "odds.ratio" : "ratio"
        let shown = ratios == nil ? "Estimate" : isOdds ? "Odds ratio" : "Ratio"
        let precision = ReportTable.Format.precision(
            of: ratios?.map(\.standardError) ?? contrasts.rows.map(\.standardError))
        columns.append(.init(name, header: shown, format: precision))
        columns.append(.init("SE", header: "SE", format: precision))
        columns.append(.init("df", format: .estimate(digits: 3)))
        columns.append(.init("lower.CL", header: "Lower", format: precision))
        columns.append(.init("upper.CL", header: "Upper", format: precision))
        columns.append(.init("t.ratio", header: "t", format: .fixed(decimals: 2)))
        columns.append(.init("p.value", header: "p", format: .pValue()))
        let rows = contrasts.rows.enumerated().map { index, row -> [ReportTable.Cell] in
            var cells: [ReportTable.Cell] = [.text(row.contrast)]
            cells += row.group.map(\.cell)
            if let ratio = ratios?[index] {
                cells += [.number(ratio.response), .number(ratio.standardError), .number(row.degreesOfFreedom)]
                cells += [.number(ratio.lowerLimit), .number(ratio.upperLimit)]
            } else {
                cells += [.number(row.estimate), .number(row.standardError), .number(row.degreesOfFreedom)]
                cells += [.number(row.lowerLimit), .number(row.upperLimit)]
            }
            return cells + [.number(row.statistic), .number(row.pValue)]
        }
        let kind = contrasts.kind.name
        return ReportTable(
            title: kind.prefix(1).uppercased() + String(kind.dropFirst()) + ":", columns: columns, rows: rows)
    }

    private func table(_ tests: [JointTest], _ groups: [String]) -> ReportTable {
        var columns: [ReportTable.Column] = [.init("model term", header: "Term", format: .text)]
        columns += groups.map(ReportTable.Column.grid)
        columns.append(.init("df1", header: "Num. df", format: .integer))
        columns.append(.init("df2", header: "Den. df", format: .estimate(digits: 3)))
        columns.append(.init("F.ratio", header: "F", format: .fixed(decimals: 2)))
        columns.append(.init("p.value", header: "p", format: .pValue()))
        let rows = tests.map { test -> [ReportTable.Cell] in
            var cells: [ReportTable.Cell] = [.text(test.test.label)]
            cells += test.group.map(\.cell)
            cells.append(.integer(test.test.numeratorDegreesOfFreedom))
            cells.append(.number(test.test.denominatorDegreesOfFreedom))
            return cells + [.number(test.test.statistic), .number(test.test.pValue)]
        }
        let place = groups.isEmpty ? "" : " within \(MarginalNotes.list(groups)) (simple effects)"
        return ReportTable(title: "Joint tests\(place):", columns: columns, rows: rows)
    }

    // MARK: Sentences

    func notes() throws(MarginalMeansError) -> [String] {
        var notes = MarginalNotes.averaging(estimates)
        notes.append(MarginalNotes.method(estimates.method, hasRandomEffects: fit.hasRandomEffects))
        notes.append(
            "Lower and Upper are \(MarginalNotes.percent(estimates.level)) confidence limits of each \(estimates.quantity == .mean ? "mean" : "slope")."
        )
        notes += scaleNotes
        if let contrasts {
            notes.append(MarginalNotes.adjustment(contrasts))
            notes += contrasts.notes.map(MarginalNotes.sentence)
        }
        if let tests = jointTests?.tests,
            tests.contains(where: { $0.contrastCount > $0.test.numeratorDegreesOfFreedom })
        {
            notes.append(
                "Joint tests have fewer degrees of freedom, or none (NA), where cells have no data: what is estimable is tested."
            )
        }
        notes += estimates.notes.map(MarginalNotes.sentence)
        notes += MarginalNotes.obstacles(
            estimates.rows.map { row in
                (
                    zip(estimates.variables, row.values).map { "\($0) = \($1.label)" }.joined(separator: ", "),
                    row.obstacle
                )
            })
        if let contrasts {
            notes += MarginalNotes.obstacles(
                contrasts.rows.map { (([$0.contrast] + $0.group.map(\.label)).joined(separator: ", "), $0.obstacle) })
        }
        return notes
    }

    private var scaleNotes: [String] {
        guard let transformation = fit.responseTransformation else { return [] }
        guard isOnResponseScale else {
            guard estimates.quantity == .mean else { return ["Slopes are of \(transformation.text)."] }
            return ["Means are of \(transformation.text); --response shows them on the response's own scale."]
        }
        let kind =
            switch transformation.function {
            case .logarithm: "geometric means, which estimate medians, not means, of the response"
            case .squareRoot, .logit: "estimates of medians, not means, of the response"
            }
        var notes = [
            "Transformed back from \(transformation.text): \(kind). Limits are transformed, standard errors by the delta method."
        ]
        if let bias {
            notes.append(
                "Adjusted means estimate the mean of the response, by the \(bias == .total ? "total variance (random effects and residual)" : "residual variance")."
            )
        } else {
            notes.append("--bias-adjust shows estimates of means beside.")
        }
        if let contrasts {
            notes.append(
                contrasts.asRatios(transformation) == nil
                    ? "Contrasts are still of \(transformation.text)."
                    : "Contrasts are ratios; they are tested on the scale of \(transformation.text).")
        }
        return notes
    }
}
