// How a column of numbers is shown: R's rules for printed tables, except that no number is ever shown as zero that is not.

/// The way one column's numbers are shown, decided from all of them.
struct ColumnFormatter {
    private enum Style {
        case full
        case integer
        /// Fixed decimals; numbers that would show fewer than two significant digits, or too many, in scientific notation.
        case estimate(decimals: Int, digits: Int)
        case fixed(decimals: Int)
        /// Fixed decimals down to 0.001, scientific below.
        case pValue(decimals: Int, scientificDigits: Int, digits: Int)
    }

    private let style: Style

    /// The p-value below which the digits mean nothing: R's `.Machine$double.eps`.
    private static let smallestProbability = Double.ulpOfOne
    /// Numbers with more digits before the decimal point than this are shown in scientific notation.
    private static let widestInteger = 12

    /// Smaller numbers than 0.00001 are shown in scientific notation, which is then no wider.
    private static let smallestFixedExponent = -5

    /// One number in so many may be too small to be shown with all its digits.
    private static let fewest = 50

    init(_ format: ReportTable.Format, numbers: [Double]) {
        let nonzero = numbers.filter { $0.isFinite && $0 != 0 }
        switch format {
        case .text: style = .full
        case .integer: style = .integer
        case .fixed(let decimals): style = .fixed(decimals: max(0, min(decimals, 15)))
        case .estimate(let digits):
            let digits = max(1, min(digits, 15))
            style = .estimate(decimals: Self.sharedDecimals(nonzero, digits: digits), digits: digits)
        case .pValue(let digits):
            let digits = max(1, min(digits, 15))
            let large = nonzero.map { SignificantDigits($0, digits: digits) }.filter { $0.exponent >= -3 }
            let small = nonzero.filter { $0 >= Self.smallestProbability }
                .map { SignificantDigits($0, digits: digits) }.filter { $0.exponent < -3 }
            style = .pValue(
                decimals: large.map(\.decimals).max() ?? 0, scientificDigits: small.map(\.count).max() ?? digits,
                digits: digits)
        }
    }

    /// The decimals that show `digits` significant digits of the smallest number that is not negligible beside the largest.
    private static func sharedDecimals(_ numbers: [Double], digits: Int) -> Int {
        let needs = numbers.map { SignificantDigits($0, digits: digits) }
        guard let largest = needs.map(\.exponent).filter({ $0 < widestInteger }).max() else { return 0 }
        // What is smaller by more orders than this would add decimals that mean nothing for the others.
        let smallest = max(min(largest, 0) - max(digits, 4) - 1, smallestFixedExponent)
        let counted = needs.filter { $0.exponent >= smallest && $0.exponent <= largest }.map(\.decimals)
        // Among thousands some number is always tiny by chance; its digits would be noise in all other rows.
        return counted.sorted(by: >).dropFirst(counted.count / fewest).first ?? 0
    }

    func text(_ value: Double) -> String {
        guard value.isFinite else { return NumberText.notFinite(value) }
        switch style {
        case .full: return NumberText.full(value)
        case .integer:
            return value == value.rounded() && value.magnitude < 1e15
                ? NumberText.fixed(value, decimals: 0) : NumberText.full(value)
        case .fixed(let decimals):
            if value == 0 { return NumberText.fixed(value, decimals: decimals) }
            let exponent = SignificantDigits(value, digits: 17).exponent
            let text = NumberText.fixed(value, decimals: decimals)
            let isLost = !text.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
            return isLost || exponent >= Self.widestInteger
                ? NumberText.scientific(value, digits: isLost ? 2 : decimals + 1) : text
        case .estimate(let decimals, let digits):
            if value == 0 { return NumberText.fixed(value, decimals: decimals) }
            let exact = SignificantDigits(value, digits: digits)
            // Two digits suffice, or as many as the number has.
            let shownDigits = decimals + exact.exponent + 1
            let isTooSmall = shownDigits < min(2, exact.count)
            return isTooSmall || exact.exponent >= Self.widestInteger
                ? NumberText.scientific(value, digits: exact.count) : NumberText.fixed(value, decimals: decimals)
        case .pValue(let decimals, let scientificDigits, let digits):
            if value >= 0, value < Self.smallestProbability { return "<2e-16" }
            let exponent = SignificantDigits(value, digits: digits).exponent
            return exponent < -3
                ? NumberText.scientific(value, digits: scientificDigits) : NumberText.fixed(value, decimals: decimals)
        }
    }
}
