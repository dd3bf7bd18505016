// Dividing the range of a number into intervals.

import MixedSyntax

/// `cut(x, breaks, labels, include.lowest, right, dig.lab, ordered_result)` with R's break points and labels.
enum CutFunction {
    static let all = [
        TableFunction(
            "cut", ["x", "breaks", "labels", "include.lowest", "right", "dig.lab", "ordered_result"], cut)
    ]

    private static func cut(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let values = try call.doubles("x")
        let breaks = try breakPoints(call, values)
        let closesRight = try call.flag("right", default: true)
        let includesLowest = try call.flag("include.lowest", default: false)
        let count = breaks.count - 1

        let codes = values.map { value -> Int32 in
            // The number of breaks below the value, or up to it when intervals are closed on the left.
            var (low, high) = (0, breaks.count)
            while low < high {
                let middle = (low + high) / 2
                let isBefore = closesRight ? breaks[middle] < value : breaks[middle] <= value
                if isBefore { low = middle + 1 } else { high = middle }
            }
            if value.isNaN { return CategoricalValues.missing }
            if includesLowest, closesRight, value == breaks[0] { return 0 }
            if includesLowest, !closesRight, value == breaks[count] { return Int32(truncatingIfNeeded: count - 1) }
            return low >= 1 && low <= count ? Int32(truncatingIfNeeded: low - 1) : CategoricalValues.missing
        }
        if let labels = call.argument("labels"), labels.node == .constant(.false) {
            return .integer(codes.map { $0 < 0 ? ColumnValues.missingInteger : Int($0) + 1 })
        }
        let levels: [String]
        if let given = try call.texts("labels") {
            guard given.count == count else {
                throw call.error("'cut' is given \(given.count) labels for \(count) intervals", at: "labels")
            }
            levels = given
        } else {
            let digits = try call.wholeNumber("dig.lab", default: 3, in: 1...22)
            levels = labels(breaks, digits: digits, closesRight: closesRight, includesLowest: includesLowest)
        }
        guard Set(levels).count == levels.count else {
            throw call.error("the labels of 'cut' repeat", at: "labels", hint: "give other labels or fewer breaks")
        }
        let isOrdered = try call.flag("ordered_result", default: false)
        return .categorical(CategoricalValues(codes: codes, levels: levels, kind: isOrdered ? .ordered : .factor))
    }

    /// The break points: those given, sorted, or so many intervals of equal width over the range, a little widened.
    private static func breakPoints(_ call: FunctionCall, _ values: [Double]) throws(Diagnostic) -> [Double] {
        let given = try call.doubles("breaks")
        guard !given.contains(where: \.isNaN), !given.isEmpty else {
            throw call.error("'breaks' of 'cut' must be numbers without missing values", at: "breaks")
        }
        if given.count > 1 {
            let sorted = given.sorted()
            for (first, second) in zip(sorted, sorted.dropFirst()) where first == second {
                throw call.error("the break \(RNumber.text(first)) is given twice", at: "breaks")
            }
            return sorted
        }
        guard given[0] >= 2, given[0] <= 1_000_000 else {
            throw call.error("'cut' needs 2 intervals or more", at: "breaks")
        }
        let intervals = Int(given[0])
        let finite = values.filter { !$0.isNaN }
        guard let lowest = finite.min(), let highest = finite.max(), lowest.isFinite, highest.isFinite else {
            throw call.error(
                "'cut' finds no range to divide in '\(call.argument("x").map { "\($0)" } ?? "x")'", at: "x")
        }
        var width = highest - lowest
        if width == 0 {
            width = abs(lowest) == 0 ? 1 : abs(lowest)
            return evenly(from: lowest - width / 1000, to: highest + width / 1000, intervals)
        }
        var breaks = evenly(from: lowest, to: highest, intervals)
        breaks[0] = lowest - width / 1000
        breaks[intervals] = highest + width / 1000
        return breaks
    }

    private static func evenly(from low: Double, to high: Double, _ intervals: Int) -> [Double] {
        let step = (high - low) / Double(intervals)
        return (0...intervals).map { $0 == intervals ? high : low + Double($0) * step }
    }

    /// "(0,10]" and so on, with as many digits as it takes to tell the breaks apart.
    private static func labels(_ breaks: [Double], digits: Int, closesRight: Bool, includesLowest: Bool) -> [String] {
        var texts: [String] = []
        for precision in digits...max(12, digits) {
            texts = breaks.map { formatted($0, precision, besideMinusInfinity: breaks[0] == -.infinity) }
            if zip(texts, texts.dropFirst()).allSatisfy({ $0 != $1 }) { break }
        }
        let count = breaks.count - 1
        return (0..<count).map { index in
            let opensClosed = !closesRight || (includesLowest && index == 0)
            let endsClosed = closesRight || (includesLowest && index == count - 1)
            return (opensClosed ? "[" : "(") + texts[index] + "," + texts[index + 1] + (endsClosed ? "]" : ")")
        }
    }

    private static func formatted(_ value: Double, _ digits: Int, besideMinusInfinity: Bool) -> String {
        // R gives both infinities the same width: "(0, Inf]" after "(-Inf,0]".
        if value.isInfinite { return value < 0 ? "-Inf" : besideMinusInfinity ? " Inf" : "Inf" }
        return CFormat.general(value == 0 ? 0 : value, digits: digits)
    }
}
