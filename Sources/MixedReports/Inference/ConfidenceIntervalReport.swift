// The report of confidence intervals, whatever the method, and the points of profiles as a table.

internal import MixedDesign
internal import MixedSyntax
public import LinearMixedModels
public import MixedInference
public import MixedTables

extension ResultsReport {
    /// A table of confidence intervals.
    ///
    /// Columns: `term, estimate, conf.low, conf.high`.
    /// - Parameters:
    ///   - description: How the intervals are made, as a sentence.
    ///   - notes: What to beware of.
    ///   - details: What JSON says besides.
    public init(
        intervals: [ParameterInterval], of fit: LinearMixedModelFit, level: Double, method: String,
        description: String, notes: [String] = [], details: [JSONValue.Member] = []
    ) {
        let precision = ReportTable.Format.precision(ofLimits: intervals.map { ($0.lowerLimit, $0.upperLimit) })
        let table = ReportTable(
            columns: [
                .init("term", header: "Parameter", format: .text),
                .init("estimate", header: "Estimate", format: precision),
                .init("conf.low", header: "Lower", format: precision),
                .init("conf.high", header: "Upper", format: precision),
            ],
            rows: intervals.map { row in
                [.text(row.term), .number(row.estimate), .number(row.lowerLimit), .number(row.upperLimit)]
            })
        self.init(
            title: "Confidence intervals, \(Self.percent(level))",
            introduction: ["Formula: \(fit.design.formula)", description],
            sections: [Section("rows", table)], notes: notes,
            details: [.init("method", .string(method)), .init("level", .number(level))] + details)
    }

    private static func percent(_ level: Double) -> String {
        let percent = (1e6 * level).rounded() / 1e4
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }

    /// Wald intervals.
    ///
    /// - Parameter inference: The method of degrees of freedom; the normal distribution, as in lme4, by `asymptotic`.
    public init(intervals inference: FixedEffectsInference, of fit: LinearMixedModelFit, level: Double) {
        let quantiles =
            switch inference.method {
            case .asymptotic: "normal quantiles"
            default: "t quantiles (\(inference.method.rawValue) degrees of freedom)"
            }
        self.init(
            intervals: fit.waldIntervals(inference, level: level), of: fit, level: level, method: "wald",
            description: "Wald intervals: estimates and standard errors with \(quantiles).",
            notes: fit.hasRandomEffects
                ? ["Standard deviations and correlations have no Wald intervals; use --method profile or bootstrap."]
                : [],
            details: [.init("df", .string(inference.method.rawValue))])
    }

    /// Profile-likelihood intervals; JSON has the points of the profiles as `profile`.
    public init(intervals profile: ProfileLikelihood, of fit: LinearMixedModelFit) {
        self.init(
            intervals: profile.intervals, of: fit, level: profile.level, method: "profile",
            description:
                "Profile-likelihood intervals. Estimates and intervals are by maximum likelihood\(fit.method == .restrictedLikelihood && fit.hasRandomEffects ? ", also for this model that was fitted by REML" : "").",
            notes: profile.notes,
            details: [
                .init(
                    "profile",
                    .array(
                        profile.profiles.flatMap { parameter in
                            parameter.points.map { point in
                                .object([
                                    .init("term", .string(parameter.name)), .init("value", .number(point.value)),
                                    .init("zeta", .number(point.zeta)),
                                    .init(
                                        "parameters",
                                        .object(
                                            zip(profile.parameterNames, point.parameters).map {
                                                .init($0, .number($1))
                                            })),
                                ])
                            }
                        }))
            ])
    }

    /// Intervals from a parametric bootstrap.
    ///
    /// - Throws: `BootstrapError` for a level that is none.
    public init(
        intervals sample: BootstrapSample, of fit: LinearMixedModelFit, method: BootstrapIntervalMethod, level: Double
    ) throws(BootstrapError) {
        let intervals = try sample.intervals(method: method, level: level).map {
            ParameterInterval(
                term: $0.term, estimate: $0.estimate, lowerLimit: $0.lowerLimit, upperLimit: $0.upperLimit)
        }
        self.init(
            intervals: intervals, of: fit, level: level, method: "bootstrap",
            description:
                "\(method.rawValue.prefix(1).uppercased() + method.rawValue.dropFirst()) intervals from a parametric bootstrap of \(sample.replicateCount) replicates with the seed \(sample.seed).",
            notes: sample.notes(method: method, level: level),
            details: [
                .init("intervals", .string(method.rawValue)), .init("seed", .integer(Int(clamping: sample.seed))),
                .init("replicates", .integer(sample.replicateCount)),
                .init("converged", .integer(sample.convergedCount)), .init("singular", .integer(sample.singularCount)),
                .init("failed", .integer(sample.failedCount)),
            ])
    }
}

extension ProfileLikelihood {
    /// The points of all profiles: `term, value, zeta`, then the value of every parameter there.
    public func table() throws(TableError) -> DataTable {
        let names = profiles.map(\.name)
        var codes: [Int32] = []
        for (index, profile) in profiles.enumerated() {
            codes += profile.points.map { _ in Int32(clamping: index) }
        }
        let points = profiles.flatMap(\.points)
        var columns = [
            Column("term", .categorical(.init(codes: codes, levels: names, kind: .factor))),
            Column("value", .double(points.map(\.value))), Column("zeta", .double(points.map(\.zeta))),
        ]
        for (index, name) in parameterNames.enumerated() {
            // A coefficient may be called like one of the first columns.
            let isTaken = columns.contains { $0.name == name }
            columns.append(
                Column(isTaken ? "parameter_\(name)" : name, .double(points.map { $0.parameters[index] })))
        }
        return try DataTable(columns: columns)
    }
}
