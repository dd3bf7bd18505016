// Gauss-Hermite rules against lme4 and against the moments they must give.

import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct GaussHermiteRuleTests {
    /// A rule with n nodes gives the moments E Z^k, k <= 2n - 1: zero, or the product of the odd numbers below k.
    @Test(arguments: [1, 2, 3, 7, 8, 25, 50, 100])
    func momentsAreExact(count: Int) {
        let rule = GaussHermiteRule(count: count)
        #expect(rule.nodes.count == count && rule.weights.count == count)
        #expect(rule.nodes == rule.nodes.sorted())
        #expect(rule.weights.allSatisfy { $0 > 0 })
        var moment = 1.0
        for k in stride(from: 0, through: min(2 * count - 1, 60), by: 2) {
            let got = rule.expectation { z in (0..<k).reduce(1.0) { product, _ in product * z } }
            #expect(isClose(got, moment, relative: 1e-12), "moment \(k)")
            moment *= Double(k + 1)
        }
        #expect(rule.expectation { $0 * $0 * $0 }.magnitude < 1e-12)
    }

    // R 4.2.2, lme4 1.1-31: GHrule(9), the first five rows.
    @Test func againstLme4() {
        let rule = GaussHermiteRule(count: 9)
        var differences = Differences()
        differences.compare(
            "nodes", Array(rule.nodes[..<5]),
            [
                -4.5127458633997835, -3.2054290028564703, -2.0768479786778302, -1.0232556637891328,
                5.852181398214407e-17,
            ], relative: 1e-13, absolute: 1e-14)
        differences.compare(
            "weights", Array(rule.weights[..<5]),
            [
                2.2345844007746552e-05, 0.0027891413212317718, 0.049916406765217858, 0.24409750289493942,
                0.40634920634920618,
            ], relative: 1e-12)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func smallRulesAndLimits() {
        #expect(GaussHermiteRule(count: 1).nodes == [0])
        #expect(isClose(GaussHermiteRule(count: 3).nodes[2], 3.0.squareRoot(), relative: 1e-15))
        #expect(isClose(GaussHermiteRule(count: 3).weights[1], 2.0 / 3, relative: 1e-15))
        #expect(GaussHermiteRule(count: -3) == GaussHermiteRule(count: 1))
        #expect(GaussHermiteRule(count: .max).nodes.count == GaussHermiteRule.largestCount)
    }
}
