// Predicted values for the rows of a table, with what is known of their uncertainty.

public import MixedDesign

/// For whom a prediction is made.
public enum PredictionLevel: String, Hashable, Sendable, Codable, CaseIterable {
    /// For the average group: *Xβ̂*.
    case population
    /// For the group that the row belongs to: *Xβ̂ + Zb̂*.
    case group
}

/// What an interval is to hold.
public enum PredictionInterval: String, Hashable, Sendable, Codable, CaseIterable {
    /// No interval is wanted.
    case none
    /// The mean: the average group's at the population level, the row's own group's at the group level.
    case confidence
    /// One more observation: of a group not seen before at the population level, of the row's own group at the group level.
    case prediction
}

/// Predictions for the rows of a table, in their order.
///
///     population:  x β̂,           s.e.² = x V x',         prediction variance = s.e.² + zΣz' + σ²/w
///     group:       x β̂ + z b̂,    s.e.² = c H c',         prediction variance = s.e.² + σ²/w
///
/// with *V = Var β̂*, *Σ* the random effects' covariance, *c = [x z]*, and *H = Var [β̂ ; b̂ − b]* the joint covariance of
/// the coefficients and the errors of the predicted effects (`ConditionalCovariance`). An effect of a level that the model has
/// not seen is predicted as zero, and its whole variance *zΣz'* is part of *cHc'*.
///
/// - **Shape:** one entry for each row of the table; NaN where a value that the model needs is missing.
/// - **Scale:** units of the response.
public struct Predictions: Sendable {
    public let level: PredictionLevel
    /// Whether the model is an ordinary linear one, in which both levels are the same.
    public let isLinearModel: Bool
    public let interval: PredictionInterval
    /// The level of the intervals, such as 0.95.
    public let confidence: Double
    /// The predicted means.
    public let fitted: [Double]
    /// The standard errors of `fitted`; `nil` when they were not asked for.
    public let standardErrors: [Double]?
    /// The limits of the intervals; `nil` without intervals.
    public let lowerLimits: [Double]?
    public let upperLimits: [Double]?
    /// Which rows have no prediction, by the value that is missing; a row that misses two counts for both.
    public let incomplete: [DroppedRows]
    /// How many rows have no prediction because a value is missing.
    public let incompleteRowCount: Int
    /// Rows whose combination of columns the data of the model cannot answer for; they have no prediction.
    public let inestimableRowCount: Int
    /// At the group level, for each grouping factor with levels that the model has not seen, what they are.
    public let newLevels: [NewLevels]
    /// How the limits of the intervals are found; `nil` without intervals.
    public let limits: Limits?

    /// The levels of a grouping factor that the model has not seen.
    public struct NewLevels: Hashable, Sendable {
        public let group: String
        /// How many rows have one.
        public let rowCount: Int
        /// The first of them by row.
        public let examples: [String]
        /// How many there are.
        public let levelCount: Int
        /// How many rows have no level at all; they count among `rowCount`.
        public let missingCount: Int
    }

    /// The distribution that the margins of intervals come from, and what they include.
    public struct Limits: Hashable, Sendable {
        /// How degrees of freedom are found.
        public let method: DegreesOfFreedomMethod
        /// Whether the residual variance is divided by the rows' weights.
        public let usesWeights: Bool
        /// Whether the model has weights and the table has none, so that a weight of 1 is assumed.
        public let lacksWeights: Bool
    }
}
