// The likelihood-ratio table of two or more models.

public import LinearMixedModels
internal import MixedDesign
internal import MixedNumerics
internal import MixedSyntax

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The likelihood-ratio table of models of the same rows, as R's `anova(m1, m2)`.
public struct ModelComparison: Sendable {
    /// The models, by their number of parameters.
    public let models: [Model]
    /// The criterion by which all are compared.
    public let method: EstimationMethod
    /// The names of models that were fitted by another criterion, and fitted again for the comparison.
    public let refitted: [String]

    /// A model, and the test of it against the one before.
    public struct Model: Sendable {
        public let name: String
        public let formula: String
        /// Coefficients, covariance parameters and the residual variance.
        public let parameterCount: Int
        /// −2 log-likelihood, restricted when the comparison's method is.
        public let deviance: Double
        public let rowCount: Int
        /// `nil` for the first model.
        public let step: Step?

        public var logLikelihood: Double { -deviance / 2 }
        public var akaikeInformation: Double { deviance + 2 * Double(parameterCount) }
        public var bayesianInformation: Double {
            deviance + Double(parameterCount) * log(Double(rowCount))
        }
    }

    /// The test of a model against the one before.
    public struct Step: Hashable, Sendable {
        /// Twice the difference of the log-likelihoods.
        public let statistic: Double
        /// The difference of the numbers of parameters.
        public let degreesOfFreedom: Int
        /// By the χ² distribution; `nil` for models with the same number of parameters.
        public let pValue: Double?
        /// The test that takes into account that a variance cannot be negative, where the models differ by that.
        public let boundaryTest: VarianceBoundaryTest?
        /// The test by simulation under the model before, where it was asked for and that is part of this one.
        public let bootstrapTest: BootstrapLikelihoodRatio?
        /// Whether the model before is part of this one; a test of models of which it is not has no meaning.
        public let isNested: Bool
    }
}

/// Why models cannot be compared.
public enum ComparisonError: InferenceFailure, Hashable {
    case fewerThanTwo
    case differentResponses(String, String, names: [String])
    case differentRowCounts(Int, Int, names: [String])
    case differentRows(names: [String])
    case differentWeights(names: [String])
    /// Restricted likelihoods of models with different fixed effects.
    case differentFixedEffects(names: [String])
    case fit(FitError, name: String)
    /// A test by simulation that cannot be done.
    case bootstrap(BootstrapComparisonError, names: [String])

    public var sentence: String {
        switch self {
        case .fewerThanTwo: "A comparison needs at least two models"
        case .differentResponses(let first, let second, let names):
            "Models of different responses cannot be compared: \(names[0]) has \(first) and \(names[1]) has \(second)"
        case .differentRowCounts(let first, let second, let names):
            "The models were fitted to different rows: \(names[0]) to \(first) and \(names[1]) to \(second)"
        case .differentRows(let names):
            "The models were fitted to different rows: those of \(names[0]) and \(names[1]) have other values of the response"
        case .differentWeights(let names):
            "\(names[0]) and \(names[1]) weigh the rows differently, so that their likelihoods cannot be compared"
        case .differentFixedEffects(let names):
            "Restricted likelihoods of models with different fixed effects cannot be compared: those of \(names[0]) and \(names[1]) differ"
        case .fit(let error, let name): "\(name): \(error)"
        case .bootstrap(.bootstrap(let error), _): error.sentence
        case .bootstrap(let error, let names): "\(names[0]) against \(names[1]): \(error.sentence)"
        }
    }

    public var hint: String? {
        switch self {
        case .fewerThanTwo: "name two or more models, each with the one before tested against it"
        case .fit, .differentResponses: nil
        case .differentRowCounts:
            "a variable of the larger model has missing values: fit both to the rows in which nothing is missing"
        case .differentRows: "fit both models to the same data"
        case .differentWeights: "fit both with the same weights"
        case .differentFixedEffects: "compare them by maximum likelihood"
        case .bootstrap(let error, _): error.hint
        }
    }
}

extension ModelComparison {
    /// Compares models, each with the one before in the order of their numbers of parameters.
    ///
    /// Models that were fitted by REML are fitted again by maximum likelihood, from their cross-products, because
    /// restricted likelihoods of different fixed effects are not likelihoods of the same data. Where a model has variances that
    /// the one before does not have, the right p-value stands beside the naive one.
    ///
    /// - Parameters:
    ///   - models: Fits and what to call them.
    ///   - keepingRestrictedLikelihood: Whether to compare by restricted likelihood, which models with the same fixed
    ///     effects allow.
    /// - Complexity: A few factorisations of each model; it does not depend on the number of rows.
    /// - Throws: `ComparisonError` for models of different responses or rows, told by a fingerprint of the response.
    public init(
        _ models: [(name: String, fit: LinearMixedModelFit)], keepingRestrictedLikelihood: Bool = false,
        threads: Int = 2
    ) throws(ComparisonError) {
        try self.init(
            models, method: keepingRestrictedLikelihood ? .restrictedLikelihood : .likelihood, simulation: nil,
            threads: threads)
    }

