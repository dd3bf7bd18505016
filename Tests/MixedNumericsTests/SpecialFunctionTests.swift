// Special functions against R.

import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct SpecialFunctionTests {
    @Test func againstR() {
        var differences = Differences()
        for row in ReferenceValues.special {
            let x = row[0]
            let got = [
                SpecialFunctions.logGamma(x), SpecialFunctions.digamma(x), SpecialFunctions.trigamma(x),
                SpecialFunctions.erfc(x),
            ]
            differences.compare("x = \(x)", got, Array(row[1...]), relative: 1e-13, absolute: 1e-300)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    // R: lbeta(a, b)
    @Test(arguments: [
        (0.5, 0.5, 1.1447298858494004), (1e-3, 1e10, 6.8841530344539636), (3, 1e8, -54.56889508129715),
        (2000, 3000, -3367.6843821531884), (1, 1, 0),
    ])
    func logBeta(a: Double, b: Double, expected: Double) {
        #expect(isClose(SpecialFunctions.logBeta(a, b), expected, relative: 1e-12), "\(SpecialFunctions.logBeta(a, b))")
        #expect(SpecialFunctions.logBeta(a, b) == SpecialFunctions.logBeta(b, a))
    }

    @Test func edges() {
        #expect(SpecialFunctions.logGamma(.nan).isNaN)
        #expect(SpecialFunctions.logGamma(.infinity) == .infinity)
        #expect(SpecialFunctions.erfc(-.infinity) == 2)
        #expect(SpecialFunctions.erfc(.infinity) == 0)
        #expect(SpecialFunctions.erf(.nan).isNaN)
        #expect(SpecialFunctions.erf(-0.3) == -SpecialFunctions.erf(0.3))
        #expect(SpecialFunctions.logBeta(-1, 2).isNaN)
        #expect(!SpecialFunctions.digamma(0).isFinite)
        #expect(!SpecialFunctions.trigamma(-1).isFinite)
    }
}
