// What can be wrong with a formula and its data when a design is built from them.

public import MixedSyntax

/// Why a design cannot be built: what is wrong, where, and what to do about it.
public struct DesignError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong. Rows are counted from one, as the table's rows are.
    public enum Kind: Hashable, Sendable {
        /// An expression of the formula, the weights or the offset cannot be evaluated.
        case expression
        case unknownColumn(name: String, suggestion: String?)
        case noResponse
        case responseNotNumeric(name: String, row: Int, value: String)
        case responseMissing(name: String)
        case responseConstant(name: String, value: Double)
        /// A number is needed, and the variable has text.
        case notNumeric(name: String, row: Int, value: String)
        /// A variable that is several columns wide stands where only one column fits.
        case severalColumns(name: String)
        case noRows(total: Int, dropped: [DroppedRows])
        case infiniteValue(name: String, row: Int)
        case weightNotPositive(row: Int, value: Double)
        case contrasts(variable: String, ContrastError)
        case contrastsOfUnknownVariable(name: String, suggestion: String?)
        case contrastsOfNumericVariable(name: String)
        case singleGroup(name: String, level: String)
        case groupsAsManyAsRows(name: String, levels: Int, rows: Int)
        case randomEffectsAsManyAsRows(term: String, count: Int, rows: Int)
        case tooManyColumns(count: Int, limit: Int)
        /// A level in new data that the model has not seen.
        case unknownLevel(variable: String, level: String, row: Int)
    }

    /// What is wrong, for programs.
    public let kind: Kind
    /// The sentence, and the place in the formula where one is at fault.
    public let diagnostic: Diagnostic

    init(_ kind: Kind, diagnostic: Diagnostic) {
        self.kind = kind
        self.diagnostic = diagnostic
    }

    /// An error of the data: no place in the formula is at fault.
    init(_ kind: Kind, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.diagnostic = Diagnostic(message, source: "", range: SourceRange(0, 0), hint: hint)
    }

    /// An error at a place in the formula.
    init(_ kind: Kind, _ message: String, at place: SourceRange, of source: String, hint: String? = nil) {
        self.kind = kind
        self.diagnostic = Diagnostic(message, source: source, range: place, hint: hint)
    }

    /// The place in the formula that is at fault, where one is.
    public var range: SourceRange? { diagnostic.source.isEmpty ? nil : diagnostic.range }

    /// What is wrong, the place with a caret where the formula is at fault, and what to do.
    public var description: String { diagnostic.description }
}
