// A variable of a design: how it is computed from a table, and how it enters the columns.

import MixedSyntax

/// A variable of the fixed or random terms, with all that is needed to evaluate it on new data.
public struct DesignVariable: Hashable, Sendable, Codable {
    /// What kind of columns the variable makes.
    public enum Kind: Hashable, Sendable, Codable {
        /// One column of numbers.
        case numeric
        /// Levels in their order, and how they are coded where they are compared with each other.
        case categorical(levels: [String], coding: ContrastCoding)
        /// Several columns computed from one variable.
        case basis(TrainedBasis)
    }

    /// The variable as R writes it, such as `log(x)` or `poly(x, 2)`.
    public let name: String
    /// What kind of columns the variable makes.
    public let kind: Kind
    let expression: StoredExpression
    /// What `scale`, `center`, `cut` and `factor` inside the expression learned from the rows in which the variable has a value.
    let trained: TrainedCalls

    /// The columns of the table that the variable is computed from.
    public var columnNames: [String] { expression.expression.variableNames }

    /// The levels of a categorical variable.
    public var levels: [String]? {
        if case .categorical(let levels, _) = kind { levels } else { nil }
    }

    /// Whether the variable has levels.
    public var isCategorical: Bool { levels != nil }
}
