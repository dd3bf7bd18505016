// Why cubes cannot be combined, or why a cube does not answer a question.

/// What keeps cubes from being combined or a model from being fitted from a cube.
public struct CubeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, for programs.
    public enum Kind: Hashable, Sendable {
        /// The model asks for something that the cube did not collect.
        case notCollected(String)
        /// The cubes were made by different formulas.
        case differentFormula
        /// A variable is computed or coded differently.
        case differentVariable(String)
        /// A column has numbers in one place and text in another.
        case differentColumn(String)
        /// The levels of a factor stand in contradicting orders.
        case differentOrder(String)
        /// Rows are to be subtracted that the cube does not have.
        case rowsNotInside
        /// No row is left.
        case nothingLeft
        /// A level, or a combination of levels, has fewer rows than is demanded.
        case smallCell(rows: Int)
        /// The levels or contrasts that are asked for are not those of a factor of the cube.
        case coding(String)
        /// There is nothing to merge.
        case noCubes
    }

    /// What is wrong, for programs.
    public let kind: Kind
    /// What is wrong, as a sentence without a full stop.
    public let sentence: String
    /// What to do about it, or `nil`.
    public let hint: String?

    package init(_ kind: Kind, _ sentence: String, hint: String? = nil) {
        self.kind = kind
        self.sentence = sentence
        self.hint = hint
    }

    public var description: String { hint.map { "\(sentence); \($0)" } ?? sentence }
}
