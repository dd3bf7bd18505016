// Profile likelihood: what the likelihood is along each parameter when all others follow.

public import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

/// Profiles of the likelihood and the confidence intervals that they give.
public struct ProfileLikelihood: Sendable {
    /// One for each parameter that was profiled, in lme4's order.
    public let profiles: [ParameterProfile]
    /// The names of all parameters, which the points list.
    public let parameterNames: [String]
    /// The level of the intervals.
    public let level: Double
    /// −2 log-likelihood at its minimum.
    public let deviance: Double
    /// Whether a profile ran below that minimum by more than rounding: the likelihood has several maxima.
    public let hasLowerDeviance: Bool
}

/// The profile of one parameter.
public struct ParameterProfile: Sendable {
    /// lme4's name, such as `sd_(Intercept)|Subject`, `cor_Days.(Intercept)|Subject`, `sigma` or `Days`.
    public let name: String
    /// The maximum likelihood estimate; NaN for the correlation with an effect that does not vary.
    public let estimate: Double
    public let lower: Limit
    public let upper: Limit
    /// Points of the profile by ascending value, that of the estimate among them; none where there is no profile.
    public let points: [Point]

    /// An end of a confidence interval.
    public struct Limit: Hashable, Sendable {
        public let value: Double
        public let kind: Kind

        public enum Kind: Hashable, Sendable {
            /// Beyond it the likelihood falls below what the level allows.
            case likelihood
            /// The end of the parameter's range, where the likelihood is still high enough.
            case boundary
            /// The parameter is estimated at this end of its range, so that the interval is one-sided.
            case estimateAtBoundary
            /// The profile could not be followed so far.
            case notFound
        }
    }

    /// A point of a profile.
    public struct Point: Hashable, Sendable {
        public let value: Double
        /// The signed root of the likelihood-ratio statistic, *ζ = ±√(d(value) − d̂)*: nearly linear where Wald intervals are good.
        public let zeta: Double
        /// All parameters at the best fit with this value.
        public let parameters: [Double]
    }

    /// Whether the interval has an end of its own on one side only.
    public var isOneSided: Bool { (lower.kind == .estimateAtBoundary) != (upper.kind == .estimateAtBoundary) }
    /// Whether the likelihood does not depend on the parameter: the correlation with an effect that does not vary.
    public var isUndefined: Bool { estimate.isNaN }
}

/// Why a profile cannot be made.
public enum ProfileError: InferenceFailure, Hashable {
    case level(Double)
    case unknownParameter(String, available: [String])
    case notConverged
    case fit(FitError)

    public var sentence: String {
        switch self {
        case .level(let level): "The level of a confidence interval lies between 0 and 1, and \(level) does not"
        case .unknownParameter(let name, let available):
            "The model has no parameter '\(name)'; its parameters are \(available.joined(separator: ", "))"
        case .notConverged: "The model did not converge by maximum likelihood, so that there is nothing to profile"
        case .fit(let error): error.description.prefix(1).uppercased() + error.description.dropFirst()
        }
    }
}

extension LinearMixedModelFit {
    /// Profiles of the likelihood and confidence intervals from them, as lme4's `confint(fit, method = "profile")`.
    ///
    ///     ζ(v) = sign(v − v̂) √(d(v) − d̂),   d(v) = min −2 log-likelihood with the parameter at v;   |ζ| = Φ⁻¹(½ + level/2)
    ///
    /// Always by maximum likelihood, also for a REML fit, as in lme4 (Bates et al. 2015, Journal of Statistical Software
    /// 67(1), section 5.1); but the ends of the intervals are found by Newton's method on *ζ* itself instead of splines
    /// through some of its points, and are right to eight digits. Standard deviations end at zero and correlations at ±1.
    ///
    /// - Parameters:
    ///   - names: The parameters to profile; all when `nil`.
    ///   - threads: How many parameters are profiled at the same time.
    /// - **Scale:** Standard deviations and coefficients in units of the response.
    /// - Complexity: Some forty expansions of the deviance for each parameter; it does not depend on the number of rows.
    /// - Throws: `ProfileError`.
    public func profile(
        _ names: [String]? = nil, level: Double = 0.95, threads: Int = 2
    ) throws(ProfileError) -> ProfileLikelihood {
        guard level > 0, level < 1 else { throw .level(level) }
        let profiler: LikelihoodProfiler
        do throws(FitError) {
            profiler = try LikelihoodProfiler(self, threads: threads)
        } catch {
            throw .fit(error)
        }
        if !profiler.fit.status.isOptimum { throw .notConverged }
        let available = profiler.parameters.map(\.name)
        if let unknown = names?.first(where: { !available.contains($0) }) {
            throw .unknownParameter(unknown, available: available)
        }
        let chosen = available.indices.filter { names?.contains(available[$0]) ?? true }
        let cutoff = NormalDistribution().upperQuantile((1 - level) / 2)
        var results = [ParameterProfile?](repeating: nil, count: chosen.count)
        var lowest = [Double](repeating: .infinity, count: chosen.count)
        results.withUnsafeMutableBufferPointer { profiles in
            lowest.withUnsafeMutableBufferPointer { smallest in
                ParallelLoop.forEach(chosen.count, threads: threads) { place in
                    var curve = ProfileCurve(profiler, index: chosen[place], cutoff: cutoff)
                    profiles[place] = curve.profile()
                    smallest[place] = curve.lowestDeviance
                }
            }
        }
        let deviance = profiler.fit.criterion
        let smallest = lowest.min() ?? .infinity
        return ProfileLikelihood(
            profiles: results.compactMap { $0 }, parameterNames: available, level: level, deviance: deviance,
            hasLowerDeviance: smallest < deviance - 1e-5)
    }
}
