// Wald intervals in the form that all confidence intervals of a model have.

public import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

/// A confidence interval of one parameter of a model.
public struct ParameterInterval: Hashable, Sendable {
    /// lme4's name, such as `sd_(Intercept)|Subject`, `sigma` or `Days`.
    public let term: String
    public let estimate: Double
    /// NaN where the method gives no limit.
    public let lowerLimit: Double
    /// NaN where the method gives no limit.
    public let upperLimit: Double

    package init(term: String, estimate: Double, lowerLimit: Double, upperLimit: Double) {
        self.term = term
        self.estimate = estimate
        self.lowerLimit = lowerLimit
        self.upperLimit = upperLimit
    }
}

extension LinearMixedModelFit {
    /// Wald intervals of the coefficients, as lme4's `confint(fit, method = "Wald")`; none of the variance parameters, whose
    /// estimates are far from normally distributed.
    ///
    ///     β̂ ± q SE
    ///
    /// - Parameter inference: The degrees of freedom of the quantile *q*; the normal distribution's by
    ///   `inference(.asymptotic)`, as lme4 has it.
    /// - Returns: All parameters in lme4's order, those of the random effects and *σ* without limits.
    public func waldIntervals(_ inference: FixedEffectsInference, level: Double = 0.95) -> [ParameterInterval] {
        varianceParameters.map {
            ParameterInterval(term: $0.name, estimate: $0.value, lowerLimit: .nan, upperLimit: .nan)
        }
            + inference.coefficientTests(level: level).map {
                ParameterInterval(
                    term: $0.term, estimate: $0.estimate, lowerLimit: $0.lowerLimit, upperLimit: $0.upperLimit)
            }
    }

    /// The standard deviations and correlations of the random effects and *σ*, by lme4's names and in its order.
    private var varianceParameters: [(name: String, value: Double)] {
        var result: [(name: String, value: Double)] = []
        for term in varianceComponents {
            let deviations = term.standardDeviations
            let correlations = term.correlations
            for column in term.columnNames.indices {
                result.append(("sd_\(term.columnNames[column])|\(term.group)", deviations[column]))
                for row in column + 1..<max(term.columnNames.count, column + 1) {
                    let name = "cor_\(term.columnNames[row]).\(term.columnNames[column])|\(term.group)"
                    result.append((name, correlations[row, column]))
                }
            }
        }
        return result + [("sigma", residualStandardDeviation)]
    }
}

extension ProfileLikelihood {
    /// The intervals of the parameters that were profiled, around their maximum likelihood estimates.
    public var intervals: [ParameterInterval] {
        profiles.map {
            ParameterInterval(
                term: $0.name, estimate: $0.estimate, lowerLimit: $0.lower.value, upperLimit: $0.upper.value)
        }
    }

    /// What there is to say about intervals that end at the end of a parameter's range, or were not found.
    public var notes: [String] {
        var notes: [String] = []
        for profile in profiles {
            if profile.isUndefined {
                notes.append(
                    "\(profile.name): one of the effects is estimated not to vary, so that the data say nothing about the correlation."
                )
                continue
            }
            for (limit, side) in [(profile.lower, "lower"), (profile.upper, "upper")] {
                switch limit.kind {
                case .likelihood: break
                case .estimateAtBoundary:
                    notes.append(
                        "\(profile.name) is estimated at \(Self.text(limit.value)), an end of its range: its interval is one-sided, with no \(side) limit of its own."
                    )
                case .boundary:
                    notes.append(
                        "\(profile.name): the \(side) limit is \(Self.text(limit.value)), an end of its range; the data do not rule it out."
                    )
                case .notFound:
                    notes.append("\(profile.name): the profile could not be followed to its \(side) limit.")
                }
            }
        }
        if hasLowerDeviance {
            notes.append(
                "A profile found a better fit than the one that is profiled: the likelihood has several maxima, and these intervals are not to be trusted."
            )
        }
        return notes
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 10 ? String(Int(value)) : String(value)
    }
}
