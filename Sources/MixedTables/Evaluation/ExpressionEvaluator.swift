// Walking an expression: names are looked up, operators and functions applied to whole columns.

public import MixedSyntax

/// Answers a call instead of the built-in functions, or `nil` to leave it to them.
///
/// The hook is asked first at every call. It evaluates arguments with the function it is given, which returns a column for
/// what has one value a row, one value for constants, and as many values as there are for `c(...)`.
public typealias TransformHook = (
    _ call: TableExpression, _ evaluate: (TableExpression) throws(Diagnostic) -> ColumnValues
) throws(Diagnostic) -> ColumnValues?

extension DataTable {
    /// The values of an expression, one for each row, by R's rules.
    ///
    /// Missing values propagate as in R (`NA & FALSE` is `FALSE`); single values are repeated for every row; text may be
    /// compared but not calculated with.
    ///
    /// - Parameters:
    ///   - source: the text the expression was parsed from, for diagnostics.
    ///   - transforms: asked first at every call, for functions whose parameters are learnt from the data.
    /// - Throws: a `Diagnostic` for unknown names and functions, text where numbers are needed, and lengths that do not fit.
    /// - **Complexity:** linear in the rows for each node of the expression.
    public func evaluate(_ expression: TableExpression, source: String, transforms: TransformHook? = nil)
        throws(Diagnostic) -> ColumnValues
    {
        let evaluator = ExpressionEvaluator(table: self, source: source, transforms: transforms)
        let values = try evaluator.values(of: expression)
        if values.count == rowCount { return values }
        if values.count == 1 { return values.repeated(rowCount) }
        throw Diagnostic(
            "'\(expression)' gives \(values.count) values where the table has \(rowCount) rows", source: source,
            range: expression.range)
    }
}

/// Evaluates expressions over the columns of one table.
struct ExpressionEvaluator {
    let table: DataTable
    let source: String
    let transforms: TransformHook?

    /// The values of an expression: as many as the table has rows, or one, or those of `c(...)`.
    func values(of expression: TableExpression) throws(Diagnostic) -> ColumnValues {
        switch expression.node {
        case .number(let value, let isInteger):
            if isInteger, let whole = Int(exactly: value) { return .integer([whole]) }
            return .double([value])
        case .string(let text): return .text(text)
        case .name(let name): return try column(name, expression)
        case .constant(let constant): return Self.values(of: constant)
        case .parenthesized(let inner): return try values(of: inner)
        case .unary(let symbol, let operand): return try apply(symbol, to: operand, expression)
        case .binary: return try binaryChain(expression)
        case .call(let name, let arguments): return try call(name, arguments, expression)
        }
    }

    /// A chain such as `a + b + c` without recursion on its left side, which may be thousands of operators deep.
    private func binaryChain(_ expression: TableExpression) throws(Diagnostic) -> ColumnValues {
        var chain: [(symbol: TableExpression.BinaryOperator, right: TableExpression, whole: TableExpression)] = []
        var first = expression
        while case .binary(let symbol, let left, let right) = first.node {
            chain.append((symbol, right, first))
            first = left
        }
        var result = try values(of: first)
        var left = first
        for step in chain.reversed() {
            let right = try values(of: step.right)
            result = try apply(
                step.symbol, Operand(result, left), Operand(right, step.right), in: step.whole)
            left = step.whole
        }
        return result
    }

    private func column(_ name: String, _ expression: TableExpression) throws(Diagnostic) -> ColumnValues {
        if let column = table[name] { return column.values }
        switch name {
        case "T": return .boolean([1])
        case "F": return .boolean([0])
        case "pi": return .double([.pi])
        default: break
        }
        let known = table.columnNames + table.omittedColumns
        let place = table.origin.map { " in \($0)" } ?? ""
        let hint: String
        if let near = NameSuggestion.nearest(to: name, among: known) {
            hint = "did you mean '\(near)'?"
        } else {
            let shown = known.prefix(12).joined(separator: ", ")
            hint =
                known.isEmpty
                ? "the table has no columns" : "its columns are \(shown)\(known.count > 12 ? ", ..." : "")"
        }
        throw Diagnostic(
            "There is no column '\(name)'\(place)", source: source, range: expression.range, hint: hint)
    }

    private static func values(of constant: TableExpression.Constant) -> ColumnValues {
        switch constant {
        case .true: .boolean([1])
        case .false: .boolean([0])
        case .null: .boolean([])
        case .infinity: .double([.infinity])
        case .notANumber: .double([.nan])
        case .missing: .boolean([ColumnValues.missingBoolean])
        case .missingInteger: .integer([ColumnValues.missingInteger])
        case .missingReal: .double([.nan])
        case .missingCharacter: .texts([nil])
        }
    }

    private func call(
        _ name: String, _ arguments: [TableExpression.Argument], _ expression: TableExpression
    ) throws(Diagnostic) -> ColumnValues {
        if let transforms {
            let answer = try transforms(expression) { (inner) throws(Diagnostic) in try values(of: inner) }
            if let answer { return answer }
        }
        // Base R's functions mean the same with their package in front.
        let bare = name.split(separator: ":").last.map(String.init) ?? name
        guard let function = FunctionRegistry.functions[bare] else {
            let near = NameSuggestion.nearest(to: bare, among: FunctionRegistry.functions.keys.sorted())
            throw Diagnostic(
                "There is no function '\(name)'", source: source, range: expression.range,
                hint: near.map { "did you mean '\($0)'?" })
        }
        let call = try FunctionCall(function, arguments, in: expression, evaluator: self)
        return try function.body(call)
    }

    /// A diagnostic about a part of the expression.
    func diagnostic(_ message: String, at expression: TableExpression, hint: String? = nil) -> Diagnostic {
        Diagnostic(message, source: source, range: expression.range, hint: hint)
    }
}

/// Values, with the expression that gave them for messages.
struct Operand {
    let values: ColumnValues
    let expression: TableExpression

    init(_ values: ColumnValues, _ expression: TableExpression) {
        self.values = values
        self.expression = expression
    }

    var count: Int { values.count }

    /// The values when they are text or a factor.
    var categorical: CategoricalValues? {
        if case .categorical(let values) = values { values } else { nil }
    }
}
