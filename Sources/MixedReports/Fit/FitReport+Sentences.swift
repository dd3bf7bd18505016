// What a report says in words: what was fitted to what, how sure the optimum is, and what follows from it.

internal import MixedInference
internal import MixedSyntax
internal import LinearMixedModels
internal import MixedDesign

extension FitReport {
    var title: String {
        guard isMixed else { return "Linear model fitted by least squares" }
        return switch fit.method {
        case .restrictedLikelihood: "Linear mixed model fitted by REML"
        case .likelihood: "Linear mixed model fitted by maximum likelihood"
        }
    }

    var formulaSentence: String { "Formula: \(fit.design.formula.description)" }

    /// How many rows and levels there are, which rows were left out, and whether rows are weighted.
    var dataSentence: String {
        var sentence = "Data: \(Self.count(fit.rowCount, "row"))"
        let groups = fit.design.groupingFactors.map { "\(Self.count($0.levels.count, "level")) of \($0.name)" }
        if !groups.isEmpty { sentence += "; \(Self.list(groups))" }
        if fit.design.hasWeights { sentence += "; rows are weighted" }
        if fit.design.hasOffset { sentence += "; with an offset" }
        return sentence
    }

    var droppedSentence: String? {
        let data = fit.design.data
        guard data.droppedRowCount > 0 else { return nil }
        let columns = data.dropped.map { "\($0.column) in \(Self.count($0.count, "row"))" }
        return
            "Left out: \(data.droppedRowCount) of \(Self.count(data.totalRowCount, "row")), because a value is missing (\(columns.joined(separator: ", ")))."
    }

    var aliasedSentence: String? {
        guard !fit.aliasedNames.isEmpty else { return nil }
        let names = Self.list(fit.aliasedNames)
        return fit.aliasedNames.count == 1
            ? "\(names) has no estimate: its column can be computed from the columns before it, so the data say nothing of its own effect."
            : "\(names) have no estimates: their columns can be computed from the columns before them, so the data say nothing of their own effects."
    }

    /// How the optimum is certified, or why not, with what it means and what to do.
    var statusSentences: [String] {
        guard isMixed else { return [] }
        switch fit.status {
        case .converged: return fit.computation.isIterative ? [] : [certificateSentence]
        case .singular(let directions):
            return directions.map { "Singular fit: \($0.sentence)." }
                + [Self.singularMeaning(directions)] + (fit.computation.isIterative ? [] : [certificateSentence])
        case .unidentified(let directions):
            return directions.map { "The optimum is not unique: \($0.sentence)." } + [
                "What it means: the coefficients do not depend on it, but the variances of these terms mean nothing one by one. What to do: keep one of these terms, or collect data in which they differ.",
                certificateSentence,
            ]
        case .notConverged(let reason):
            return [
                "Not certified: \(reason). These may not be the best estimates; do not report them yet. What to do: look for extreme values in the data, or fit fewer random effects."
            ]
        case .interrupted: return [Self.interruptedSentence(fit)]
        }
    }

    /// What an interrupted search means.
    private static func interruptedSentence(_ fit: LinearMixedModelFit) -> String {
        "Not converged: the search was interrupted after \(count(fit.evaluations, "evaluation")). These are the best estimates so far, not those of the model; do not report them. What to do: save the model and go on from it with --resume (in Swift: startingFrom:)."
    }

    /// What the search has shown, with the true figure, or the rounding error of the criterion where that is larger.
    private var certificateSentence: String {
        let figure = max(fit.certificate.newtonDecrement, fit.criterion.magnitude.ulp)
        return
            "Certified optimum: no further step could lower the criterion by more than \(Self.roundedUp(figure))."
    }

    /// How the equations were solved, where that was not by exact factorisation alone.
    var computationSentences: [String] {
        switch fit.computation {
        case .exact: return []
        case .iterativeThenExact:
            return [
                "Computed iteratively, then by exact factorisation until the optimum was certified: the estimates are exact."
            ]
        case .iterative(let search):
            if fit.status == .interrupted {
                return ["Computed iteratively: the criterion, AIC and BIC are estimated at the end of a search only."]
            }
            var sentences = [
                search.probes == 0
                    ? "Computed iteratively, with exact traces: the variances are those of an exact score."
                    : "Computed iteratively: traces estimated from \(search.probes) probes; Monte Carlo error at most \(Self.percentage(search.monteCarloError)) of a standard error of the variance parameters."
            ]
            if let error = search.criterionError, error.isFinite {
                sentences.append(
                    "Criterion, AIC and BIC are estimates with a Monte Carlo standard error of \(NumberText.scientific(error, digits: 2)): do not compare models by differences of that size."
                )
            }
            if degreesOfFreedom == .satterthwaite {
                sentences.append(
                    "Satterthwaite's degrees of freedom are from the average information in place of the exact Hessian."
                )
            }
            return sentences
        }
    }

    /// What a program must be told of a criterion that is an estimate.
    var estimateWarnings: [String] { fit.computation.isIterative ? computationSentences : [] }

    /// What is to be said where the rows do not bear out what was computed from their sums.
    var rowSentences: [String] {
        guard let agreement = fit.residuals?.agreement, !agreement.holds else { return [] }
        let step = NumberText.scientific(agreement.largestStep, digits: 2)
        let squares = NumberText.scientific(agreement.residualSumOfSquares, digits: 2)
        return [
            "Not borne out by the rows: their residual sum of squares differs by a share of \(squares), and an estimate is off by \(step) of its standard error. What it means: sums over the rows have lost digits. What to do: subtract a constant from columns that are far from zero, or divide columns of very different sizes by powers of ten."
        ]
    }

