// The sentences below tables of means, slopes and predictions: what was averaged, held, tested and adjusted.

internal import LinearMixedModels
internal import MixedInference

/// Sentences on how marginal estimates were made.
enum MarginalNotes {
    /// How degrees of freedom were found.
    static func method(_ method: DegreesOfFreedomMethod, hasRandomEffects: Bool = true) -> String {
        guard hasRandomEffects || method == .asymptotic else {
            return "Degrees of freedom: rows less coefficients, exact for a linear model."
        }
        return switch method {
        case .satterthwaite: "Degrees of freedom by Satterthwaite's method."
        case .kenwardRoger: "Degrees of freedom and standard errors by Kenward and Roger's method."
        case .residual: "Degrees of freedom: rows less coefficients, too many for a mixed model."
        case .asymptotic: "Limits and tests by the normal distribution (infinite degrees of freedom)."
        }
    }

    /// What was averaged over and held.
    static func averaging(_ estimates: MarginalEstimates) -> [String] {
        var sentences: [String] = []
        if !estimates.averagedOver.isEmpty {
            sentences.append(
                "Averaged over \(list(estimates.averagedOver)), \(weights(estimates.weights)).")
        }
        if !estimates.heldAt.isEmpty { sentences.append("At \(held(estimates.heldAt)).") }
        return sentences
    }

    static func held(_ values: [MarginalEstimates.HeldValue]) -> String {
        list(values.map { "\($0.variable) = \(short($0.value))" })
    }

    private static func weights(_ weights: MarginalWeights) -> String {
        switch weights {
        case .equal: "all levels weighted alike"
        case .proportional: "combinations weighted by how often they occur"
        case .outer: "levels weighted by how often they occur"
        case .cells: "weighted by the rows of each cell"
        }
    }

    /// A value with as many digits as a sentence bears.
    static func short(_ value: GridValue) -> String {
        guard let number = value.number else { return value.label }
        let digits = SignificantDigits(number, digits: 4)
        guard number != 0, (-4..<12).contains(digits.exponent) else { return value.label }
        return NumberText.fixed(number, decimals: digits.decimals)
    }

    /// The adjustment of p-values and limits.
    static func adjustment(_ contrasts: MarginalContrasts) -> String {
        let places = contrasts.groups.isEmpty ? "" : " in each group of \(list(contrasts.groups))"
        let count = contrasts.familySize
        let family = "\(count) \(count == 1 ? "contrast" : "contrasts")\(places)"
        let level = percent(contrasts.level)
        switch contrasts.adjustment {
        case .none:
            let groups = Set(contrasts.rows.map { $0.group }).count
            let estimable = contrasts.rows.filter { $0.obstacle == nil }.count
            if count > 1, estimable <= groups {
                return
                    "Of the \(family) one at most is estimable: there is nothing to adjust for. Its limits are \(level) limits."
            }
            return count == 1
                ? "One contrast\(places): there is nothing to adjust for. Its limits are \(level) limits."
                : "P values and \(level) limits are not adjusted for the \(family)."
        case .tukey:
            return
                "P values and \(level) limits adjusted by Tukey's method for all pairs of \(contrasts.meanCount) "
                + "\(contrasts.quantity == .mean ? "means" : "slopes")\(places)."
        default: break
        }
        let isSame = contrasts.limitsAdjustment == contrasts.adjustment
        return
            "P values \(isSame ? "and \(level) limits " : "")adjusted by \(contrasts.adjustment.methodName) for \(family)"
            + (isSame ? "." : "; \(level) limits by \(contrasts.limitsAdjustment.methodName), as this method has none.")
    }

    /// What is not estimable, and why.
    static func obstacles(_ rows: [(label: String, obstacle: String?)]) -> [String] {
        let missing = rows.compactMap { row in row.obstacle.map { "\(row.label): \($0)" } }
        return missing.prefix(6).map { "Not estimable (NA): \($0)." }
            + (missing.count > 6 ? ["\(missing.count - 6) more are not estimable."] : [])
    }

    static func percent(_ level: Double) -> String {
        let digits = SignificantDigits(100 * level, digits: 6)
        return NumberText.fixed(100 * level, decimals: digits.decimals) + "%"
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// A sentence of the library as one of a report.
    static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + String(text.dropFirst()) + (text.hasSuffix(".") ? "" : ".")
    }
}

extension GridValue {
    var cell: ReportTable.Cell {
        switch self {
        case .level(let level): .text(level)
        case .number(let value): .number(value)
        }
    }
}

extension ReportTable.Column {
    /// The column of a variable of a grid.
    static func grid(_ name: String) -> ReportTable.Column {
        .init(name, format: .estimate(digits: 4), alignment: .leading)
    }
}

extension MultiplicityAdjustment {
    /// The adjustment's name in a sentence.
    var methodName: String {
        switch self {
        case .none: "no method"
        case .falseDiscoveryRate: "Benjamini and Hochberg's false discovery rate"
        case .dunnett: "the multivariate t distribution (Dunnett's method)"
        case .bonferroni, .holm, .sidak, .scheffe, .tukey: title + "'s method"
        }
    }
}
