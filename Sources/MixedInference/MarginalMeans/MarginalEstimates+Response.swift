// Means on the scale on which the response was measured, when the formula transforms it.

public import LinearMixedModels
internal import MixedDesign
internal import MixedSyntax

/// Whose variance the bias adjustment of back-transformed means takes.
public enum BiasVariance: String, Hashable, Sendable, Codable, CaseIterable {
    /// The residual variance: the mean within groups.
    case residual
    /// The residual variance and that of the random effects: the mean over all groups and rows.
    case total
}

/// A mean on the scale of the untransformed response.
public struct ResponseEstimate: Hashable, Sendable {
    /// The back-transformed mean: a median, and for logarithms a geometric mean.
    public let response: Double
    /// By the delta method: the derivative of the back-transformation times the standard error.
    public let standardError: Double
    /// The transformed limits.
    public let lowerLimit: Double
    public let upperLimit: Double
}

extension LinearMixedModelFit {
    /// The transformation of the response in the formula; `nil` without one that can be undone.
    public var responseTransformation: ResponseTransformation? {
        design.formula.response.flatMap(ResponseTransformation.init)
    }

    /// The standard deviation by which back-transformed means are adjusted for bias.
    func biasDeviation(_ variance: BiasVariance) -> Double {
        let residual = residualStandardDeviation * residualStandardDeviation
        return switch variance {
        case .residual: residualStandardDeviation
        case .total: (residual + explainedVariance.random).squareRoot()
        }
    }
}

extension MarginalEstimates {
    /// The means on the response's own scale, with the inverse transformation *h*: *h(η)*, *|h'(η)| SE* and the transformed
    /// limits.
    ///
    /// - Throws: `MarginalMeansError.noTransformation`.
    public func onResponseScale() throws(MarginalMeansError) -> [ResponseEstimate] {
        let transformation = try transformation()
        return rows.map { row in
            ResponseEstimate(
                response: transformation.inverse(row.estimate),
                standardError: transformation.derivatives(row.estimate).first.magnitude * row.standardError,
                limits: (transformation.inverse(row.lowerLimit), transformation.inverse(row.upperLimit)))
        }
    }

    /// The means on the response's own scale, adjusted for the bias of transforming back: *h(η) + ½σ² h''(η)*.
    ///
    /// The back-transformed mean is a median; this is the mean of the response to second order, as emmeans'
    /// `bias.adjust`.
    /// - Parameter deviation: *σ*.
    /// - Throws: `MarginalMeansError.noTransformation`.
    public func onResponseScale(adjustedWith deviation: Double) throws(MarginalMeansError) -> [ResponseEstimate] {
        let transformation = try transformation()
        let half = deviation * deviation / 2
        func adjusted(_ value: Double) -> Double {
            transformation.inverse(value) + half * transformation.derivatives(value).second
        }
        return rows.map { row in
            let derivatives = transformation.derivatives(row.estimate)
            return ResponseEstimate(
                response: adjusted(row.estimate),
                standardError: (derivatives.first + half * derivatives.third).magnitude * row.standardError,
                limits: (adjusted(row.lowerLimit), adjusted(row.upperLimit)))
        }
    }

    /// The means on the response's own scale, adjusted with the model's own variance.
    public func onResponseScale(
        adjustedWith variance: BiasVariance
    ) throws(MarginalMeansError) -> [ResponseEstimate] {
        try onResponseScale(adjustedWith: fit.biasDeviation(variance))
    }

    private func transformation() throws(MarginalMeansError) -> ResponseTransformation {
        guard quantity == .mean, let transformation = fit.responseTransformation else {
            throw .noTransformation(response: fit.design.responseName)
        }
        return transformation
    }
}

extension MarginalContrasts {
    /// The contrasts as ratios of the back-transformed means (odds ratios for a logit), with transformed limits.
    ///
    /// - Returns: `nil` where differences have no such meaning: for a square root, for weights that do not sum to zero, and
    ///   without a transformation.
    public func asRatios(_ transformation: ResponseTransformation?) -> [ResponseEstimate]? {
        guard let ratio = transformation?.ratio, isOfDifferences else { return nil }
        return rows.map { row in
            ResponseEstimate(
                response: ratio.inverse(row.estimate),
                standardError: ratio.derivatives(row.estimate).first.magnitude * row.standardError,
                limits: (ratio.inverse(row.lowerLimit), ratio.inverse(row.upperLimit)))
        }
    }

    private var isOfDifferences: Bool {
        if case .custom(let contrasts) = kind { contrasts.allSatisfy(\.sumsToZero) } else { true }
    }
}

extension ResponseEstimate {
    init(response: Double, standardError: Double, limits: (Double, Double)) {
        self.response = response
        self.standardError = standardError
        // A decreasing transformation changes their order.
        lowerLimit = limits.0 > limits.1 ? limits.1 : limits.0
        upperLimit = limits.0 > limits.1 ? limits.0 : limits.1
    }
}
