// A fitted linear mixed model: everything that its cross-products know at the optimum, as an immutable value.

public import MixedDesign
public import MixedLinearAlgebra

/// A fitted linear mixed model, or linear model when it has no random terms.
public struct LinearMixedModelFit: Sendable {
    public let design: ModelDesign
    /// The criterion that was minimised; a linear model's residual variance is always the unbiased one.
    public let method: EstimationMethod
    /// The cross-products the model was fitted from, for later questions.
    public let products: CrossProducts

    /// R's names of the coefficients that were estimated.
    public let coefficientNames: [String]
    /// The coefficients *β̂*.
    ///
    /// - **Scale:** units of the response per unit of the column.
    public let coefficients: [Double]
    /// The covariance matrix of *β̂*, *σ²(X'V⁻¹X)⁻¹*.
    public let coefficientCovariance: Matrix
    /// Columns that are linear combinations of earlier ones, left out of the model, in R's order.
    public let aliasedNames: [String]

    /// lme4's θ: for each term the lower triangle of its relative factor, column by column, with a diagonal that is not
    /// negative.
    ///
    /// - **Scale:** relative to σ.
    public let theta: [Double]
    /// The residual standard deviation *σ̂*, in units of the response.
    public let residualStandardDeviation: Double
    /// The random terms' covariance matrices, in lme4's order.
    public let varianceComponents: [VarianceComponents]
    /// The conditional modes *b̂* of the random effects, for each grouping factor.
    public let randomEffects: [GroupEffects]

    /// The restricted deviance or the deviance at the optimum, −2 log-likelihood.
    public let criterion: Double
    /// The penalised residual sum of squares *r² = ‖y − Xβ̂ − Zb̂‖² + ‖û‖²*, in squared units of the response.
    public let penalizedResidualSumOfSquares: Double
    public let status: ConvergenceStatus
    public let certificate: ConvergenceCertificate
    /// How many factorisations the search took, or of an iterative search how many times the score was evaluated.
    public let evaluations: Int
    /// How the equations were solved.
    public let computation: FitComputation
    /// What degrees of freedom are made of.
    public let covarianceUncertainty: CovarianceUncertainty
    /// How much of the variance the fixed and the random effects explain.
    public let explainedVariance: ExplainedVariance
    /// What the residuals look like; `nil` for a fit that has not seen its rows.
    public internal(set) var residuals: ResidualSummary?

    /// The minimum and its chart, from which the fit can be computed again.
    package let optimum: StoredOptimum
}

extension LinearMixedModelFit {
    /// Whether the model has random terms.
    public var hasRandomEffects: Bool { !varianceComponents.isEmpty }
    /// How many rows the model was fitted to.
    public var rowCount: Int { products.rowCount }
    /// −½ `criterion`: the log-likelihood, restricted when the method is.
    public var logLikelihood: Double { -criterion / 2 }
    /// Coefficients, covariance parameters and the residual variance.
    public var parameterCount: Int { coefficients.count + theta.count + 1 }
    /// Rows less parameters, as R's `df.residual` of a mixed model; rows less coefficients for a linear model.
    public var residualDegreesOfFreedom: Int {
        hasRandomEffects ? rowCount - parameterCount : rowCount - coefficients.count
    }
    /// Akaike's information criterion, from the restricted likelihood when the method is.
    public var akaikeInformation: Double { criterion + 2 * Double(parameterCount) }
    /// Schwarz's information criterion with the number of rows, as lme4 computes it.
    public var bayesianInformation: Double { criterion + Double(parameterCount) * logarithm(Double(rowCount)) }
    /// The standard errors of the coefficients.
    public var standardErrors: [Double] { coefficientCovariance.diagonal.map { $0.squareRoot() } }
    /// The correlations of the coefficients.
    public var coefficientCorrelation: Matrix {
        let errors = standardErrors
        var result = coefficientCovariance
        for column in errors.indices {
            for row in errors.indices { result[row, column] /= errors[row] * errors[column] }
        }
        return result
    }
    /// The coefficient of a column by R's name, or `nil`.
    public subscript(coefficient name: String) -> Double? {
        coefficientNames.firstIndex(of: name).map { coefficients[$0] }
    }
}

/// What has to be stored, besides the cross-products, to have a fit again.
package struct StoredOptimum: Hashable, Sendable, Codable {
    /// λ of each term with its exact zeros, in the units of the cross-products.
    package let relativeFactors: [Matrix]
    /// λ of each term with the smallest pivots raised, at which derivatives are taken.
    package let expansionPoint: [Matrix]
    package let certificate: ConvergenceCertificate
    package let singularDirections: [SingularDirection]
    package let unidentifiedDirections: [UnidentifiedDirection]
    package let hasConverged: Bool
    package let evaluations: Int
    /// How it was computed; exactly where `nil`.
    package let computation: FitComputation?
    /// What an iterative search has estimated with random numbers.
    package let estimates: IterativeEstimates?
    /// Whether the search was stopped; not where `nil`.
    package let wasInterrupted: Bool?
}

/// The random part of an iterative fit, without which it could not be had again.
package struct IterativeEstimates: Hashable, Sendable, Codable {
    /// The traces *Σ_i (I − M⁻¹)_ii* at the expansion point, in the symmetric directions of the terms.
    package let traces: [Double]
    /// The criterion.
    package let deviance: Double
}
