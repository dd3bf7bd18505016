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
    private let method: EstimationMethod
    private let solver: SolverChoice
    private let memory: MemoryLimit
    private let threads: Int

    /// Parses the formula and the options.
    ///
    /// - Throws: the first mistake in one of them.
    init(_ text: String, _ options: ModelOptions, contrasts: [String: ContrastCoding]) throws {
        try self.init(
            text, weights: options.weights, offset: options.offset, contrasts: contrasts, method: options.method,
            solver: options.solver, memory: options.memory, threads: options.threadOptions.count)
    }

    /// Parses a formula, the weights and the offset.
    ///
    /// - Throws: the first mistake in one of them.
    init(
        _ text: String, weights: String?, offset: String?, contrasts: [String: ContrastCoding],
        method: EstimationMethod = .restrictedLikelihood, solver: SolverChoice = .automatic,
        memory: MemoryLimit = .available, threads: Int = Console.processorCount
    ) throws {
        self.text = text
        self.method = method
        self.solver = solver
        self.memory = memory
        self.threads = threads
        self.contrasts = contrasts
        let whole = try TableExpression(parsing: text)
        formula = whole.variableNames.contains(".") ? nil : try ModelFormula(parsing: text)
        self.weights = try Self.expression(weights, option: "--weights")
        self.offset = try Self.expression(offset, option: "--offset")
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
    func fit(
        _ data: PreparedData, startingFrom start: StartingPoint?, monitor: WorkMonitor
    ) throws -> LinearMixedModelFit {
        let formula = try self.formula ?? ModelFormula(parsing: text, columns: data.table.columnNames)
        return try data.placingErrors {
            let model = try LinearMixedModel(formula, data: data.table, method: method, options: designOptions)
            return try model.fit(
                solver: solver, memory: memory, threads: threads, startingFrom: start, monitor: monitor)
        }
    }

    /// Reads a text in one pass, without holding its rows; `nil` where they must be held.
    ///
    /// - Parameter memory: What may be taken, where that is another limit than that of the fit.
    func stream(
        _ text: TextSource, _ request: DataRequest, memory: MemoryLimit? = nil, monitor: WorkMonitor
    ) throws -> StreamedDesign? {
        guard let formula, request.isRowwise else { return nil }
        var reading = request.readingOptions(columns: columnNames)
        reading.threads = threads
        return try StreamedDesign(
            formula, text, reading: reading, options: designOptions,
            inspecting: request.columnNames, memory: memory ?? self.memory, monitor: monitor
        ) { try request.preparedPart($0) }
    }

    /// Fits the model to what a pass over the rows has left.
    func fit(
        _ rows: StreamedDesign, startingFrom start: StartingPoint?, monitor: WorkMonitor
    ) throws -> LinearMixedModelFit {
        try LinearMixedModelFit(
            rows, method: method, solver: solver, memory: memory, threads: threads, startingFrom: start,
            monitor: monitor)
    }

    /// What a fit to what a pass over the rows has left will take.
    ///
    /// - Parameter readingBytes: The most memory that the pass took.
    func plan(_ rows: StreamedDesign, readingBytes: Double) -> FitPlan {
        FitPlan(
            design: rows.design, products: rows.products, solver: solver, memory: memory, readingBytes: readingBytes,
            threads: threads)
    }

    /// What a fit to the rows will take.
    func plan(_ data: PreparedData) throws -> (plan: FitPlan, formula: ModelFormula) {
        let formula = try self.formula ?? ModelFormula(parsing: text, columns: data.table.columnNames)
        return try data.placingErrors {
            let model = try LinearMixedModel(formula, data: data.table, method: method, options: designOptions)
            return (model.plan(solver: solver, memory: memory, threads: threads), formula)
        }
    }

    /// Collects the cross-products of the formula over the rows.
    func cube(_ data: PreparedData) throws -> DataCube {
        let formula = try self.formula ?? ModelFormula(parsing: text, columns: data.table.columnNames)
        return try data.placingErrors {
            try DataCube(formula, data: data.table, options: designOptions, notes: data.notes)
        }
    }

    private var designOptions: DesignOptions { DesignOptions(contrasts: contrasts, weights: weights, offset: offset) }

    static func expression(_ text: String?, option: String) throws -> TableExpression? {
        guard let text else { return nil }
        do { return try TableExpression(parsing: text) } catch { throw CommandError(option: option, error) }
    }
}

extension PreparedData {
    /// Runs `body`; errors of the design name the row of the file that is at fault.
    func placingErrors<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DesignError {
            throw CommandError(design: error, place: error.kind.row.flatMap(originalRow))
        }
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
