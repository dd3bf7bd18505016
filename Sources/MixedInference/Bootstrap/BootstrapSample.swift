// What a parametric bootstrap leaves: the parameters of every replicate, and how each refit ended.

public import MixedLinearAlgebra

/// How the refit of a replicate ended.
public enum ReplicateStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// At a certified optimum inside the parameter space.
    case converged
    /// At a certified optimum on the boundary: some combination of random effects has no variance. Its estimates count.
    case singular
    /// Without a certified optimum. Its estimates are missing.
    case failed
}

/// The estimates of a model's parameters in responses that were simulated from it.
///
/// Parameters are named and ordered as by R's `confint(fit, oldNames = FALSE)`: the standard deviations and correlations of
/// the random terms (`sd_Days|Subject`, `cor_Days.(Intercept)|Subject`), `sigma`, then the coefficients.
public struct BootstrapSample: Sendable {
    /// The names of the parameters.
    public let parameterNames: [String]
    /// What each parameter is.
    public let parameterKinds: [ParameterKind]
    /// The estimates from the data.
    ///
    /// - **Scale:** units of the response, as the fit reports them.
    public let original: [Double]
    /// The estimates from each replicate.
    ///
    /// - **Shape:** one row a replicate, one column a parameter; NaN for replicates that failed, and for the correlation
    ///   with an effect that does not vary.
    public let values: Matrix
    /// How each refit ended.
    public let statuses: [ReplicateStatus]
    /// The minimum of each replicate's deviance, or restricted deviance; NaN where the refit failed.
    public let criteria: [Double]
    public let seed: UInt64
    /// Whether the random effects were kept and only errors drawn, as by lme4's `bootMer(use.u = TRUE)`.
    public let isConditional: Bool

    /// What a parameter is.
    public enum ParameterKind: String, Hashable, Sendable, Codable {
        case coefficient, standardDeviation, correlation, residualStandardDeviation
        /// A function of the others.
        case derived
    }

    /// How many responses were simulated.
    public var replicateCount: Int { statuses.count }
    /// How many refits ended inside the parameter space.
    public var convergedCount: Int { count(.converged) }
    /// How many refits ended on the boundary.
    public var singularCount: Int { count(.singular) }
    /// How many refits found no certified optimum.
    public var failedCount: Int { count(.failed) }

    private func count(_ status: ReplicateStatus) -> Int { statuses.reduce(0) { $0 + ($1 == status ? 1 : 0) } }
}

extension BootstrapSample {
    /// The estimates of a parameter in all replicates, or `nil` for a name that there is not.
    public func values(of name: String) -> [Double]? {
        parameterNames.firstIndex(of: name).map { values.column($0) }
    }

    /// The finite estimates of a parameter, in the order of the replicates.
    func finiteValues(_ parameter: Int) -> [Double] { values.column(parameter).filter(\.isFinite) }

    /// The parameters of one replicate, by name.
    public struct Replicate: Sendable {
        let names: [String]
        let values: [Double]

        /// The estimate of a parameter; NaN for a name that there is not.
        public subscript(name: String) -> Double { names.firstIndex(of: name).map { values[$0] } ?? .nan }
    }

    /// The sample with one more parameter: a function of the others, such as a ratio of variances.
    ///
    ///     let sample = try fit.bootstrap().adding("icc") { r in
    ///         let between = r["sd_(Intercept)|Subject"], within = r["sigma"]
    ///         return between * between / (between * between + within * within)
    ///     }
    public func adding(_ name: String, _ function: (Replicate) -> Double) -> BootstrapSample {
        let added = (0..<replicateCount).map { row in
            statuses[row] == .failed ? .nan : function(Replicate(names: parameterNames, values: values.row(row)))
        }
        return BootstrapSample(
            parameterNames: parameterNames + [name], parameterKinds: parameterKinds + [.derived],
            original: original + [function(Replicate(names: parameterNames, values: original))],
            values: Matrix(
                rows: replicateCount, columns: parameterNames.count + 1, columnMajor: values.storage + added),
            statuses: statuses, criteria: criteria, seed: seed, isConditional: isConditional)
    }
}
