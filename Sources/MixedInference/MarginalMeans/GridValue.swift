// The values that a variable takes on a reference grid, and how they are asked for.

internal import MixedSyntax

/// A value of a variable on a reference grid.
public enum GridValue: Hashable, Sendable {
    /// A level of a categorical variable.
    case level(String)
    /// A number.
    case number(Double)

    /// The value as R prints it.
    public var label: String {
        switch self {
        case .level(let level): level
        case .number(let value): RNumber.text(value)
        }
    }

    /// The number; `nil` for a level.
    public var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }
}

/// A value that is asked for: given, or named by what is remembered of the rows.
public enum GridSetting: Hashable, Sendable {
    case level(String)
    case number(Double)
    /// The smallest value of the rows used.
    case minimum
    /// The mean of the rows used.
    case mean
    /// The largest value of the rows used.
    case maximum
    /// The mean less one standard deviation.
    case meanLessDeviation
    /// The mean and one standard deviation.
    case meanPlusDeviation

    /// The words for settings that are not values.
    private static let words: [String: GridSetting] = [
        "min": .minimum, "mean": .mean, "max": .maximum, "mean-sd": .meanLessDeviation, "mean+sd": .meanPlusDeviation,
    ]

    /// Reads a number, one of `min`, `mean`, `max`, `mean-sd` and `mean+sd`, or else a level.
    ///
    /// A text that is quoted in the source is always a level; pass it as `.level`.
    public init(parsing text: String) {
        if let word = Self.words[text.lowercased()] {
            self = word
        } else if let number = Double(text), number.isFinite {
            self = .number(number)
        } else {
            self = .level(text)
        }
    }

    /// The setting as it is written.
    public var text: String {
        switch self {
        case .level(let level): level
        case .number(let value): RNumber.text(value)
        case .minimum: "min"
        case .mean: "mean"
        case .maximum: "max"
        case .meanLessDeviation: "mean-sd"
        case .meanPlusDeviation: "mean+sd"
        }
    }
}

extension GridSetting: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self.init(parsing: value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
}
