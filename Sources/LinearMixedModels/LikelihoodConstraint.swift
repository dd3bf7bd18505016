// What a profile of the likelihood holds at a value.

internal import MixedLinearAlgebra

/// A condition on the variance parameters under which the deviance is minimised.
///
/// - **Scale:** units of the cross-products: columns and response divided by their powers of two.
enum LikelihoodConstraint: Hashable {
    /// None: σ is profiled out.
    case none
    /// *log σ* is held.
    case logScale(Double)
    /// The standard deviation of one effect of a term is held.
    case deviation(term: Int, row: Int, value: Double)
    /// One effect of a term has no variance.
    case noDeviation(term: Int, row: Int)
    /// The correlation of two effects of a term is held.
    case correlation(term: Int, row: Int, other: Int, value: Double)

    /// Whether σ is a parameter of its own rather than profiled out.
    var holdsScale: Bool {
        switch self {
        case .logScale, .deviation: true
        case .none, .noDeviation, .correlation: false
        }
    }
}

/// Where a constrained minimisation stands.
struct ConstrainedState: Sendable {
    /// λ of each term.
    var relativeFactors: [Matrix]
    /// *log σ* in units of the mapped response.
    var logScale: Double
}
