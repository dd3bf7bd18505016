// The studentized range against R's ptukey where that is accurate, and against quadrature in 34 digits in the tails.

import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct StudentizedRangeTests {
    /// R 4.2.2: ptukey(q, groups, df, lower.tail = FALSE), which has about seven digits here; for
    /// two degrees of freedom it has four.
    static let fromR: [[Double]] = [
        [3.5, 3, 10, 0.0771033108386604], [3.5, 3, .infinity, 0.03555704186344388],
        [5, 10, 5, 0.1666515022550059], [4, 10, 120, 0.1388963807811977],
        [6, 20, 8, 0.09973186940735734], [1, 4, 12, 0.892355908443343], [4.2, 5, 3.7, 0.1763346292161333],
    ]

    @Test func agreesWithR() {
        var differences = Differences()
        for row in Self.fromR {
            let distribution = StudentizedRangeDistribution(groups: Int(row[1]), degreesOfFreedom: row[2])
            differences.compare("\(row)", distribution.upperTail(row[0]), row[3], absolute: 2e-8)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// mpmath 1.3, 34 digits: panels of Gauss-Legendre over z of 1 - W(q s), the trapezoidal rule over log s.
    ///
    /// ptukey(12, 3, 40, lower.tail = FALSE) is 5.2595e-10 and has two correct digits here; the
    /// last row is the first p-value of a marginal-means example, which emmeans gives as 3.830e-10.
    static let accurate: [[Double]] = [
        [3.5, 3, 10, 0.07710331083841182], [3.5, 3, .infinity, 0.03555704186316038],
        [12, 3, 40, 5.254562531334288e-10], [18, 4, 25, 1.182400894218908e-11],
        [9.415537092329984, 3, 308.2820506455, 3.818987358441485e-10], [8, 4, 1, 0.2018143678242303],
        [200, 5, 1, 0.009278813236804391], [5, 10, 5, 0.1666515023614269], [4, 10, 120, 0.1388963806719024],
        [30, 10, 20, 1.407831830556544e-13], [6, 20, 8, 0.09973186790722034], [1, 4, 12, 0.892355908441852],
        [0.2, 3, 2, 0.9890945827486125], [14, 6, 60, 4.681168631917323e-13],
        [11.5, 3, .infinity, 1.269638461349729e-15], [5.5, 100, 30, 0.3141430570858474],
        [7, 200, 15, 0.1577019390720354], [4.2, 5, 3.7, 0.1763346321949658],
    ]

    @Test func tailsAreAccurate() {
        var differences = Differences()
        for row in Self.accurate {
            let distribution = StudentizedRangeDistribution(groups: Int(row[1]), degreesOfFreedom: row[2])
            differences.compare("\(row)", distribution.upperTail(row[0]), row[3], relative: 1e-10)
            differences.compare("1 - \(row)", distribution.cumulative(row[0]), 1 - row[3], relative: 1e-10)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// R 4.2.2: qtukey(p, groups, df, lower.tail = FALSE), which stops at four decimals.
    @Test(arguments: [
        [0.05, 3, 10, 3.876776749191559], [0.05, 12, 24.5, 5.089027430805917],
        [0.01, 6, .infinity, 4.757047254647631], [0.1, 4, 3, 5.199003086623716],
    ])
    func criticalValues(_ row: [Double]) {
        let distribution = StudentizedRangeDistribution(groups: Int(row[1]), degreesOfFreedom: row[2])
        #expect(isClose(distribution.upperQuantile(row[0]), row[3], relative: 1e-4))
    }

    @Test(arguments: [2, 3, 7, 40, 200], [1, 3.3, 30, 1e6, .infinity])
    func quantilesInvertTails(_ groups: Int, _ degreesOfFreedom: Double) {
        let distribution = StudentizedRangeDistribution(groups: groups, degreesOfFreedom: degreesOfFreedom)
        for probability in [1e-13, 1e-6, 0.05, 0.5, 0.95] {
            let x = distribution.upperQuantile(probability)
            #expect(isClose(distribution.upperTail(x), probability, relative: 1e-8), "\(probability)")
            #expect(isClose(distribution.quantile(1 - probability), x, relative: probability < 1e-9 ? 1e-3 : 1e-8))
        }
    }

    /// The density is the derivative of the tail.
    @Test(arguments: [3, 10, 100], [1, 8.5, .infinity])
    func densityIsSlope(_ groups: Int, _ degreesOfFreedom: Double) {
        let distribution = StudentizedRangeDistribution(groups: groups, degreesOfFreedom: degreesOfFreedom)
        for x in [1.5, 4, 6.5] {
            let step = 1e-3
            let slope =
                (8 * (distribution.upperTail(x - step) - distribution.upperTail(x + step))
                    - distribution.upperTail(x - 2 * step) + distribution.upperTail(x + 2 * step)) / (12 * step)
            #expect(isClose(distribution.density(x), slope, relative: 1e-7, absolute: 1e-11))
        }
    }

    /// Two groups are a t-test; very many degrees of freedom are none estimated.
    @Test func limits() {
        let student = StudentTDistribution(degreesOfFreedom: 9)
        let two = StudentizedRangeDistribution(groups: 2, degreesOfFreedom: 9)
        #expect(isClose(two.upperTail(3), student.twoSidedTailProbability(3 / 2.0.squareRoot()), relative: 1e-14))
        let many = StudentizedRangeDistribution(groups: 5, degreesOfFreedom: 1e9)
        let infinite = StudentizedRangeDistribution(groups: 5, degreesOfFreedom: .infinity)
        #expect(isClose(many.upperTail(4), infinite.upperTail(4), relative: 1e-7))
    }

    @Test func unusualArguments() {
        let distribution = StudentizedRangeDistribution(groups: 4, degreesOfFreedom: 6)
        #expect(distribution.upperTail(-1) == 1)
        #expect(distribution.cumulative(0) == 0)
        #expect(distribution.upperTail(.infinity) == 0)
        #expect(distribution.upperTail(.nan).isNaN)
        #expect(distribution.upperQuantile(0) == .infinity)
        #expect(distribution.upperQuantile(1) == 0)
        #expect(distribution.upperQuantile(1.1).isNaN)
        for (groups, df) in [(1, 5.0), (-3, 5), (4, 0), (4, -1), (4, .nan)] {
            let undefined = StudentizedRangeDistribution(groups: groups, degreesOfFreedom: df)
            #expect(undefined.upperTail(3).isNaN)
            #expect(undefined.upperQuantile(0.05).isNaN)
            #expect(undefined.cumulative(3).isNaN)
        }
    }
}
