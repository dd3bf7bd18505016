// The syntax tree of R's expressions, shared by formulas, `--where`, `--mutate` and recipes.

/// An expression over the columns of a table, as R would parse it.
///
/// Two expressions are equal when they mean the same call tree; where they stood in the text does not matter.
public struct TableExpression: Sendable {
    /// What kind of expression this is, with its parts.
    public indirect enum Node: Hashable, Sendable {
        /// `2`, `1e-3`, `0x1F`, or with the suffix `L` an integer.
        case number(Double, isInteger: Bool)
        /// `"text"` or `'text'`, with escapes resolved.
        case string(String)
        /// `x`, `Sepal.Length` or a back-quoted name.
        case name(String)
        /// `TRUE`, `NA`, `Inf` and the like.
        case constant(Constant)
        /// `f(x, base = 2)`.
        case call(function: String, arguments: [Argument])
        /// `-x`, `!x`, and the one-sided formula `~ x`.
        case unary(UnaryOperator, TableExpression)
        /// `x + y`, `x %in% y`, `y ~ x`, ...
        case binary(BinaryOperator, TableExpression, TableExpression)
        /// `(x)`.
        case parenthesized(TableExpression)
    }

    /// One argument of a call, with its name where it has one.
    public struct Argument: Hashable, Sendable {
        public var label: String?
        public var value: TableExpression

        public init(label: String? = nil, value: TableExpression) {
            self.label = label
            self.value = value
        }
    }

    /// R's reserved constants.
    public enum Constant: String, Hashable, Sendable, CaseIterable {
        case `true` = "TRUE"
        case `false` = "FALSE"
        case null = "NULL"
        case infinity = "Inf"
        case notANumber = "NaN"
        case missing = "NA"
        case missingInteger = "NA_integer_"
        case missingReal = "NA_real_"
        case missingCharacter = "NA_character_"
    }

    public enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
        case minus = "-"
        case plus = "+"
        case not = "!"
        case tilde = "~"
    }

    /// R's binary operators; the raw value is how R writes them.
    public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
        case power = "^"
        case sequence = ":"
        case remainder = "%%"
        case integerQuotient = "%/%"
        case isElement = "%in%"
        case times = "*"
        case divided = "/"
        case plus = "+"
        case minus = "-"
        case less = "<"
        case greater = ">"
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
        case and = "&"
        case andThen = "&&"
        case or = "|"
        case orElse = "||"
        case tilde = "~"
    }

    /// The expression itself.
    public let node: Node
    /// Where it stands in the text it was parsed from.
    public let range: SourceRange

    public init(_ node: Node, range: SourceRange) {
        self.node = node
        self.range = range
    }
}
