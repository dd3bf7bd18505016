// The tables that a summary shows: residuals, random effects, coefficients and their correlations.

internal import MixedDesign
internal import MixedInference
internal import LinearMixedModels
internal import MixedLinearAlgebra

extension FitReport {
    /// The five quantiles of the residuals: relative to their standard deviation, or, of a linear model, as they are.
    var residualTable: ReportTable? {
        guard let quantiles = fit.residuals?.scaledQuantiles, quantiles.count == 5 else { return nil }
        let factor = isMixed ? 1 : fit.residualStandardDeviation
        // One format for all five, so that the median does not stand with more decimals than the extremes.
        let largest = quantiles.map { ($0 * factor).magnitude }.max() ?? 0
        let decimals = isMixed ? 3 : Self.decimals(digits: 4, of: largest)
        return ReportTable(
            title: isMixed ? "Scaled residuals:" : (fit.design.hasWeights ? "Weighted residuals:" : "Residuals:"),
            columns: ["Smallest", "1st quartile", "Median", "3rd quartile", "Largest"].map {
                .init($0, format: .fixed(decimals: decimals))
            }, rows: [quantiles.map { .number($0 * factor) }])
    }

    /// Variances, standard deviations and, where they fit beside them, correlations.
    func randomEffectsTable(withCorrelations: Bool = true) -> ReportTable {
        let widest = withCorrelations ? (fit.varianceComponents.map(\.columnNames.count).max() ?? 0) : 0
        var table = ReportTable(
            columns: [
                .init("group", header: "Group", format: .text), .init("effect", header: "Effect", format: .text),
                .init("variance", header: "Variance", format: .estimate()),
                .init("std.dev", header: "Std. dev.", format: .estimate()),
            ])
        for index in 0..<max(0, widest - 1) {
            table.columns.append(
                .init("cor\(index + 1)", header: index == 0 ? "Correlation" : "", format: .fixed(decimals: 2)))
        }
        for component in fit.varianceComponents {
            let correlations = component.correlations
            for (index, name) in component.columnNames.enumerated() {
                let shown = (0..<(withCorrelations ? index : 0)).map {
                    ReportTable.Cell.number(correlations[index, $0])
                }
                table.rows.append(
                    [
                        index == 0 ? .text(component.group) : .missing, .text(name),
                        .number(max(component.covariance[index, index], 0)),
                        .number(component.standardDeviations[index]),
                    ] + shown)
            }
        }
        let sigma = fit.residualStandardDeviation
        table.rows.append(["Residual", .missing, .number(sigma * sigma), .number(sigma)])
        return table
    }

    /// The correlations of the random effects of every term that has several.
    var randomCorrelationTables: [ReportTable] {
        fit.varianceComponents.filter { $0.columnNames.count > 1 }.map {
            Self.correlationTable(
                title: "Correlation of the effects of \($0.group):", names: $0.columnNames, $0.correlations)
        }
    }

    /// The coefficients with their tests.
    var coefficientTable: ReportTable {
        let isNormal = degreesOfFreedom == .asymptotic
        let format = Self.sharedFormat(tests.flatMap { [$0.estimate, $0.standardError] })
        var columns: [ReportTable.Column] = [
            .init("term", header: "", format: .text), .init("estimate", header: "Estimate", format: format),
            .init("std.error", header: "Std. error", format: format),
        ]
        let showsFreedom = isMixed && !isNormal
        if showsFreedom { columns.append(.init("df", header: "df", format: .estimate(digits: 3))) }
        columns += [
            .init("statistic", header: isNormal ? "z value" : "t value", format: .fixed(decimals: 2)),
            .init("p.value", header: "p value", format: .pValue(), alignment: .trailing),
        ]
        return ReportTable(
            columns: columns,
            rows: coefficientRows.map { name, test in
                guard let test else {
                    return [.text(name)] + Array(repeating: .number(.nan), count: columns.count - 1)
                }
                return [.text(name), .number(test.estimate), .number(test.standardError)]
                    + (showsFreedom ? [.number(test.degreesOfFreedom)] : [])
                    + [.number(Self.rounded(test.statistic)), .number(test.pValue)]
            })
    }

    /// The correlations of the estimated coefficients.
    var coefficientCorrelationTable: ReportTable {
        Self.correlationTable(
            title: "Correlation of the fixed effects:", names: fit.coefficientNames, fit.coefficientCorrelation)
    }

    /// The part of a correlation matrix below its diagonal; the columns are numbered as the rows are.
    private static func correlationTable(title: String, names: [String], _ correlations: Matrix) -> ReportTable {
        var columns: [ReportTable.Column] = [.init("term", header: "", format: .text)]
        for number in names.indices.dropLast() {
            columns.append(.init("\(number + 1)", format: .fixed(decimals: 2)))
        }
        return ReportTable(
            title: title, columns: columns,
            rows: names.enumerated().map { row, name in
                [.text("\(row + 1) \(name)")] + (0..<row).map { .number(rounded(correlations[row, $0])) }
            })
    }

    /// A number that two decimals show: a correlation of 10⁻¹⁷ is zero for a reader.
    private static func rounded(_ value: Double) -> Double {
        value.magnitude < 1 ? (100 * value).rounded() / 100 : value
    }

    /// One number of decimals for estimates and standard errors, by R's rule, unless they are too far apart for that.
    private static func sharedFormat(_ numbers: [Double]) -> ReportTable.Format {
        let sizes = numbers.filter { $0.isFinite && $0 != 0 }.map(\.magnitude)
        guard let smallest = sizes.min(), let largest = sizes.max(), smallest >= 1e-4, largest < smallest * 1e7 else {
            return .estimate()
        }
        return .fixed(decimals: max(1, decimals(digits: 4, of: smallest)))
    }

    /// The decimals that show a number with so many significant digits.
    private static func decimals(digits: Int, of value: Double) -> Int {
        guard value.isFinite, value != 0 else { return digits - 1 }
        return min(max(0, digits - 1 - SignificantDigits(value, digits: digits).exponent), 12)
    }
}
