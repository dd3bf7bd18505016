// What the options of `mixed fit` ask of a cube.

import MixedModels

/// The options of a fit from a cube, parsed before it is read.
struct CubeFitRequest {
    private let contrasts: [String: ContrastCoding]
    private let levels: [String: [String]]
    private let weights: TableExpression?
    private let offset: TableExpression?
    private let method: EstimationMethod
    private let solver: SolverChoice
    private let memory: MemoryLimit
    private let threads: Int

    /// Parses the options.
    ///
    /// - Throws: for options that rows are needed for.
    init(_ data: DataOptions, _ model: ModelOptions) throws {
        let request = try DataRequest(data)
        if let option = request.rowOptions.first {
            throw CommandError(
                "\(option) needs rows, and a cube holds none",
                hint: "give it when the cube is made: mixed cube FORMULA DATA \(option) ... -o FILE")
        }
        contrasts = request.contrasts
        levels = request.levelOrders
        weights = try ModelRequest.expression(model.weights, option: "--weights")
        offset = try ModelRequest.expression(model.offset, option: "--offset")
        method = model.method
        solver = model.solver
        memory = model.memory
        threads = model.threadOptions.count
    }

    /// Fits the model of a formula, or the cube's own for `nil`.
    func fit(
        _ cube: DataCube, formula: String?, startingFrom start: StartingPoint?, monitor: WorkMonitor
    ) throws -> LinearMixedModelFit {
        let parsed = try parsed(cube, formula)
        return try cube.fit(
            parsed, method: method, contrasts: contrasts, levels: levels, solver: solver, memory: memory,
            threads: threads, startingFrom: start, monitor: monitor)
    }

    /// What a fit of the model of a formula, or of the cube's own for `nil`, will take.
    func plan(_ cube: DataCube, formula: String?) throws -> (plan: FitPlan, formula: ModelFormula) {
        let parsed = try parsed(cube, formula)
        let plan = try cube.plan(
            parsed, contrasts: contrasts, levels: levels, solver: solver, memory: memory, threads: threads)
        return (plan, parsed ?? cube.formula)
    }

    private func parsed(_ cube: DataCube, _ formula: String?) throws -> ModelFormula? {
        try check(weights, cube.weights, option: "--weights", "weights")
        try check(offset, cube.addedOffset, option: "--offset", "offset")
        return try formula.map { text in
            if let own = cube.formula.dotColumns { return try ModelFormula(parsing: text, columns: own) }
            return try ModelFormula(parsing: text)
        }
    }

    /// Refuses weights or an offset other than those that were collected.
    private func check(
        _ given: TableExpression?, _ collected: TableExpression?, option: String, _ name: String
    ) throws(CommandError) {
        guard let given, given != collected else { return }
        throw CommandError(
            "\(option) \(given): the cube was made with \(collected.map { "the \(name) \($0)" } ?? "no \(name)")",
            hint: collected == nil
                ? "give it when the cube is made: mixed cube FORMULA DATA \(option) '\(given)' -o FILE"
                : "leave the option out, or make another cube")
    }
}
