// The table of coefficients that a summary shows: estimates, tests and intervals.

public import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

/// The test of one coefficient against zero, with its confidence interval.
public struct CoefficientTest: Hashable, Sendable {
    /// R's name of the coefficient.
    public let term: String
    public let estimate: Double
    public let standardError: Double
    /// Infinite for a test by the normal distribution.
    public let degreesOfFreedom: Double
    /// The estimate over its standard error.
    public let statistic: Double
    /// Two-sided.
    public let pValue: Double
    public let lowerLimit: Double
    public let upperLimit: Double
}

extension FixedEffectsInference {
    /// A t-test and a confidence interval for every coefficient.
    ///
    /// - Parameter level: The level of the intervals, between 0 and 1.
    /// - **Scale:** Units of the response per unit of the column.
    public func coefficientTests(level: Double = 0.95) -> [CoefficientTest] {
        coefficientNames.indices.map { index in
            let combination = coefficientNames.indices.map { $0 == index ? 1.0 : 0.0 }
            let error = standardError(of: combination)
            let freedom = degreesOfFreedom(of: combination)
            let distribution = StudentTDistribution(degreesOfFreedom: freedom)
            let statistic = coefficients[index] / error
            let margin = distribution.quantile(0.5 + level / 2) * error
            return CoefficientTest(
                term: coefficientNames[index], estimate: coefficients[index], standardError: error,
                degreesOfFreedom: freedom, statistic: statistic,
                pValue: distribution.twoSidedTailProbability(statistic), lowerLimit: coefficients[index] - margin,
                upperLimit: coefficients[index] + margin)
        }
    }
}

extension LinearMixedModelFit {
    /// A t-test with Satterthwaite's degrees of freedom and a confidence interval for every coefficient.
    ///
    /// `inference(_:)` has the same by other methods.
    /// - Parameter level: The level of the intervals, between 0 and 1.
    public func coefficientTests(level: Double = 0.95) -> [CoefficientTest] {
        inference().coefficientTests(level: level)
    }
}
