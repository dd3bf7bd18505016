// The residuals of a fit, computed in one pass over the rows.

/// What the residuals of a fit look like.
public struct ResidualSummary: Hashable, Sendable, Codable {
    /// Smallest, lower quartile, median, upper quartile and largest of *√w (y − ŷ)/σ̂*, by R's rule 7.
    public let scaledQuantiles: [Double]
    /// *√(Σ(y − ŷ)²/n)*, in units of the response.
    public let rootMeanSquare: Double
    /// Whether the rows bear out what was computed from their sums; `nil` for models saved before this was looked at.
    public let agreement: RowAgreement?
}
