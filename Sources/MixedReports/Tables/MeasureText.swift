// Sizes, durations and large counts as people say them.

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

    /// A size in the unit that leaves one to three digits before the point.
    static func bytes(_ bytes: Double) -> String {
        if bytes < 1000 { return "\(Int(max(bytes, 0))) bytes" }
        var value = bytes
        var unit = "bytes"
        for larger in ["kB", "MB", "GB", "TB", "PB"] where value >= 1000 {
            value /= 1000
            unit = larger
        }
        return "\((value * 10).rounded() / 10) \(unit)"
    }

    /// A time in the unit that people would use.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.001: "less than a millisecond"
        case ..<1: "\(Int((seconds * 1000).rounded())) ms"
        case ..<100: "\((seconds * 10).rounded() / 10) s"
        case ..<6000: "\(Int((seconds / 60).rounded())) min"
        case ..<360_000: "\(Int((seconds / 3600).rounded())) h"
        default: "days"
        }
    }

    /// A large count in words.
    static func rounded(_ count: Double) -> String {
        switch count {
        case ..<1e6: grouped(Int(count))
        case ..<1e9: "\((count / 1e5).rounded() / 10) million"
        case ..<1e12: "\((count / 1e8).rounded() / 10) billion"
        default: "\((count / 1e11).rounded() / 10) trillion"
        }
    }
}
