// Which expressions need nothing but the row they are computed for.

public import MixedSyntax

extension TableExpression {
    /// Whether the value of a row depends on that row only, so that the expression can be evaluated on parts of a table.
    public var isRowwise: Bool {
        var isRowwise = true
        visitCalls { name, _, _ in
            if !FunctionRegistry.rowwise.contains(TableExpression.unqualified(name)) { isRowwise = false }
        }
        return isRowwise
    }
}

extension FunctionRegistry {
    /// The functions that go row by row.
    fileprivate static let rowwise: Set<String> = {
        let families = [ElementaryFunctions.all, RoundingFunctions.all, MissingValueFunctions.all, TextFunctions.all]
        return Set(families.joined().map(\.name)).union([
            "pmin", "pmax", "c", "as.numeric", "as.double", "as.integer", "as.character", "as.logical", "factor",
            "as.factor", "relevel",
        ])
    }()
}
