// How far the search for a model's covariance parameters is.

/// How far the search for a model's covariance parameters is.
public struct FittingProgress: Hashable, Sendable {
    /// How the equations are solved.
    public enum Path: String, Hashable, Sendable {
        /// By factorisation.
        case exact
        /// By conjugate gradients, with estimated traces.
        case iterative
    }

    public let path: Path
    /// Random effects of crossed factors that remain when the others are eliminated: the evaluations' cost grows with their
    /// third power where the path is exact.
    public let borderEffects: Int
    /// The evaluation that begins, counted from 1.
    public let evaluation: Int
    /// The lowest criterion so far; `nil` before there is one, and on the iterative path, which does without.
    public let criterion: Double?
    /// Twice what a further Newton step promises; the search ends when it vanishes.
    public let newtonDecrement: Double?
    /// The time the search has taken so far.
    public let seconds: Double
    /// About how long the search will go on; `nil` as long as nothing can be said.
    public let secondsLeft: Double?

    public init(
        _ path: Path, borderEffects: Int, evaluation: Int, criterion: Double? = nil, newtonDecrement: Double? = nil,
        seconds: Double, secondsLeft: Double? = nil
    ) {
        self.path = path
        self.borderEffects = borderEffects
        self.evaluation = evaluation
        self.criterion = criterion
        self.newtonDecrement = newtonDecrement
        self.seconds = seconds
        self.secondsLeft = secondsLeft
    }
}
