// A linear mixed model before it is fitted: a formula met with data, and how to estimate it.

public import MixedDesign
public import MixedProgress
public import MixedSyntax
public import MixedTables

/// A linear mixed model *y = Xβ + Zb + ε* and the rows to fit it to.
///
///     let data = try DataTable(contentsOf: "sleepstudy.csv")
///     let fit = try LinearMixedModel("Reaction ~ Days + (1 + Days | Subject)", data: data).fit()
///
/// A formula without random terms is an ordinary linear model.
public struct LinearMixedModel: Sendable {
    /// The columns of the fixed and random effects.
    public let design: ModelDesign
    /// The rows that are used.
    public let frame: ModelFrame
    /// Restricted or full maximum likelihood.
    public let method: EstimationMethod

    /// A model of a parsed formula.
    ///
    /// - Throws: `DesignError` when the formula does not fit the data.
    public init(
        _ formula: ModelFormula, data: DataTable, method: EstimationMethod = .restrictedLikelihood,
        options: DesignOptions = .init()
    ) throws(DesignError) {
        let built = try ModelDesign.build(formula, data: data, options: options)
        design = built.design
        frame = built.frame
        self.method = method
    }

    /// A model of a formula in R's notation.
    ///
    /// - Throws: `Diagnostic` when the formula cannot be parsed, `DesignError` when it does not fit the data.
    public init(
        _ formula: String, data: DataTable, method: EstimationMethod = .restrictedLikelihood,
        options: DesignOptions = .init()
    ) throws {
        let parsed = try ModelFormula(parsing: formula, columns: data.columns.map(\.name))
        try self.init(parsed, data: data, method: method, options: options)
    }

    /// Fits the model.
    ///
    /// One pass over the rows leaves their cross-products, the covariance parameters are found from those by Newton's
    /// method with exact derivatives, and a second pass computes the residuals.
    /// - Parameters:
    ///   - solver: How the equations of crossed factors are solved; designs without them are always exact.
    ///   - memory: A fit that needs more is refused before it is begun.
    ///   - threads: How many threads may compute.
    ///   - startingFrom: Where the search begins, as at the best point of a search that was stopped; found by moments
    ///     otherwise.
    ///   - monitor: Is told how far the search is, and can stop it: the best point so far is then returned, with the status
    ///     `.interrupted`.
    /// - Complexity: O(rows × columns²) for the passes; nothing else depends on the number of rows.
    /// - Throws: `FitError`.
    public func fit(
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, threads: Int = 2,
        startingFrom start: StartingPoint? = nil, monitor: WorkMonitor = .none
    ) throws(FitError) -> LinearMixedModelFit {
        let products = CrossProducts(FrameRows(design, frame))
        let fit = try LinearMixedModelFit(
            design: design, products: products, method: method, start: start?.relativeFactors(design, products),
            solver: solver, memory: memory, threads: threads, monitor: monitor)
        return fit.addingResiduals(of: frame)
    }

    /// What a fit will take, in time and memory, before it is begun.
    ///
    /// - Parameters:
    ///   - solver: How the equations are to be solved.
    ///   - memory: What the process may have.
    ///   - machine: Speeds to foretell times with; this machine's, which are measured, otherwise.
    ///   - threads: How many threads may compute.
    /// - Complexity: One pass over the rows, and linear in the levels and pairs of levels.
    public func plan(
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, machine: MachineSpeed? = nil,
        threads: Int = 2
    ) -> FitPlan {
        FitPlan(
            design: design, products: CrossProducts(FrameRows(design, frame)), solver: solver, memory: memory,
            machine: machine, threads: threads)
    }
}
