// Where a piece of source text stands, so that every diagnostic can point at it.

/// A half-open range of UTF-8 offsets into the text that was parsed.
public struct SourceRange: Hashable, Sendable, Codable {
    /// Offset of the first byte.
    public var lowerBound: Int
    /// Offset just after the last byte.
    public var upperBound: Int

    public init(_ lowerBound: Int, _ upperBound: Int) {
        self.lowerBound = lowerBound
        self.upperBound = max(lowerBound, upperBound)
    }

    /// The smallest range that holds both ranges.
    public func union(_ other: SourceRange) -> SourceRange {
        SourceRange(min(lowerBound, other.lowerBound), max(upperBound, other.upperBound))
    }
}
