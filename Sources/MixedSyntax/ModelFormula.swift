// A mixed-model formula, taken apart into the pieces that a design is made from.

/// A formula such as `Reaction ~ Days + (1 + Days | Subject)`, expanded by R's and lme4's rules.
public struct ModelFormula: Sendable {
    /// The text as it was written.
    public let source: String
    /// The left-hand side, if there is one.
    public let response: TableExpression?
    /// The terms outside the bars.
    public let fixed: ModelTerms
    /// The random-effects terms in the order that lme4 gives them: `(1 | a/b)` has become `(1 | b:a)`, `(1 | a)`.
    public let random: [RandomTerm]
    /// The arguments of `offset()` calls.
    public let offsets: [TableExpression]

    /// One `(terms | group)` of a formula.
    public struct RandomTerm: Hashable, Sendable {
        /// The terms left of the bar.
        public var terms: ModelTerms
        /// The variables whose interaction makes the groups: one for `(1 | g)`, two for `(1 | g1:g2)`.
        public var grouping: [TableExpression]
        /// Whether the columns vary independently, as `||` says.
        public var isIndependent: Bool
        /// Where the term stands in the formula's text.
        public var range: SourceRange

        public init(terms: ModelTerms, grouping: [TableExpression], isIndependent: Bool, range: SourceRange) {
            self.terms = terms
            self.grouping = grouping
            self.isIndependent = isIndependent
            self.range = range
        }
    }

    package init(
        source: String, response: TableExpression?, fixed: ModelTerms, random: [RandomTerm], offsets: [TableExpression]
    ) {
        self.source = source
        self.response = response
        self.fixed = fixed
        self.random = random
        self.offsets = offsets
    }
}
