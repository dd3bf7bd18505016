// Probabilities of the largest of correlated t statistics, against mvtnorm, the studentized range and each other.

import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct MultivariateTTests {
    /// Of comparisons of groups of sizes `sizes` with a control of size `control`.
    static func withControl(_ control: Double, _ sizes: [Double]) -> [Double] {
        let loadings = sizes.map { ($0 / ($0 + control)).squareRoot() }
        return loadings.indices.flatMap { i in loadings.indices.map { i == $0 ? 1 : loadings[i] * loadings[$0] } }
    }

    /// Of all differences among independent means with these variances; singular for three and more.
    static func pairwise(_ variances: [Double]) -> [Double] {
        let count = variances.count
        let pairs = (0..<count).flatMap { i in (0..<count).filter { $0 > i }.map { (i, $0) } }
        let rows = pairs.map { i, j in (0..<count).map { $0 == i ? 1.0 : $0 == j ? -1.0 : 0 } }
        func inner(_ a: [Double], _ b: [Double]) -> Double {
            (0..<count).reduce(0) { $0 + a[$1] * b[$1] * variances[$1] }
        }
        return rows.flatMap { a in rows.map { b in inner(a, b) / (inner(a, a) * inner(b, b)).squareRoot() } }
    }

    static func autoregressive(_ size: Int) -> [Double] {
        (0..<size * size).map { index in
            (0..<(index / size - index % size).magnitude).reduce(1.0) { value, _ in value * 0.6 }
        }
    }

    /// mvtnorm 1.1-3: 1 - pmvt(..., algorithm = GenzBretz(maxpts = 2e7, abseps = 1e-7)), with its error estimate below 1e-7.
    @Test func comparisonsWithControl() {
        let correlation = Self.withControl(10, [5, 8, 12, 7])
        let two = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 20)
        #expect(isClose(two.upperTail(2.5).value, 0.0707758930329, absolute: 2e-7))
        let upper = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 7, sides: .upper)
        #expect(isClose(upper.upperTail(2.1).value, 0.106798268691, absolute: 2e-7))
        #expect(two.upperTail(2.5).error < 1e-9)
    }

    /// Three means of the same size are Tukey's case: a plane here, a studentized range there.
    @Test(arguments: [3, 10, 25.5, .infinity], [0.5, 2, 4, 9])
    func threeEqualMeans(_ degreesOfFreedom: Double, _ bound: Double) {
        let maximum = MultivariateTMaximum(correlation: Self.pairwise([1, 1, 1]), degreesOfFreedom: degreesOfFreedom)
        let range = StudentizedRangeDistribution(groups: 3, degreesOfFreedom: degreesOfFreedom)
        let expected = range.upperTail(bound * 2.0.squareRoot())
        #expect(isClose(maximum.upperTail(bound).value, expected, relative: 1e-9))
    }

    /// Five means: ten statistics of rank four, by the lattice rule.
    @Test(arguments: [2.6, 4, 7])
    func fiveEqualMeans(_ bound: Double) {
        let maximum = MultivariateTMaximum(correlation: Self.pairwise([1, 1, 1, 1, 1]), degreesOfFreedom: 25)
        let range = StudentizedRangeDistribution(groups: 5, degreesOfFreedom: 25)
        let expected = range.upperTail(bound * 2.0.squareRoot())
        let estimate = maximum.upperTail(bound)
        #expect((estimate.value - expected).magnitude <= 2 * estimate.error)
        #expect(estimate.error < 5e-4 * max(expected, 0.2))
        #expect(isClose(estimate.value, expected, relative: 1e-3))
    }

    /// The same statistics by two rules: one factor, and its correlations perturbed so that it is not recognised.
    @Test(arguments: [MultivariateTMaximum.Sides.two, .upper], [6, .infinity])
    func rulesAgree(_ sides: MultivariateTMaximum.Sides, _ degreesOfFreedom: Double) {
        let correlation = Self.withControl(10, [5, 8, 12, 7])
        var perturbed = correlation
        perturbed[1] += 1e-9
        perturbed[4] += 1e-9
        let exact = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: degreesOfFreedom, sides: sides)
        let lattice = MultivariateTMaximum(correlation: perturbed, degreesOfFreedom: degreesOfFreedom, sides: sides)
        for bound in [-0.7, 0.4, 1.5, 2.5, 5] {
            let estimate = lattice.upperTail(bound)
            #expect(
                (estimate.value - exact.upperTail(bound).value).magnitude <= max(2 * estimate.error, 1e-8), "\(bound)")
        }
    }

    /// More statistics than the lattice's vector was built for, eighty comparisons with a control.
    @Test(arguments: [1.5, 3, 4.5])
    func manyStatistics(_ bound: Double) {
        let correlation = Self.withControl(6, (0..<80).map { 4 + Double($0 % 7) })
        var perturbed = correlation
        perturbed[1] += 1e-9
        perturbed[80] += 1e-9
        let exact = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 40).upperTail(bound)
        let estimate = MultivariateTMaximum(correlation: perturbed, degreesOfFreedom: 40).upperTail(bound)
        #expect((estimate.value - exact.value).magnitude <= 2 * estimate.error)
        #expect(estimate.error < 2e-2 * exact.value)
    }

    /// R: 1 - (1 - 2 pnorm(-2))^6 for independent statistics.
    @Test func independentStatistics() {
        let identity = (0..<36).map { $0 % 7 == 0 ? 1.0 : 0 }
        let maximum = MultivariateTMaximum(correlation: identity, degreesOfFreedom: .infinity)
        let single = NormalDistribution().twoSidedTailProbability(2)
        var inside = 1.0
        for _ in 0..<6 { inside *= 1 - single }
        #expect(isClose(maximum.upperTail(2).value, 1 - inside, relative: 1e-9))
    }

    @Test func repeatedStatisticsCountOnce() {
        let correlation = [1, -1, 0.5, -1, 1, -0.5, 0.5, -0.5, 1]
        let three = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 9)
        let two = MultivariateTMaximum(correlation: [1, 0.5, 0.5, 1], degreesOfFreedom: 9)
        #expect(three.upperTail(2.2).value == two.upperTail(2.2).value)
        let one = MultivariateTMaximum(correlation: [1, 1, 1, 1], degreesOfFreedom: 9)
        #expect(one.upperTail(2.2).value == StudentTDistribution(degreesOfFreedom: 9).twoSidedTailProbability(2.2))
    }

    @Test(arguments: [MultivariateTMaximum.Sides.two, .upper])
    func quantilesInvertTails(_ sides: MultivariateTMaximum.Sides) {
        for (correlation, tolerance) in [
            (Self.withControl(10, [5, 8, 12, 7]), 1e-9), (Self.pairwise([1, 2, 3]), 1e-9),
            (Self.autoregressive(4), 1e-2),
        ] {
            let maximum = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 14, sides: sides)
            for probability in [0.001, 0.05, 0.3] {
                let critical = maximum.upperQuantile(probability)
                #expect(isClose(maximum.upperTail(critical).value, probability, relative: tolerance))
            }
        }
    }

    @Test func sameArgumentsHaveSameBits() {
        let correlation = Self.autoregressive(6)
        let first = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 12).upperTail(2.2)
        let second = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: 12).upperTail(2.2)
        #expect(first == second)
    }

    /// Between the largest single tail and the sum of all.
    @Test func manyStatistics() {
        let maximum = MultivariateTMaximum(correlation: Self.autoregressive(20), degreesOfFreedom: 30)
        // mvtnorm 1.1-3, two runs of 2e7 points: 0.12785 with error 1e-5.
        let estimate = maximum.upperTail(2.8)
        #expect(isClose(estimate.value, 0.12784, absolute: 3e-4))
        #expect(estimate.error < 5e-4)
    }

    @Test func unusualArguments() {
        for (correlation, df) in [
            ([], 5), ([1, 0.5, 0.5], 5), ([1, 2, 2, 1], 5), ([1, .nan, .nan, 1], 5), ([2, 0, 0, 2], 5),
            ([1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1], 5), ([1, 0.5, 0.5, 1], 0), ([1, 0.5, 0.5, 1], .nan),
        ] as [([Double], Double)] {
            let maximum = MultivariateTMaximum(correlation: correlation, degreesOfFreedom: df)
            #expect(maximum.upperTail(2).value.isNaN, "\(correlation)")
            #expect(maximum.upperQuantile(0.05).isNaN, "\(correlation)")
        }
        let maximum = MultivariateTMaximum(correlation: [1, 0.5, 0.5, 1], degreesOfFreedom: 5)
        #expect(maximum.upperTail(0).value == 1)
        #expect(maximum.upperTail(.infinity).value == 0)
        #expect(maximum.upperTail(.nan).value.isNaN)
        #expect(maximum.upperQuantile(0) == .infinity)
        #expect(maximum.upperQuantile(1) == 0)
        #expect(maximum.upperQuantile(-0.1).isNaN)
    }
}
