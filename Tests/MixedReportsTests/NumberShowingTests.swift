// How columns of numbers are shown.

import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct NumberShowingTests {
    private func shown(_ numbers: [Double], _ format: ReportTable.Format) -> [String] {
        let formatter = ColumnFormatter(format, numbers: numbers)
        return numbers.map(formatter.text)
    }

    // R 4.2.2: trimws(format(x, digits = d))
    @Test(arguments: [
        ([251.4051048485, 10.4672859596], 4, ["251.41", "10.47"]),
        ([6.824596695, 1.5457896439], 4, ["6.825", "1.546"]),
        ([612.1001580248, 35.0717144509, 654.94000826], 4, ["612.10", "35.07", "654.94"]),
        ([1, 2, 3], 4, ["1", "2", "3"]),
        ([1.5, 2, 0.25], 4, ["1.50", "2.00", "0.25"]),
        ([-0.00012345, 0.5], 3, ["-0.000123", "0.500000"]),
        ([1234567.8, 0.5], 4, ["1234567.8", "0.5"]),
        ([99.999, 1.0004], 4, ["100", "1"]),
        ([0, 0.1234567], 5, ["0.00000", "0.12346"]),
        ([12345678.9], 4, ["12345679"]),
    ])
    func estimatesAsR(numbers: [Double], digits: Int, expected: [String]) {
        #expect(shown(numbers, .estimate(digits: digits)) == expected)
    }

    @Test func veryDifferentSizesNeverBecomeZero() {
        #expect(shown([1, 1e-17], .estimate()) == ["1", "1e-17"])
        #expect(shown([1234.5, 0.00000123456], .estimate()) == ["1234", "1.235e-06"])
        #expect(shown([1e300, 2], .estimate()) == ["1e+300", "2"])
        #expect(shown([1e-200], .estimate()).first == "1e-200")
        #expect(shown([.greatestFiniteMagnitude, .leastNonzeroMagnitude], .estimate()).allSatisfy { $0.count < 12 })
        #expect(shown([0.00004, 1.5], .fixed(decimals: 3)) == ["4.0e-05", "1.500"])
        #expect(shown([-0.0, 0, 1e13], .fixed(decimals: 2)) == ["0.00", "0.00", "1.00e+13"])
    }

    @Test func whatIsNotFinite() {
        for format in [ReportTable.Format.estimate(), .fixed(decimals: 2), .pValue(), .integer, .text] {
            #expect(shown([.nan, .infinity, -.infinity], format) == ["NA", "Inf", "-Inf"])
        }
    }

    // R 4.2.2: format.pval(p, digits = d), without its space after '<'
    @Test(arguments: [
        ([0.014, 1.2e-05, 1e-17, 0, 0.5], 2, ["0.014", "1.2e-05", "<2e-16", "<2e-16", "0.500"]),
        ([3.2638e-06, 1.1716e-17], 3, ["3.26e-06", "<2e-16"]),
        ([0.04, 0.9999], 3, ["0.04", "1.00"]),
        ([1, 1], 3, ["1", "1"]),
    ])
    func probabilitiesAsR(numbers: [Double], digits: Int, expected: [String]) {
        #expect(shown(numbers, .pValue(digits: digits)) == expected)
    }

    @Test func integersAndText() {
        #expect(shown([18, -3, 1e6, 2.5], .integer) == ["18", "-3", "1000000", "2.5"])
        #expect(shown([0.1, 3, 1e-7], .text) == ["0.1", "3", "1e-07"])
    }

    @Test func oneTinyNumberAmongManyAddsNoDigitsToAll() {
        let few = shown([0.00012345, 1.2345], .estimate())
        #expect(few.last == "1.2345000")
        let many = shown([0.00012345] + (0..<99).map { 1.2345 + Double($0) }, .estimate())
        #expect(many[1] == "1.234")
        #expect(many[0] == "1.234e-04")
    }

    @Test func roundingCarries() {
        #expect(SignificantDigits(9.9996, digits: 4).exponent == 1)
        #expect(SignificantDigits(9.9996, digits: 4).count == 1)
        #expect(SignificantDigits(-0.00120, digits: 4).decimals == 4)
        #expect(NumberText.fixed(-0.0004, decimals: 3) == "0.000")
        #expect(NumberText.fixed(-0.0006, decimals: 3) == "-0.001")
        #expect(NumberText.fixed(.greatestFiniteMagnitude, decimals: 400).count > 300)
    }
}