    init(
        _ models: [(name: String, fit: LinearMixedModelFit)], method: EstimationMethod, simulation: Simulation?,
        threads: Int
    ) throws(ComparisonError) {
        guard models.count >= 2 else { throw .fewerThanTwo }
        for other in models.dropFirst() { try Self.check(models[0], other) }
        var refitted: [String] = []
        var fits: [(name: String, fit: LinearMixedModelFit, deviance: Double)] = []
        for (name, fit) in models {
            do throws(FitError) {
                try fit.requireFactorization(for: .likelihoods)
                let again = try fit.refitting(method: method, threads: threads)
                if fit.hasRandomEffects, fit.method != method { refitted.append(name) }
                fits.append((name, again, try again.deviance(by: method, threads: threads)))
            } catch {
                throw .fit(error, name: name)
            }
        }
        // Models with the same number of parameters keep the order in which they are named, as in R.
        fits = fits.enumerated().sorted {
            ($0.element.fit.parameterCount, $0.offset) < ($1.element.fit.parameterCount, $1.offset)
        }.map(\.element)
        self.method = method
        self.refitted = refitted
        var rows: [Model] = []
        for (index, model) in fits.enumerated() {
            var step: Step?
            if index > 0 {
                let before = fits[index - 1]
                let nesting = ModelNesting(of: before.fit, in: model.fit)
                guard method == .likelihood || nesting.hasEqualFixedEffects else {
                    throw .differentFixedEffects(names: [before.name, model.name])
                }
                let freedom = model.fit.parameterCount - before.fit.parameterCount
                var bootstrap: BootstrapLikelihoodRatio?
                if let simulation, nesting.isNested, freedom > 0 {
                    bootstrap = try simulation.test(
                        (before.name, before.fit), in: (model.name, model.fit), step: index - 1, of: fits.count - 1,
                        threads: threads)
                }
                step = Step(
                    large: model.fit, nesting: nesting, statistic: before.deviance - model.deviance,
                    degreesOfFreedom: freedom, bootstrap: bootstrap, threads: threads)
            }
            rows.append(
                Model(
                    name: model.name, formula: model.fit.design.formula.description,
                    parameterCount: model.fit.parameterCount, deviance: model.deviance, rowCount: model.fit.rowCount,
                    step: step))
        }
        self.models = rows
    }

    private static func check(
        _ first: (name: String, fit: LinearMixedModelFit), _ second: (name: String, fit: LinearMixedModelFit)
    ) throws(ComparisonError) {
        let names = [first.name, second.name]
        let (left, right) = (first.fit.design, second.fit.design)
        guard left.responseName == right.responseName else {
            throw .differentResponses(left.responseName, right.responseName, names: names)
        }
        guard left.data.rowCount == right.data.rowCount else {
            throw .differentRowCounts(left.data.rowCount, right.data.rowCount, names: names)
        }
        guard left.data.fingerprint == right.data.fingerprint else { throw .differentRows(names: names) }
        guard left.data.totalWeight == right.data.totalWeight else { throw .differentWeights(names: names) }
    }
}

extension ModelComparison.Step {
    init(
        large: LinearMixedModelFit, nesting: ModelNesting, statistic: Double, degreesOfFreedom: Int,
        bootstrap: BootstrapLikelihoodRatio? = nil, threads: Int
    ) {
        // As in R: models whose likelihoods differ by rounding do not differ.
        let statistic = statistic < 0 ? 0 : statistic
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        pValue =
            degreesOfFreedom > 0
            ? ChiSquaredDistribution(degreesOfFreedom: Double(degreesOfFreedom)).upperTail(statistic) : nil
        isNested = nesting.isNested && degreesOfFreedom > 0
        bootstrapTest = bootstrap
        boundaryTest =
            degreesOfFreedom > 0
            ? VarianceBoundaryTest(
                large, nesting: nesting, statistic: statistic, addedParameters: degreesOfFreedom, threads: threads)
            : nil
    }
}

extension LinearMixedModelFit {
    /// Compares this model with others by likelihood-ratio tests, as R's `anova(m1, m2)`.
    ///
    /// - Parameter keepingRestrictedLikelihood: Whether to compare by restricted likelihood, which models with the same
    ///   fixed effects allow; by maximum likelihood otherwise, for which REML fits are fitted again.
    /// - Throws: `ComparisonError`.
    public func compare(
        with others: LinearMixedModelFit..., keepingRestrictedLikelihood: Bool = false
    ) throws(ComparisonError) -> ModelComparison {
        try ModelComparison(
            ([self] + others).enumerated().map { ("model \($0 + 1)", $1) },
            keepingRestrictedLikelihood: keepingRestrictedLikelihood)
    }
}
