// Sizes, durations and large counts as people say them.

internal import MixedDesign

/// Numbers with their units.
enum MeasureText {
    /// A whole number with its thousands set apart.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3), digits[index - 1] != "-" { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// A number of things: `1 row`, `2,000 rows`.
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
    }

    /// A size in the unit that leaves one to three digits before the point.
    static func bytes(_ bytes: Double) -> String { ByteCount(bytes).description }

    /// A time in the unit that people would use, with two digits of importance.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.01: "under 10 ms"
        case ..<0.995: "\(Int((seconds * 100).rounded()) * 10) ms"
        case ..<99.5: "\(ByteCount.twoDigits(seconds)) s"
        case ..<5970: "\(Int((seconds / 60).rounded())) min"
        case ..<170_000: "\(Int((seconds / 3600).rounded())) h"
        case ..<3e7: "\(Int((seconds / 86_400).rounded())) days"
        default: "over a year"
        }
    }

    /// A large count in words.
    static func rounded(_ count: Double) -> String {
        switch count {
        case ..<1e6: grouped(Int(max(count, 0)))
        case ..<999.95e6: "\((count / 1e5).rounded() / 10) million"
        case ..<999.95e9: "\((count / 1e8).rounded() / 10) billion"
        default: "\((min(count, 1e18) / 1e11).rounded() / 10) trillion"
        }
    }
}
