// What every error of this room has in common, so that it is shown alike everywhere.

/// An error in a question about a fit: a sentence that says what is wrong, and what to do about it.
public protocol InferenceFailure: Error, Sendable, CustomStringConvertible {
    /// What is wrong, as a sentence without a full stop.
    var sentence: String { get }
    /// What to do about it, or `nil`.
    var hint: String? { get }
}

extension InferenceFailure {
    public var hint: String? { nil }
    public var description: String { hint.map { "\(sentence); \($0)" } ?? sentence }
}
