// The words of the grammar: what the lexer hands to the parsers.

/// One word of the source text with its place.
package struct Token: Hashable, Sendable {
    /// The word itself.
    package enum Kind: Hashable, Sendable {
        case number(Double, isInteger: Bool)
        case string(String)
        /// A name; one in back quotes is never a reserved word.
        case name(String)
        case constant(TableExpression.Constant)
        case symbol(BinaryOperator)
        case not
        case leftParenthesis
        case rightParenthesis
        case comma
        /// A single `=`, which names an argument.
        case equals
        /// `::` or `:::` between a package and a function.
        case packageSeparator(String)
        case end
    }

    package typealias BinaryOperator = TableExpression.BinaryOperator

    package let kind: Kind
    package let range: SourceRange
}