    /// What a program must be told of an optimum that is none, or not unique.
    var statusWarnings: [String] {
        switch fit.status {
        case .converged, .singular: []
        case .unidentified(let directions): directions.map { Self.asSentence($0.sentence) }
        case .notConverged(let reason): ["The fit is not certified as an optimum: \(reason)."]
        case .interrupted: [Self.interruptedSentence(fit)]
        }
    }

    /// A share as a percentage with two digits, rounded up.
    private static func percentage(_ share: Double) -> String {
        guard share.isFinite else { return "an unknown share" }
        let percent = 100 * share
        let decimals = percent >= 10 ? 0 : percent >= 1 ? 1 : percent >= 0.1 ? 2 : 3
        let unit = (0..<decimals).reduce(1.0) { value, _ in value / 10 }
        return NumberText.fixed((percent / unit).rounded(.up) * unit, decimals: decimals) + "%"
    }

    private static func singularMeaning(_ directions: [SingularDirection]) -> String {
        let meaning =
            "What it means: the data show no more variation there than the residuals explain. This is the best fit of the model and not a failure of the search; with few groups a small variance is easily estimated as zero."
        guard let only = directions.first, directions.count == 1 else {
            return meaning
                + " What to do: leave out the random effects that are named, or keep them as the design asks."
        }
        let used = zip(only.columnNames, only.weights).filter { $0.1 != 0 }.map(\.0)
        let advice: String
        switch used.count {
        case 1 where only.columnNames.count == 1 && used[0] == "(Intercept)":
            advice =
                "a model without (1 | \(only.group)) gives the same answers; keep the term if the design asks for it."
        case 1: advice = "leave out the random effect of \(used[0]), or keep it if the design asks for it."
        case 2:
            advice =
                "try effects without correlation, (... || \(only.group)), or leave out the random effect of \(used[1])."
        default: advice = "leave out one of these random effects, or try (... || \(only.group))."
        }
        return meaning + " What to do: " + advice
    }

    var explainedSentence: String? {
        guard isMixed else { return nil }
        let explained = fit.explainedVariance
        return
            "Variance explained (R2): \(Self.share(explained.marginalRSquared)) by the fixed effects, \(Self.share(explained.conditionalRSquared)) together with the random effects. Of what the fixed effects leave, \(Self.share(explained.intraclassCorrelation)) is variance between groups (ICC)."
    }

    /// The residual standard deviation and R² of a linear model.
    var leastSquaresSentences: [String] {
        guard !isMixed else { return [] }
        let summary = LeastSquaresSummary(fit)
        let sigma = ColumnFormatter(.estimate(), numbers: [fit.residualStandardDeviation])
            .text(fit.residualStandardDeviation)
        var sentences = [
            "Residual standard deviation: \(sigma) on \(summary.denominatorDegreesOfFreedom) degrees of freedom"
        ]
        guard summary.numeratorDegreesOfFreedom > 0 else { return sentences }
        sentences.append(
            "R-squared: \(Self.share(summary.rSquared)), adjusted: \(Self.share(summary.adjustedRSquared))")
        let statistic = ColumnFormatter(.estimate(), numbers: [summary.fStatistic]).text(summary.fStatistic)
        let probability = ColumnFormatter(.pValue(), numbers: [summary.pValue]).text(summary.pValue)
        let relation = probability.hasPrefix("<") ? "p \(probability)" : "p = \(probability)"
        sentences.append(
            "F-test of all effects: \(statistic) on \(summary.numeratorDegreesOfFreedom) and \(summary.denominatorDegreesOfFreedom) degrees of freedom, \(relation)"
        )
        return sentences
    }

    /// What the tests rest on.
    var testsHeading: String {
        guard isMixed else { return "Coefficients:" }
        return switch degreesOfFreedom {
        case .satterthwaite: "Fixed effects, with t-tests by Satterthwaite's degrees of freedom:"
        case .kenwardRoger:
            "Fixed effects, with t-tests by Kenward and Roger's degrees of freedom and standard errors adjusted for small samples:"
        case .residual: "Fixed effects, with t-tests on the residual degrees of freedom:"
        case .asymptotic: "Fixed effects, with tests by the normal distribution:"
        }
    }

    /// A sentence with a capital and a full stop.
    static func asSentence(_ text: String) -> String {
        let sentence = text.prefix(1).uppercased() + text.dropFirst()
        return sentence.hasSuffix(".") ? sentence : sentence + "."
    }

    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    static func list(_ items: [String]) -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    private static func share(_ value: Double) -> String { NumberText.fixed(value, decimals: 3) }

    /// A positive number with one digit, never below it.
    private static func roundedUp(_ value: Double) -> String {
        let nearest = NumberText.scientific(value, digits: 1)
        guard let rounded = Double(nearest), rounded < value else { return nearest }
        let parts = nearest.split(separator: "e")
        guard parts.count == 2, let digit = Int(parts[0]), digit < 9 else {
            return NumberText.scientific(rounded * 1.2, digits: 1)
        }
        return "\(digit + 1)e\(parts[1])"
    }
}
