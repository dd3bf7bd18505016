// A variable of the formula while a design is being built: its values and what its calls have learned.

import MixedSyntax
import MixedTables

/// The values of an expression, first over all rows, to learn from them and see what is missing, then over the rows that are
/// used.
struct EvaluatedVariable {
    let stored: StoredExpression
    /// The call of a spline or polynomial basis that the variable is; `values` are then those of its argument.
    let basis: BasisCall?
    private(set) var trained = TrainedCalls()
    private(set) var values: ColumnValues
    /// The numbers that a basis is learned from.
    private(set) var basisTraining: [Double] = []

    /// What is written in messages.
    var name: String { stored.expression.description }

    /// - Parameter trained: What calls have learned from other rows; `nil` where they learn from these.
    init(
        _ stored: StoredExpression, on table: DataTable, allowingBasis: Bool, trained: TrainedCalls? = nil
    ) throws(DesignError) {
        self.stored = stored
        self.basis = try BasisCall(stored)
        if let basis, !allowingBasis {
            throw DesignError(
                .severalColumns(name: stored.expression.description),
                "'\(stored.expression.description)' has several columns where one is needed",
                at: basis.argument.expression.range, of: stored.source)
        }
        values = .double([])
        try evaluate(on: table, trained: trained)
    }

    /// A variable whose values are known and of which nothing is to be learned.
    init(_ stored: StoredExpression, values: ColumnValues) {
        self.stored = stored
        basis = nil
        self.values = values
    }

    /// Whether the value of a row depends on that row only.
    var isRowwise: Bool { basis == nil && trained.constants.isEmpty && stored.expression.isRowwise }

    /// Evaluates the variable on the rows of `table`, learning from them where nothing was learned before.
    private mutating func evaluate(on table: DataTable, trained known: TrainedCalls?) throws(DesignError) {
        trained = known ?? TrainedCalls()
        let source = basis?.argument ?? (known == nil ? stored : stored.ignoringRelevel)
        try table.checkNames(of: source)
        let expression = known == nil ? try trained.train(source, on: table) : try trained.applied(to: source)
        let plain = StoredExpression(expression, source: source.source)
        values = basis == nil ? try table.values(of: plain) : .double(try table.numbers(of: plain))
    }

    /// Keeps the rows that are used.
    ///
    /// What calls have learned stays: as in R, means, knots and breaks come from every row in which the variable itself has
    /// a value, whatever is missing beside it.
    mutating func restrict(to rows: [Int]?) {
        if basis != nil { basisTraining = (values.numbers ?? []).filter(\.isFinite) }
        if let rows { values = values.selecting(rows) }
    }
}
