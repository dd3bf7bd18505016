// Quantiles against R, and as inverses of the tails where R's own are approximate.

import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct QuantileTests {
    @Test func againstR() {
        var differences = Differences()
        for row in ReferenceValues.quantiles {
            let q = row[0]
            let got = [
                NormalDistribution().upperQuantile(q), StudentTDistribution(degreesOfFreedom: 2).upperQuantile(q),
                StudentTDistribution(degreesOfFreedom: 16.9997262885).upperQuantile(q),
                ChiSquaredDistribution(degreesOfFreedom: 1).upperQuantile(q),
                ChiSquaredDistribution(degreesOfFreedom: 7.5).upperQuantile(q),
                FDistribution(numerator: 3, denominator: 17).upperQuantile(q),
                GammaDistribution(shape: 0.5, scale: 2).upperQuantile(q), BetaDistribution(a: 5, b: 2).upperQuantile(q),
            ]
            differences.compare("q = \(q)", got, Array(row[1...]), relative: 1e-12, absolute: 1e-14)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// The tail at a quantile is the probability asked for, to what the quantile's last digit can say.
    @Test func roundTripOverAWideGrid() {
        var differences = Differences()
        let probabilities = [1e-300, 1e-200, 1e-80, 1e-15, 1e-4, 0.025, 0.2, 0.5, 0.7, 0.999]
        var distributions: [any ContinuousDistribution] = []
        for df in [0.05, 0.3, 1, 2, 2.0317, 2.8584, 7.21, 33.3, 500, 1e5, 1e8] {
            distributions.append(StudentTDistribution(degreesOfFreedom: df))
            // Boost's incomplete gamma function has 11 digits in the tails at 100,000 degrees of freedom.
            if df < 1e5 { distributions.append(ChiSquaredDistribution(degreesOfFreedom: df)) }
            for numerator in [0.5, 1, 3, 45] {
                distributions.append(FDistribution(numerator: numerator, denominator: df))
            }
        }
        for distribution in distributions {
            for q in probabilities {
                for isUpper in [true, false] {
                    let x = isUpper ? distribution.upperQuantile(q) : distribution.quantile(q)
                    #expect(!x.isNaN, "\(distribution) q = \(q)")
                    // Beyond the range of Double there is no such number; below the normal range it has few digits.
                    guard x.isFinite, x.magnitude > 1e-290 || x == 0 && q == 0.5 else { continue }
                    let back = isUpper ? distribution.upperTail(x) : distribution.cumulative(x)
                    let conditioning = max(1, x.magnitude * distribution.density(x) / q)
                    differences.compare(
                        "\(distribution) q = \(q) x = \(x)", back, q, relative: 1e-15 * conditioning + 4e-13)
                }
            }
        }
        #expect(differences.comparisons > 1000)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func quantilesBeyondDoubleAreInfinite() {
        #expect(StudentTDistribution(degreesOfFreedom: 0.1).upperQuantile(1e-300) == .infinity)
        #expect(StudentTDistribution(degreesOfFreedom: 0.1).quantile(1e-300) == -.infinity)
        #expect(ChiSquaredDistribution(degreesOfFreedom: 0.05).quantile(1e-300) == 0)
    }
}
