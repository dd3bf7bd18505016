// Functions that expressions can call: what a function is, and the list of all of them.

import MixedSyntax

/// A function of R's, applied to columns.
struct TableFunction: Sendable {
    let name: String
    /// The arguments in R's order; `...` takes any number of unnamed ones.
    let formals: [String]
    let body: @Sendable (FunctionCall) throws(Diagnostic) -> ColumnValues

    init(
        _ name: String, _ formals: [String],
        _ body: @escaping @Sendable (FunctionCall) throws(Diagnostic) -> ColumnValues
    ) {
        self.name = name
        self.formals = formals
        self.body = body
    }
}

/// All functions by name. A family of functions is one file and one entry here.
enum FunctionRegistry {
    static let families: [[TableFunction]] = [
        ElementaryFunctions.all, RoundingFunctions.all, SummaryFunctions.all, ExtremeFunctions.all,
        MissingValueFunctions.all, ConversionFunctions.all, FactorFunctions.all, CutFunction.all,
        CombiningFunctions.all,
        TextFunctions.all,
    ]

    static let functions: [String: TableFunction] = Dictionary(
        families.joined().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
