// What is said of work that needs more memory than there is.

/// Work that was not begun, or not gone on with, because it needs more memory than may be had.
public struct MemoryShortage: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes that the process would have in all.
    public let needed: Double
    /// Bytes that it may have.
    public let available: Double
    /// What needs them.
    public let work: Work
    /// The limit that was met.
    public let limit: MemoryLimit

    /// What needs memory.
    public enum Work: Hashable, Sendable {
        /// The equations of a fit, solved as a whole: so many that depend on each other, and the bytes that the process
        /// would have with an iterative fit, where there is one.
        case factorization(equations: Int, iterativeBytes: Double?)
        /// An iterative fit.
        case iteration
        /// The sums over the rows of a text: over so many pairs of levels that occur together.
        case reading(pairs: Int)
    }

    package init(needed: Double, available: Double, work: Work, limit: MemoryLimit = .available) {
        self.needed = needed
        self.available = available
        self.work = work
        self.limit = limit
    }

    /// What is wrong, as a sentence without a full stop.
    public var sentence: String {
        let sizes = "\(ByteCount(needed)) of memory, and \(ByteCount(available)) can be had"
        return switch work {
        case .factorization(let equations, _):
            equations > 1
                ? "The fit needs \(sizes): it solves \(Self.grouped(equations)) equations as a whole"
                : "The fit needs \(sizes)"
        case .iteration: "The iterative fit needs \(sizes)"
        case .reading(let pairs):
            "The sums over the rows need \(sizes): there are more than \(Self.grouped(pairs)) pairs of levels that occur together"
        }
    }

    /// What to do about it.
    public var hint: String {
        var ways: [String] = []
        if case .factorization(_, let bytes?) = work, bytes <= available {
            ways.append(
                "fit it with --solver iterative (in Swift: solver: .iterative), which takes about \(ByteCount(bytes))")
        }
        switch work {
        case .factorization, .iteration: ways.append("leave out random slopes or one of the crossed groups")
        case .reading: ways.append("leave out one of the crossed groups, or take fewer rows with --where")
        }
        if case .bytes = limit {
            ways.append("allow more with --memory (in Swift: memory:)")
        } else {
            ways.append("use a machine with \(ByteCount(needed).machineSize)")
        }
        return ways.joined(separator: "; or ")
    }

    public var description: String { "\(sentence); \(hint)" }

    /// A whole number with its thousands set apart.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.reduce(into: "") { text, index in
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digits[index])
        }
    }
}
