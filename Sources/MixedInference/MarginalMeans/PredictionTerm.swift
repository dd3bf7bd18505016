// The terms of adjusted predictions as ggeffects writes them: `hours [0:10 by=1], SES [Low,High]`.

/// A variable along which predictions are made, and the values at which.
public struct PredictionTerm: Hashable, Sendable {
    /// The values of a term.
    public enum Values: Hashable, Sendable {
        /// All levels; for a number round values over its range when it comes first, else its mean and a standard deviation
        /// to either side.
        case standard
        /// What is listed.
        case listed([GridSetting])
        /// From a number to another by steps.
        case sequence(from: Double, to: Double, by: Double)
        /// Round values over the range, about as many as given.
        case pretty(count: Int?)
        /// The mean and a standard deviation to either side, rounded.
        case meanAndDeviation
        /// Zero and the largest value.
        case zeroAndMaximum
    }

    /// The column of the table.
    public let name: String
    public let values: Values

    public init(_ name: String, _ values: Values = .standard) {
        self.name = name
        self.values = values
    }

    /// The most values of a sequence.
    private static let longestSequence = 10_000

    /// Reads terms separated by commas, each with values in brackets or without.
    ///
    /// In brackets stand levels or numbers separated by commas; `0:10` or `0:10 by=2`; `n=5`; or one of `pretty`, `minmax`,
    /// `meansd` and `zeromax`.
    /// - Throws: `MarginalMeansError.unreadableTerms`.
    public static func parse(_ text: String) throws(MarginalMeansError) -> [PredictionTerm] {
        var terms: [PredictionTerm] = []
        for part in try parts(text) {
            let trimmed = part.trimmed
            guard let open = trimmed.firstIndex(of: "[") else {
                guard !trimmed.isEmpty else { throw .unreadableTerms(text: text, reason: "a variable is missing") }
                terms.append(PredictionTerm(String(trimmed)))
                continue
            }
            guard trimmed.last == "]" else { throw .unreadableTerms(text: text, reason: "text after the brackets") }
            let name = trimmed[..<open].trimmed
            guard !name.isEmpty else {
                throw .unreadableTerms(text: text, reason: "a variable is missing before the brackets")
            }
            let inner = trimmed[trimmed.index(after: open)...].dropLast().trimmed
            terms.append(PredictionTerm(String(name), try values(inner, in: text)))
        }
        return terms
    }

    /// The text between commas that do not stand in brackets.
    private static func parts(_ text: String) throws(MarginalMeansError) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "[": depth += 1
            case "]": depth -= 1
            case "," where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
            guard depth == 0 || depth == 1 else {
                throw .unreadableTerms(text: text, reason: "the brackets do not match")
            }
        }
        guard depth == 0 else { throw .unreadableTerms(text: text, reason: "a bracket is never closed") }
        return parts + [text[start...]]
    }

    private static func values(_ inner: Substring, in text: String) throws(MarginalMeansError) -> Values {
        switch inner.lowercased() {
        case "": throw .unreadableTerms(text: text, reason: "there is nothing in the brackets")
        case "pretty": return .pretty(count: nil)
        case "minmax": return .listed([.minimum, .maximum])
        case "meansd": return .meanAndDeviation
        case "zeromax": return .zeroAndMaximum
        default: break
        }
        if let count = assigned("n", in: inner) {
            guard let count = Int(exactly: count.rounded()), (1...1000).contains(count) else {
                throw .unreadableTerms(text: text, reason: "n needs a whole number from 1 to 1000")
            }
            return .pretty(count: count)
        }
        if let sequence = try sequence(inner, in: text) { return sequence }
        let items = inner.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
        guard !items.contains("") else { throw .unreadableTerms(text: text, reason: "a value is missing") }
        return .listed(items.map(GridSetting.init(parsing:)))
    }

    /// `0:10`, `0:10 by=2`; `nil` for what has no colon between numbers.
    private static func sequence(_ inner: Substring, in text: String) throws(MarginalMeansError) -> Values? {
        guard let colon = inner.firstIndex(of: ":"), let from = Double(inner[..<colon].trimmed) else { return nil }
        var rest = inner[inner.index(after: colon)...].trimmed
        var step = 1.0
        if let word = rest.range(of: "by") {
            guard let given = assigned("by", in: rest[word.lowerBound...]) else {
                throw .unreadableTerms(text: text, reason: "write the step as by=1")
            }
            step = given
            rest = rest[..<word.lowerBound].trimmed
        }
        guard let to = Double(rest), from.isFinite, to.isFinite, step.isFinite else { return nil }
        guard step != 0, (to - from) / step >= 0 else {
            throw .unreadableTerms(text: text, reason: "the step leads away from the end of the sequence")
        }
        guard (to - from) / step <= Double(longestSequence) else {
            throw .unreadableTerms(text: text, reason: "the sequence has more than \(longestSequence) values")
        }
        return .sequence(from: from, to: to, by: step)
    }

    /// The number of `name = number`.
    private static func assigned(_ name: String, in text: Substring) -> Double? {
        guard let equals = text.firstIndex(of: "="), text[..<equals].trimmed == name else { return nil }
        return Double(text[text.index(after: equals)...].trimmed)
    }
}

extension Substring {
    /// Without blanks at either end.
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    /// Where a word begins.
    fileprivate func range(of word: String) -> Range<Substring.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) { return start..<index(start, offsetBy: word.count) }
            start = index(after: start)
        }
        return nil
    }
}
