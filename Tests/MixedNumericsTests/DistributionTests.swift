// Densities and tails against R, over the whole range of parameters and far into the tails.

import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct DistributionTests {
    /// Compares `parameters..., x, density, lower, upper`.
    ///
    /// Probabilities below 1e-100 are exponentials of large numbers, whose rounding costs the last digits, in R as here.
    private func compare(
        _ rows: [[Double]], parameters: Int, with make: ([Double]) -> any ContinuousDistribution
    ) -> Differences {
        var differences = Differences()
        for row in rows {
            let distribution = make(row)
            let x = row[parameters]
            let got = [distribution.density(x), distribution.cumulative(x), distribution.upperTail(x)]
            for (name, (value, expected)) in zip(["density", "lower", "upper"], zip(got, row[(parameters + 1)...])) {
                let tolerance = expected < 1e-100 ? 1e-12 : 1e-13
                // R's probabilities below the normal range have lost digits.
                let floor = 1e-307
                differences.compare(
                    "\(name) at \(row[...parameters])", value, expected, relative: tolerance, absolute: floor)
            }
        }
        return differences
    }

    @Test func normal() {
        let differences = compare(ReferenceValues.normal, parameters: 0) { _ in NormalDistribution() }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func studentT() {
        let differences = compare(ReferenceValues.studentT, parameters: 1) {
            StudentTDistribution(degreesOfFreedom: $0[0])
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func chiSquared() {
        let differences = compare(ReferenceValues.chiSquared, parameters: 1) {
            ChiSquaredDistribution(degreesOfFreedom: $0[0])
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func gamma() {
        let differences = compare(ReferenceValues.gamma, parameters: 2) {
            GammaDistribution(shape: $0[0], scale: $0[1])
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func fisherF() {
        let differences = compare(ReferenceValues.f, parameters: 2) {
            FDistribution(numerator: $0[0], denominator: $0[1])
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func beta() {
        let differences = compare(ReferenceValues.beta, parameters: 2) { BetaDistribution(a: $0[0], b: $0[1]) }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func binomial() {
        var differences = Differences()
        for row in ReferenceValues.binomial {
            let distribution = BinomialDistribution(trials: Int(row[0]), probability: row[1])
            let k = Int(row[2])
            let got = [distribution.mass(k), distribution.cumulative(k), distribution.upperTail(k)]
            differences.compare("\(row[...2])", got, Array(row[3...]), relative: 1e-12, absolute: 1e-305)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// A p-value far beyond what R prints is still right: `pf(45, 42, 3e8, lower = FALSE)` and the like, checked in
    /// 60-digit arithmetic (mpmath 1.3).
    @Test(arguments: [
        (40.0, 1e6, 3.0, 6.362717111143198e-10), (42, 309_872_078.0625127, 36.456940243934731, 6.488103846841553e-294),
        (200, 1e7, 2, 1.8457931096801534e-15),
    ])
    func manyDenominatorDegreesOfFreedom(numerator: Double, denominator: Double, x: Double, expected: Double) {
        let upper = FDistribution(numerator: numerator, denominator: denominator).upperTail(x)
        #expect(isClose(upper, expected, relative: 1e-12), "\(upper)")
    }

    @Test func twoSidedTail() {
        // 2 * pt(-6.771481489, 16.9999837256)
        let t = StudentTDistribution(degreesOfFreedom: 16.9999837256)
        #expect(isClose(t.twoSidedTailProbability(6.771481489), 3.26382447e-06, relative: 1e-8))
        #expect(t.twoSidedTailProbability(-6.771481489) == t.twoSidedTailProbability(6.771481489))
        #expect(NormalDistribution().twoSidedTailProbability(0) == 1)
        #expect(isClose(NormalDistribution().centralQuantile(level: 0.95), 1.959963984540054, relative: 1e-15))
    }

    @Test func infiniteDegreesOfFreedomAreTheLimits() {
        let chiSquared = ChiSquaredDistribution(degreesOfFreedom: 3)
        let f = FDistribution(numerator: 3, denominator: .infinity)
        #expect(f.upperTail(2) == chiSquared.upperTail(6))
        let inverse = FDistribution(numerator: .infinity, denominator: 5)
        let nearly = FDistribution(numerator: 1e9, denominator: 5)
        #expect(isClose(inverse.upperTail(2), nearly.upperTail(2), relative: 1e-7))
        #expect(isClose(inverse.density(2), nearly.density(2), relative: 1e-7))
        #expect(isClose(inverse.quantile(0.2), nearly.quantile(0.2), relative: 1e-7))
        #expect(isClose(inverse.upperQuantile(0.2), nearly.upperQuantile(0.2), relative: 1e-7))
        let normal = StudentTDistribution(degreesOfFreedom: .infinity)
        #expect(normal.upperQuantile(0.025) == NormalDistribution().upperQuantile(0.025))
        let both = FDistribution(numerator: .infinity, denominator: .infinity)
        #expect(both.upperTail(2).isNaN)
    }

    static let distributions: [any ContinuousDistribution] = [
        NormalDistribution(), StudentTDistribution(degreesOfFreedom: 2.5), ChiSquaredDistribution(degreesOfFreedom: 3),
        FDistribution(numerator: 2, denominator: 7), GammaDistribution(shape: 2, scale: 3),
        BetaDistribution(a: 2, b: 3),
        StudentTDistribution(degreesOfFreedom: .infinity), FDistribution(numerator: 2, denominator: .infinity),
        FDistribution(numerator: .infinity, denominator: 2),
    ]

    @Test(arguments: distributions.indices)
    func edgesOfTheSupport(index: Int) {
        let distribution = Self.distributions[index]
        #expect(distribution.cumulative(-.infinity) == 0)
        #expect(distribution.cumulative(.infinity) == 1)
        #expect(distribution.upperTail(-.infinity) == 1)
        #expect(distribution.upperTail(.infinity) == 0)
        #expect(distribution.density(.infinity) == 0)
        #expect(distribution.cumulative(.nan).isNaN)
        #expect(distribution.upperTail(.nan).isNaN)
        #expect(distribution.density(.nan).isNaN)
        for bad in [-0.1, 1.1, .nan, .infinity, -.infinity] {
            #expect(distribution.quantile(bad).isNaN)
            #expect(distribution.upperQuantile(bad).isNaN)
        }
        #expect(distribution.cumulative(distribution.quantile(0)) == 0)
        #expect(distribution.upperTail(distribution.upperQuantile(0)) == 0)
        #expect(distribution.cumulative(distribution.quantile(1)) == 1)
        #expect(distribution.upperTail(distribution.upperQuantile(1)) == 1)
    }

    @Test(arguments: [0, -1, Double.nan, -Double.infinity])
    func badParametersGiveNaN(parameter: Double) {
        let bad: [any ContinuousDistribution] = [
            StudentTDistribution(degreesOfFreedom: parameter), ChiSquaredDistribution(degreesOfFreedom: parameter),
            FDistribution(numerator: parameter, denominator: 3), FDistribution(numerator: 3, denominator: parameter),
            GammaDistribution(shape: parameter), GammaDistribution(shape: 1, scale: parameter),
            BetaDistribution(a: parameter, b: 1), BetaDistribution(a: 1, b: parameter),
            FDistribution(numerator: parameter, denominator: .infinity),
        ]
        for distribution in bad {
            #expect(distribution.density(0.5).isNaN)
            #expect(distribution.cumulative(0.5).isNaN)
            #expect(distribution.upperTail(0.5).isNaN)
            #expect(distribution.quantile(0.5).isNaN, "\(distribution)")
            #expect(distribution.upperQuantile(0.3).isNaN)
        }
    }
}
