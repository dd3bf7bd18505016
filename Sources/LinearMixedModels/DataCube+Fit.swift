// Fits from a cube: every model whose columns it collected, without rows.

public import MixedDesign
public import MixedProgress
public import MixedSyntax

extension DataCube {
    /// Fits a model whose columns are among those of the cube, or combinations of them: fewer covariates or interactions, fewer
    /// random terms or columns of them, other contrasts.
    ///
    /// The fit answers what one of the rows answers, except what needs them: the quantiles of its residuals are not known. It is
    /// a fit to the rows in which none of the cube's variables is missing.
    /// - Parameters:
    ///   - formula: That of the cube when `nil`.
    ///   - contrasts: By the name of a factor, where they are other than the cube's.
    ///   - levels: All levels of a factor in another order, by its name.
    ///   - solver: How the equations of crossed factors are solved.
    ///   - memory: A fit that needs more is refused before it is begun.
    ///   - threads: How many threads may compute.
    ///   - startingFrom: Where the search begins; found by moments otherwise.
    ///   - monitor: Is told how far the search is, and can stop it.
    /// - Complexity: One pass over levels and pairs and a few factorisations; it does not depend on the number of rows.
    /// - Throws: `CubeError` for what was not collected, `DesignError` for what the rows cannot answer, `FitError`.
    public func fit(
        _ formula: ModelFormula? = nil, method: EstimationMethod = .restrictedLikelihood,
        contrasts: [String: ContrastCoding] = [:], levels: [String: [String]] = [:],
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, threads: Int = 2,
        startingFrom start: StartingPoint? = nil, monitor: WorkMonitor = .none
    ) throws -> LinearMixedModelFit {
        let (design, products) = try parts(formula, contrasts: contrasts, levels: levels)
        return try LinearMixedModelFit(
            design: design, products: products, method: method, start: start?.relativeFactors(design, products),
            solver: solver, memory: memory, threads: threads, monitor: monitor)
    }

    /// What a fit of a model from the cube will take, in time and memory, before it is begun.
    ///
    /// - Parameters:
    ///   - formula: That of the cube when `nil`.
    ///   - machine: Speeds to foretell times with; this machine's, which are measured, otherwise.
    /// - Throws: `CubeError` for what was not collected, `DesignError` for what the rows cannot answer.
    public func plan(
        _ formula: ModelFormula? = nil, contrasts: [String: ContrastCoding] = [:], levels: [String: [String]] = [:],
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, machine: MachineSpeed? = nil,
        threads: Int = 2
    ) throws -> FitPlan {
        let (design, products) = try parts(formula, contrasts: contrasts, levels: levels)
        return FitPlan(
            design: design, products: products, solver: solver, memory: memory, machine: machine, threads: threads)
    }

    /// The design of a model and its part of the cross-products.
    private func parts(
        _ formula: ModelFormula?, contrasts: [String: ContrastCoding], levels: [String: [String]]
    ) throws -> (ModelDesign, CrossProducts) {
        let cube = try recoded(contrasts: contrasts, levels: levels)
        let wanted = formula ?? self.formula
        let submodel = try cube.submodel(wanted)
        if wanted == cube.formula { return (cube.design, cube.products) }
        return (submodel.design, cube.products.restricted(to: submodel.restriction))
    }

    /// Fits a model given in R's notation.
    ///
    /// - Throws: `Diagnostic` when the formula cannot be parsed; `CubeError`, `DesignError`, `FitError`.
    public func fit(
        _ formula: String, method: EstimationMethod = .restrictedLikelihood, contrasts: [String: ContrastCoding] = [:],
        levels: [String: [String]] = [:], solver: SolverChoice = .automatic, memory: MemoryLimit = .available,
        threads: Int = 2, startingFrom start: StartingPoint? = nil, monitor: WorkMonitor = .none
    ) throws -> LinearMixedModelFit {
        try fit(
            ModelFormula(parsing: formula), method: method, contrasts: contrasts, levels: levels, solver: solver,
            memory: memory, threads: threads, startingFrom: start, monitor: monitor)
    }
}
