// Rounding by integers against the C library's, which rounds the exact binary value.

import Foundation
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct RoundedDecimalTests {
    /// Numbers of all sizes, halves that round to even, neighbours of powers of ten.
    private static let numbers: [Double] = {
        var generator = SeededGenerator(seed: 20_261_121)
        var numbers = (0..<20_000).map { _ in
            Double(bitPattern: generator.next() & ~(1 << 63))
        }.filter(\.isFinite)
        numbers += (0..<20_000).map { _ in
            Double(generator.next() >> 11) * 0x1p-53 * pow(10, Double(generator.next() % 24) - 8)
        }
        numbers += [0.5, 1.5, 2.5, 0.125, 0.375, 1024.5, 250, 350, 1250, 1350, 99_950, 1e15, 1e17, 1e18, 1e22]
        for exponent in -20...20 {
            let power = pow(10, Double(exponent))
            numbers += [power, power.nextUp, power.nextDown, 9.9995 * power, 9.99949999 * power]
        }
        return numbers
    }()

    @Test func fixedTextIsThatOfPrintf() {
        for (index, number) in Self.numbers.enumerated() {
            let decimals = index % 20
            guard let rounded = RoundedDecimal(number, decimals: decimals) else { continue }
            #expect(rounded.text(isNegative: false) == String(format: "%.*f", decimals, number))
        }
    }

    @Test func significantDigitsAreThoseOfPrintf() {
        for (index, number) in Self.numbers.enumerated() where number > 0 {
            let digits = 1 + index % 17
            guard let rounded = RoundedDecimal(number, significantDigits: digits) else { continue }
            let text = String(format: "%.*e", digits - 1, number)
            #expect(String(rounded.units) == text.prefix { $0 != "e" }.filter { $0 != "." })
            #expect(digits - 1 - rounded.decimals == Int(text.drop { $0 != "e" }.dropFirst()))
        }
    }

    @Test func ordinaryNumbersNeedNoPrintf() {
        #expect(RoundedDecimal(251.405, decimals: 4)?.text(isNegative: true) == "-251.4050")
        #expect(RoundedDecimal(0.0123, significantDigits: 4) != nil)
        #expect(RoundedDecimal(123_456.7, significantDigits: 3)?.units == 123)
        #expect(RoundedDecimal(1e300, decimals: 2) == nil)
        #expect(RoundedDecimal(.leastNonzeroMagnitude, decimals: 2)?.text(isNegative: false) == "0.00")
    }
}
