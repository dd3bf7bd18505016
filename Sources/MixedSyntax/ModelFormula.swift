// A mixed-model formula, taken apart into the pieces that a design is made from.

/// A formula such as `Reaction ~ Days + (1 + Days | Subject)`, expanded by R's and lme4's rules.
///
/// Two formulas are equal when they say the same model; how and where it was written does not matter.
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
    /// The columns that `.` stood for, or nil where the formula has no `.`.
    public let dotColumns: [String]?

    /// One `(terms | group)` of a formula.
    ///
    /// Equality leaves out where the term stands.
    public struct RandomTerm: Sendable {
        /// The terms left of the bar.
        public var terms: ModelTerms
        /// The variables whose interaction makes the groups: one for `(1 | g)`, two for `(1 | g1:g2)`.
        public var grouping: [TableExpression]
        /// The grouping factor as lme4 writes it: `b:a` for the inner level of `a/b`, `c:(b:a)` for that of `a/b/c`.
        public var groupName: String
        /// Whether the columns vary independently, as `||` says.
        public var isIndependent: Bool
        /// Where the term stands in the formula's text.
        public var range: SourceRange

        /// A term; without `groupName` the grouping variables are joined by colons.
        public init(
            terms: ModelTerms, grouping: [TableExpression], isIndependent: Bool, range: SourceRange,
            groupName: String? = nil
        ) {
            self.terms = terms
            self.grouping = grouping
            self.groupName = groupName ?? grouping.map(\.description).joined(separator: ":")
            self.isIndependent = isIndependent
            self.range = range
        }
    }

    package init(
        source: String, response: TableExpression?, fixed: ModelTerms, random: [RandomTerm], offsets: [TableExpression],
        dotColumns: [String]? = nil
    ) {
        self.source = source
        self.response = response
        self.fixed = fixed
        self.random = random
        self.offsets = offsets
        self.dotColumns = dotColumns
    }
}

extension ModelFormula.RandomTerm: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.isIndependent == right.isIndependent && left.groupName == right.groupName
            && left.grouping == right.grouping && left.terms == right.terms
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(grouping)
        hasher.combine(terms)
        hasher.combine(isIndependent)
    }
}

extension ModelFormula: Hashable {
    public static func == (left: ModelFormula, right: ModelFormula) -> Bool {
        left.response == right.response && left.fixed == right.fixed && left.random == right.random
            && left.offsets == right.offsets
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(response)
        hasher.combine(fixed)
        hasher.combine(random)
        hasher.combine(offsets)
    }
}
