// The random effects of one grouping factor: its levels, and the columns whose effects vary between them.

import MixedSyntax

/// A grouping factor with all random terms on it.
public struct GroupingFactorDesign: Hashable, Sendable, Codable {
    /// lme4's name, such as `Subject` or `Variety:Block`.
    public let name: String
    /// The levels that occur, in R's order.
    public let levels: [String]
    /// The columns of all terms, one after the other.
    public let columnNames: [String]
    /// The terms in the order of theta.
    public let terms: [RandomTermDesign]
    let columns: [DesignColumn]
    let variables: [GroupingVariable]
    /// For each variable the index of its level in each of `levels`.
    let levelParts: [[Int32]]

    /// How many effects each level has.
    public var columnCount: Int { columnNames.count }
}

/// A random term: columns whose effects covary within the levels of a grouping factor.
public struct RandomTermDesign: Hashable, Sendable, Codable {
    /// R's names of the columns.
    public let columnNames: [String]
    /// Where the term's columns begin among those of its factor.
    public let columnOffset: Int
    /// The index of the grouping factor in the design.
    public let factorIndex: Int
    /// The place of the term in lme4's order, which is the order of theta.
    public let termIndex: Int

    /// How many columns the term has.
    public var columnCount: Int { columnNames.count }
}

/// One of the variables whose interaction makes a grouping factor.
struct GroupingVariable: Hashable, Sendable, Codable {
    let expression: StoredExpression
    let trained: TrainedCalls
    /// The levels that occur, in order.
    let levels: [String]
}
