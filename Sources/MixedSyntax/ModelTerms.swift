// The terms of a model formula after R's expansion: which variables, in which combinations, in which order.

/// A set of model terms in R's order, with the variables they are made of.
///
/// `y ~ a * b` has the variables `a`, `b` and the terms `a`, `b`, `a:b`. The intercept is not a term.
public struct ModelTerms: Hashable, Sendable {
    /// Whether the constant column belongs to the model.
    public var hasIntercept: Bool
    /// The variables in order of first appearance: names, or calls such as `log(x)` and `I(x^2)`.
    public var variables: [TableExpression]
    /// Main effects first, then interactions by their order; within an order as written.
    public var terms: [Term]

    /// One product of variables.
    public struct Term: Hashable, Sendable {
        /// Indices into `ModelTerms.variables`, ascending.
        public var variables: [Int]

        public init(variables: [Int]) { self.variables = variables }
    }

    /// How a categorical variable enters a term.
    public enum Coding: Hashable, Sendable {
        /// By its contrasts: one column fewer than it has levels.
        case contrasts
        /// By one indicator column for each level.
        case indicators
    }

    public init(hasIntercept: Bool, variables: [TableExpression], terms: [Term]) {
        self.hasIntercept = hasIntercept
        self.variables = variables
        self.terms = terms
    }
}
