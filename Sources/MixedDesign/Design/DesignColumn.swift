// The columns of a design matrix as products of parts of variables.

/// A column of a design matrix: the product of one part of each variable of a term.
public struct DesignColumn: Hashable, Sendable, Codable {
    /// The number that one variable contributes to a column.
    public enum Part: Hashable, Sendable, Codable {
        /// The value of a numeric variable.
        case value(variable: Int)
        /// One column of a spline or polynomial basis.
        case basis(variable: Int, column: Int)
        /// One for the rows at a level, zero for the others.
        case indicator(variable: Int, level: Int)
        /// One column of a contrast matrix.
        case contrast(variable: Int, column: Int)
    }

    /// R's name, such as `(Intercept)`, `temp15` or `week:temp15`.
    public let name: String
    /// One part for each variable of the term, by the variables' indices in the design; none for the intercept.
    public let parts: [Part]

    /// The constant column.
    static let intercept = DesignColumn(name: "(Intercept)", parts: [])

    /// Whether this is the constant column.
    public var isIntercept: Bool { parts.isEmpty }
}

/// How a variable enters a term.
public enum VariableCoding: Hashable, Sendable, Codable {
    /// As it is: a number or the columns of a basis.
    case numeric
    /// By its contrasts, because the margin it is compared within is in the model.
    case contrasts
    /// By one indicator for each level.
    case indicators
}

/// A term of a design and the columns that belong to it.
public struct DesignTerm: Hashable, Sendable, Codable {
    /// R's label, such as `recipe:temperature`; `(Intercept)` for the constant.
    public let label: String
    /// Indices into the design's variables.
    public let variables: [Int]
    /// One entry for each variable.
    public let codings: [VariableCoding]
    /// The term's columns.
    public let columns: Range<Int>
}
