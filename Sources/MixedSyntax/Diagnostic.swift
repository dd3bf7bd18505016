// An error in a formula or an expression: a sentence, and the place it is about.

/// What is wrong with a piece of source text, where, and what to do about it.
///
/// Its description shows the text with a caret under the place:
///
///     I expected a term after '+', not '*'
///       y ~ x + * z
///               ^
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as a sentence without a full stop.
    public var message: String
    /// The text that was parsed or evaluated.
    public var source: String
    /// The place in `source` that the message is about.
    public var range: SourceRange
    /// What to do about it, where that can be said.
    public var hint: String?

    public init(_ message: String, source: String, range: SourceRange, hint: String? = nil) {
        self.message = message
        self.source = source
        self.range = range
        self.hint = hint
    }
}
