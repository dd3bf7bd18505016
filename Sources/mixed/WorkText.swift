// How far long work is, in one line of text.

import MixedModels

/// The words of the line that shows how far work is.
enum WorkText {
    /// What is shown between the first Ctrl-C and the end.
    static let stopping = "Stopping; Ctrl-C again ends at once"

    /// The line for some work.
    ///
    /// - Parameter secondsAgo: How long ago the work was as far as that.
    static func line(_ progress: WorkProgress, secondsAgo: Double) -> String {
        switch progress {
        case .reading(let reading): line(reading)
        case .fitting(let fitting): line(fitting, secondsAgo: secondsAgo)
        }
    }

    /// `Reading big.csv  412 of 3,204 MB  1.1 GB/s  2.5 s left`.
    private static func line(_ reading: ReadingProgress) -> String {
        var parts: [String]
        switch reading.purpose {
        case .rows: parts = ["Reading \(reading.name)"]
        case .rowsAgain: parts = ["Reading \(reading.name) again"]
        case .residuals: parts = ["Residuals from \(reading.name)"]
        }
        let done = grouped(reading.byteCount / 1_000_000)
        parts.append(reading.totalByteCount.map { "\(done) of \(grouped($0 / 1_000_000)) MB" } ?? "\(done) MB")
        if let speed = reading.bytesPerSecond { parts.append(rate(speed)) }
        if let left = reading.secondsLeft { parts.append("\(time(left)) left") }
        return parts.joined(separator: "  ")
    }

    /// `Fitting (exact, border 9,811)  evaluation 4  criterion 21,345,678.12  about 12 s left`.
    private static func line(_ fitting: FittingProgress, secondsAgo: Double) -> String {
        let path = fitting.path == .exact ? "exact" : "iterative"
        let border = fitting.borderEffects > 0 ? ", border \(grouped(fitting.borderEffects))" : ""
        var parts = ["Fitting (\(path)\(border))", "evaluation \(grouped(fitting.evaluation))"]
        if let criterion = fitting.criterion {
            parts.append("criterion \(decimal(criterion, places: 2))")
        } else if let decrement = fitting.newtonDecrement {
            parts.append("decrement \(magnitude(decrement))")
        }
        if let left = fitting.secondsLeft, left > secondsAgo {
            parts.append("about \(time(left - secondsAgo)) left")
        } else {
            parts.append("\(time(fitting.seconds + secondsAgo)) so far")
        }
        return parts.joined(separator: "  ")
    }

    private static func rate(_ bytesPerSecond: Double) -> String {
        if bytesPerSecond >= 1e9 { return "\(decimal(bytesPerSecond / 1e9, places: 1)) GB/s" }
        return "\(decimal(bytesPerSecond / 1e6, places: 0)) MB/s"
    }

    private static func time(_ seconds: Double) -> String {
        if seconds < 9.95 { return "\(decimal(seconds, places: 1)) s" }
        if seconds < 90 { return "\(decimal(seconds, places: 0)) s" }
        return "\(decimal((seconds / 60).rounded(.up), places: 0)) min"
    }

    /// A number with so many decimals, and commas between thousands.
    static func decimal(_ value: Double, places: Int) -> String {
        let unit = (0..<places).reduce(1) { product, _ in product * 10 }
        guard let scaled = Int(exactly: (value.magnitude * Double(unit)).rounded()), scaled < 1 << 53 else {
            return "\(value)"
        }
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: unit)
        let decimals = String(rest)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + grouped(whole) }
        return "\(sign)\(grouped(whole)).\(String(repeating: "0", count: places - decimals.count))\(decimals)"
    }

    /// A positive number as the power of ten that it lies above, such as `1e-5`.
    static func magnitude(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "\(value)" }
        var exponent = 0
        var rest = value
        while rest < 1 {
            rest *= 10
            exponent -= 1
        }
        while rest >= 10 {
            rest /= 10
            exponent += 1
        }
        return "1e\(exponent)"
    }

    /// A whole number with commas between thousands.
    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}
