// Whether the rows bear out what was computed from sums over them.

/// How far estimates that were computed from cross-products are from those that the rows themselves ask for.
///
/// The rows are gone through once more with the estimates. What sums over millions of rows may have lost to rounding shows
/// here: their residuals are computed row by row, and no estimate should want to move.
public struct RowAgreement: Hashable, Sendable, Codable {
    /// The difference between the penalised residual sum of squares of the rows,
    /// *Σ w(y − ŷ)² + ‖û‖²* with *û = Λ'Z'We*, and that of the cross-products, relative to it.
    public let residualSumOfSquares: Double
    /// The longest step that a coefficient or a random effect would take by itself.
    ///
    /// For a coefficient *|x_j'We|/(σ‖x_j‖)* with the column centred, for a random effect *|Σz − b|* with *z = Z'We/σ²*,
    /// over what the estimate's standard error would be if all others were known.
    /// - **Scale:** conditional standard errors.
    public let largestStep: Double

    /// Takes over what was computed before.
    public init(residualSumOfSquares: Double, largestStep: Double) {
        self.residualSumOfSquares = residualSumOfSquares
        self.largestStep = largestStep
    }

    /// Differences up to this are far below what any use of the estimates sees.
    public static let tolerance = 1e-6

    /// Whether the estimates are those of the rows.
    public var holds: Bool { residualSumOfSquares <= Self.tolerance && largestStep <= Self.tolerance }
}
