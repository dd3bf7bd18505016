// Comparison of numbers to a tolerance, with a report that says what differs and by how much.

/// How far a number lies from the one expected, relative to it.
public func relativeDifference(_ got: Double, _ expected: Double) -> Double {
    if got == expected || (got.isNaN && expected.isNaN) { return 0 }
    guard got.isFinite, expected.isFinite else { return .infinity }
    return (got - expected).magnitude / max(expected.magnitude, .leastNormalMagnitude)
}

/// Whether two numbers agree to a relative or to an absolute tolerance, whichever is wider.
///
/// NaN agrees with NaN, an infinity with itself.
public func isClose(_ got: Double, _ expected: Double, relative: Double = 1e-9, absolute: Double = 0) -> Bool {
    if got == expected || (got.isNaN && expected.isNaN) { return true }
    guard got.isFinite, expected.isFinite else { return false }
    return (got - expected).magnitude <= max(relative * expected.magnitude, absolute)
}

/// The disagreements found while comparing many numbers: `#expect(differences.isEmpty, "\(differences)")` reports them all.
public struct Differences: CustomStringConvertible {
    public private(set) var lines: [String] = []
    /// How many numbers were compared, so that a test can tell an empty comparison from a good one.
    public private(set) var comparisons = 0
    /// The largest relative difference of all that were compared.
    public private(set) var worst = 0.0

    public init() {}

    public var isEmpty: Bool { lines.isEmpty }

    /// Compares a number with the one expected.
    public mutating func compare(
        _ name: String, _ got: Double, _ expected: Double, relative: Double = 1e-9, absolute: Double = 0
    ) {
        comparisons += 1
        let difference = relativeDifference(got, expected)
        if !((got - expected).magnitude <= absolute) { worst = max(worst, difference) }
        if !isClose(got, expected, relative: relative, absolute: absolute) {
            lines.append("\(name): got \(got), expected \(expected), relative difference \(difference)")
        }
    }

    /// Compares two lists of numbers; unequal lengths are a difference.
    public mutating func compare(
        _ name: String, _ got: [Double], _ expected: [Double], relative: Double = 1e-9, absolute: Double = 0
    ) {
        if got.count != expected.count {
            lines.append("\(name): got \(got.count) values, expected \(expected.count)")
        }
        for (index, (value, wanted)) in zip(got, expected).enumerated() {
            compare("\(name)[\(index)]", value, wanted, relative: relative, absolute: absolute)
        }
    }

    public var description: String {
        let shown = lines.prefix(20).joined(separator: "\n")
        return lines.count > 20 ? shown + "\n... and \(lines.count - 20) more" : shown
    }
}
