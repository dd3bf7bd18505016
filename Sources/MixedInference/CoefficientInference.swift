// Tests and intervals of fixed effects from any covariance with degrees of freedom: that of the model by one method, or a
// robust one.

public import MixedLinearAlgebra
internal import MixedNumerics

/// Coefficients with a covariance and degrees of freedom, from which every estimate, t-test and interval of them is made.
public protocol CoefficientInference: Sendable {
    /// R's names of the coefficients that were estimated.
    var coefficientNames: [String] { get }
    /// The coefficients *β̂*.
    var coefficients: [Double] { get }
    /// The covariance matrix *V* of *β̂* that tests use.
    var covariance: Matrix { get }
    /// The degrees of freedom of the t-test of a linear combination; infinite for a test by the normal distribution.
    ///
    /// - **Shape:** `combination` has one weight for each coefficient that was estimated.
    func degreesOfFreedom(of combination: [Double]) -> Double
}

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

extension CoefficientInference {
    /// The estimate of a linear combination *c'β̂*.
    public func estimate(of combination: [Double]) -> Double {
        zip(combination, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The standard error *(c'Vc)^½* of a linear combination.
    public func standardError(of combination: [Double]) -> Double {
        max(quadraticForm(covariance, combination), 0).squareRoot()
    }

    /// The confidence interval of a linear combination.
    ///
    ///     c'β̂ ± t_df (c'Vc)^½
    ///
    /// - Parameter level: The level of the interval, between 0 and 1.
    public func interval(of combination: [Double], level: Double = 0.95) -> (lower: Double, upper: Double) {
        let test = test(of: combination, named: "", level: level)
        return (test.lowerLimit, test.upperLimit)
    }

    /// A t-test and a confidence interval for every coefficient.
    ///
    /// - Parameter level: The level of the intervals, between 0 and 1.
    /// - **Scale:** Units of the response per unit of the column.
    public func coefficientTests(level: Double = 0.95) -> [CoefficientTest] {
        coefficientNames.indices.map { index in
            let combination = coefficientNames.indices.map { $0 == index ? 1.0 : 0.0 }
            return test(of: combination, named: coefficientNames[index], level: level)
        }
    }

    private func test(of combination: [Double], named name: String, level: Double) -> CoefficientTest {
        let estimate = estimate(of: combination)
        let error = standardError(of: combination)
        let freedom = degreesOfFreedom(of: combination)
        let distribution = StudentTDistribution(degreesOfFreedom: freedom)
        let statistic = estimate / error
        let margin = distribution.quantile(0.5 + level / 2) * error
        return CoefficientTest(
            term: name, estimate: estimate, standardError: error, degreesOfFreedom: freedom, statistic: statistic,
            pValue: distribution.twoSidedTailProbability(statistic), lowerLimit: estimate - margin,
            upperLimit: estimate + margin)
    }
}
