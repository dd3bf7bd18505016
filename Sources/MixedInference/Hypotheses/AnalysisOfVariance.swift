// The table of variance: an F-test of every fixed term.

public import LinearMixedModels
internal import MixedNumerics

/// An F-test of every fixed term but the intercept.
public struct AnalysisOfVariance: Sendable {
    /// What is tested of each term.
    public let type: HypothesisType
    /// How denominator degrees of freedom are found.
    public let method: DegreesOfFreedomMethod
    /// One test for each term in the order of the formula; with no numerator degrees of freedom where nothing can be
    /// tested.
    public let tests: [HypothesisTest]
    /// What a linear model leaves unexplained; `nil` for a mixed model.
    public let residuals: Residuals?

    /// The last row of a linear model's table.
    public struct Residuals: Hashable, Sendable {
        public let degreesOfFreedom: Int
        /// In squared units of the response.
        public let sumOfSquares: Double
        public var meanSquare: Double { sumOfSquares / Double(degreesOfFreedom) }
    }
}

/// Why there is no table of variance.
public enum AnovaError: InferenceFailure {
    case degreesOfFreedom(DegreesOfFreedomError)
    case hypothesis(HypothesisError)
    /// The model without a term cannot be fitted, or the model itself by maximum likelihood when no term is named.
    case refit(term: String?, RefitError)

    public var sentence: String {
        switch self {
        case .degreesOfFreedom(let error): error.sentence
        case .hypothesis(let error): error.sentence
        case .refit(let term?, let error): "the model without '\(term)' cannot be fitted: \(error.sentence)"
        case .refit(nil, let error): "the model cannot be fitted by maximum likelihood: \(error.sentence)"
        }
    }

    public var hint: String? {
        switch self {
        case .degreesOfFreedom(let error): error.hint
        case .hypothesis(let error): error.hint
        case .refit(_, let error): error.hint
        }
    }
}

extension LinearMixedModelFit {
    /// An F-test of every fixed term, as lmerTest's `anova`; for a linear model R's `anova` (type I) and `car::Anova`
    /// (types II, and III as with contrasts that sum to zero).
    ///
    /// - Complexity: O(*p³*) for each term; it does not depend on the number of rows.
    /// - Throws: `AnovaError` when the method or the type does not apply to the model.
    public func anova(
        type: HypothesisType = .balanced, degreesOfFreedom method: DegreesOfFreedomMethod = .satterthwaite
    ) throws(AnovaError) -> AnalysisOfVariance {
        let inference: FixedEffectsInference
        do throws(DegreesOfFreedomError) {
            inference = try self.inference(method)
        } catch {
            throw .degreesOfFreedom(error)
        }
        let hypotheses: [LinearHypothesis]
        do throws(HypothesisError) {
            hypotheses = try self.hypotheses(type)
        } catch {
            throw .hypothesis(error)
        }
        let freedom = rowCount - coefficients.count
        return AnalysisOfVariance(
            type: type, method: method, tests: hypotheses.map(inference.test),
            residuals: hasRandomEffects
                ? nil
                : .init(
                    degreesOfFreedom: freedom,
                    sumOfSquares: residualStandardDeviation * residualStandardDeviation * Double(freedom)))
    }
}
