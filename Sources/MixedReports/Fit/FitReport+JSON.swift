// The report as the object that other programs read: its keys and their order are a contract.

internal import MixedSyntax
internal import LinearMixedModels
internal import MixedDesign

extension FitReport {
    /// The fit as one object.
    ///
    /// What does not exist or is not finite is `null`. `criterion` is the REML criterion, or −2 log-likelihood, which it always
    /// is for a linear model.
    public func json() -> JSONValue {
        let data = fit.design.data
        var members: [JSONValue.Member] = [
            .init("formula", .string(fit.design.formula.description)),
            .init("kind", isMixed ? "lmm" : "lm"),
            .init("family", "gaussian"),
            .init("link", "identity"),
            .init("method", .string(isMixed ? fit.method.rawValue : EstimationMethod.likelihood.rawValue)),
            .init("nobs", .integer(fit.rowCount)),
            .init("dropped", .integer(data.droppedRowCount)),
            .init("groups", groupSizes),
            .init("status", .string(fit.status.name)),
            .init("criterion", Self.number(fit.criterion)),
            .init("logLik", Self.number(fit.logLikelihood)),
            .init("AIC", Self.number(fit.akaikeInformation)),
            .init("BIC", Self.number(fit.bayesianInformation)),
            .init("df_residual", .integer(fit.residualDegreesOfFreedom)),
            .init("sigma", Self.number(fit.residualStandardDeviation)),
            .init("theta", .array(fit.theta.map(Self.number))),
            .init("tidy", tidy.json()),
            .init(
                "warnings",
                .array(
                    (noteSentences + statusWarnings + rowSentences + estimateWarnings + warningSentences).map(
                        JSONValue.string))),
            .init("evaluations", .integer(fit.evaluations)),
        ]
        members.append(
            .init(
                "seconds",
                seconds.map { ["read": Self.number($0.read), "fit": Self.number($0.fit)] } ?? .null))
        members += [
            .init("certificate", certificate),
            .init("r2", explainedShares),
            .init("icc", isMixed ? Self.number(fit.explainedVariance.intraclassCorrelation) : .null),
            .init("singular", .array(singularSentences.map(JSONValue.string))),
            .init("aliased", .array(fit.aliasedNames.map(JSONValue.string))),
            .init("droppedByColumn", .object(data.dropped.map { .init($0.column, .integer($0.count)) })),
            .init("computation", isMixed ? computation : .null),
        ]
        return .object(members)
    }

    private static func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }

    private var groupSizes: JSONValue {
        .object(fit.design.groupingFactors.map { .init($0.name, .integer($0.levels.count)) })
    }

    /// How the equations were solved, and how far random numbers may have moved the result.
    private var computation: JSONValue {
        var members: [JSONValue.Member] = [.init("solver", .string(fit.computation.name))]
        if let search = fit.computation.search {
            members += [
                .init("probes", .integer(search.probes)),
                .init("monteCarloError", Self.number(search.monteCarloError)),
                .init("criterionError", search.criterionError.map(Self.number) ?? .null),
                .init("scoreEvaluations", .integer(search.evaluations)),
                .init("iterations", .integer(search.iterations)),
                .init("borderEffects", .integer(search.borderEffects)),
            ]
        }
        return .object(members)
    }

    private var certificate: JSONValue {
        guard isMixed else { return .null }
        return [
            "newtonDecrement": Self.number(fit.certificate.newtonDecrement),
            "smallestCurvature": Self.number(fit.certificate.smallestCurvature),
            "smallestBoundaryScore": fit.certificate.smallestBoundaryScore.map(Self.number) ?? .null,
            "rows": rowAgreement,
        ]
    }

    /// What the rows say of the answer; null where they were not looked at again.
    private var rowAgreement: JSONValue {
        guard let agreement = fit.residuals?.agreement else { return .null }
        return [
            "residualSumOfSquares": Self.number(agreement.residualSumOfSquares),
            "largestStep": Self.number(agreement.largestStep),
        ]
    }

    private var explainedShares: JSONValue {
        guard isMixed else {
            let explained = LeastSquaresSummary(fit)
            return [
                "marginal": .null, "conditional": .null, "r.squared": Self.number(explained.rSquared),
                "adj.r.squared": Self.number(explained.adjustedRSquared),
            ]
        }
        return [
            "marginal": Self.number(fit.explainedVariance.marginalRSquared),
            "conditional": Self.number(fit.explainedVariance.conditionalRSquared),
        ]
    }

    /// The sentences about directions without variance, one each.
    var singularSentences: [String] {
        guard case .singular(let directions) = fit.status else { return [] }
        return directions.map { Self.asSentence($0.sentence) }
    }
}
