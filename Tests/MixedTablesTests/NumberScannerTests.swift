// Numbers from bytes: exact for every spelling.

import Testing

@testable import MixedTables

@Suite struct NumberScannerTests {
    /// The number that all of the text is, or `nil`.
    static func scan(_ text: String) -> Double? { NumberText.value(text) }

    @Test func aMillionRandomDoublesComeBack() {
        var random = SplitMix(seed: 1)
        var failures = 0
        for _ in 0..<1_000_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            if Self.scan(value.description)?.bitPattern != value.bitPattern { failures += 1 }
        }
        #expect(failures == 0)
    }

    /// What data hold: up to 19 digits, a point anywhere, small exponents; against the standard library.
    @Test func decimalsRoundAsTheStandardLibraryDoes() {
        var random = SplitMix(seed: 2)
        var failures: [String] = []
        for _ in 0..<1_000_000 {
            let digits = Int(random.next() % 21) + 1
            var text = random.next() % 2 == 0 ? "-" : ""
            let point = Int(random.next() % UInt64(digits)) + 1
            for position in 0..<digits {
                text += String(random.next() % 10)
                if position + 1 == point, position + 1 < digits { text += "." }
            }
            if random.next() % 3 == 0 { text += "e" + String(Int(random.next() % 61) - 30) }
            let expected = Double(text)
            if Self.scan(text) != expected { failures.append(text) }
        }
        #expect(failures.prefix(5) == [])
    }

    /// Halfway between two doubles, and a little beside it.
    @Test func tiesGoToEven() {
        for text in [
            "9007199254740993", "9007199254740995", "9007199254740993.0", "9007199254740993.0000000000001",
            "4503599627370496.5", "4503599627370497.5", "9007199254740992.9999999999999999",
            "0.500000000000000166533453694",
            "1125899906842624.125", "1125899906842624.375", "18014398509481990e0", "1801439850948199.0e1",
        ] {
            #expect(Self.scan(text) == Double(text), "\(text)")
        }
    }

    @Test(arguments: [
        ("1.", 1), (".5", 0.5), ("-.5e1", -5), ("+3", 3), ("1e400", .infinity), ("-1e400", -.infinity), ("1e-400", 0),
        ("0e999999999999999999999", 0), ("0.0000000000000000000000000000000000000001", 1e-40),
        ("5e-324", .leastNonzeroMagnitude),
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("000000000000000000000000000001.5", 1.5), ("Inf", .infinity), ("-inf", -.infinity), ("INFINITY", .infinity),
        ("1.e5", 1e5), ("99999999999999999999.", 1e20),
    ])
    func spellings(_ text: String, _ value: Double) {
        #expect(Self.scan(text) == value)
    }

    @Test(arguments: ["", "-", "+", ".", "e", "1e", "1e+", ".e5", "1..2", "0x10", "one", "1,5", "In", "-.", "- 1"])
    func otherTextIsNoNumber(_ text: String) {
        #expect(Self.scan(text) == nil)
    }

    /// The number that some parsers never returned from.
    @Test func theLargestSubnormalIsRounded() {
        let text = "2.2250738585072011e-308"
        #expect(Self.scan(text) == Double(text))
    }

    @Test func zeroKeepsItsSign() {
        #expect(Self.scan("-0.0")?.sign == .minus)
        #expect(Self.scan("nan")?.isNaN == true)
    }
}

/// A small random generator that gives the same numbers everywhere (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
