// What a formula and the model options ask for, parsed before anything is read, and the model they make of a table.

import MixedModels

/// A formula with its weights and offset.
struct ModelRequest {
    private let text: String
    /// `nil` where the columns must be known first, because of a `.`.
    private let formula: ModelFormula?
    private let weights: TableExpression?
    private let offset: TableExpression?
    private let contrasts: [String: ContrastCoding]
    private let options: ModelOptions

    /// Parses the formula and the options.
    ///
    /// - Throws: the first mistake in one of them.
    init(_ text: String, _ options: ModelOptions, contrasts: [String: ContrastCoding]) throws {
        self.text = text
        self.options = options
        self.contrasts = contrasts
        let whole = try TableExpression(parsing: text)
        formula = whole.variableNames.contains(".") ? nil : try ModelFormula(parsing: text)
        weights = try Self.expression(options.weights, option: "--weights")
        offset = try Self.expression(options.offset, option: "--offset")
    }

    /// The columns that are needed, or `nil` for all.
    var columnNames: Set<String>? {
        guard let formula else { return nil }
        var names = Set(formula.response?.variableNames ?? [])
        let terms = [formula.fixed] + formula.random.map(\.terms)
        let expressions =
            terms.flatMap(\.variables) + formula.random.flatMap(\.grouping) + formula.offsets
            + [weights, offset].compactMap { $0 }
        for expression in expressions { names.formUnion(expression.variableNames) }
        return names
    }

    /// Fits the model to the rows.
    func fit(_ data: PreparedData) throws -> LinearMixedModelFit {
        let formula = try self.formula ?? ModelFormula(parsing: text, columns: data.table.columnNames)
        let design = DesignOptions(contrasts: contrasts, weights: weights, offset: offset)
        do {
            let model = try LinearMixedModel(formula, data: data.table, method: options.method, options: design)
            return try model.fit(solver: options.solver, threads: options.threadOptions.count)
        } catch let error as DesignError {
            throw CommandError(design: error, place: error.kind.row.flatMap(data.originalRow))
        }
    }

    private static func expression(_ text: String?, option: String) throws -> TableExpression? {
        guard let text else { return nil }
        do { return try TableExpression(parsing: text) } catch { throw CommandError(option: option, error) }
    }
}

extension DesignError.Kind {
    /// The row that is at fault, counted from 1.
    var row: Int? {
        switch self {
        case .responseNotNumeric(_, let row, _), .notNumeric(_, let row, _), .infiniteValue(_, let row),
            .weightNotPositive(let row, _), .unknownLevel(_, _, let row):
            row
        default: nil
        }
    }
}
