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
    ///   - threads: How many threads may compute.
    ///   - startingFrom: Where the search begins; found by moments otherwise.
    ///   - monitor: Is told how far the search is, and can stop it.
    /// - Complexity: One pass over levels and pairs and a few factorisations; it does not depend on the number of rows.
    /// - Throws: `CubeError` for what was not collected, `DesignError` for what the rows cannot answer, `FitError`.
    public func fit(
        _ formula: ModelFormula? = nil, method: EstimationMethod = .restrictedLikelihood,
        contrasts: [String: ContrastCoding] = [:], levels: [String: [String]] = [:], threads: Int = 2,
        startingFrom start: StartingPoint? = nil, monitor: WorkMonitor = .none
    ) throws -> LinearMixedModelFit {
        let cube = try recoded(contrasts: contrasts, levels: levels)
        let wanted = formula ?? self.formula
        let submodel = try cube.submodel(wanted)
        let isWhole = wanted == cube.formula
        let design = isWhole ? cube.design : submodel.design
        let products = isWhole ? cube.products : cube.products.restricted(to: submodel.restriction)
        return try LinearMixedModelFit(
            design: design, products: products, method: method, start: start?.relativeFactors(design, products),
            threads: threads, monitor: monitor)
    }

    /// Fits a model given in R's notation.
    ///
    /// - Throws: `Diagnostic` when the formula cannot be parsed; `CubeError`, `DesignError`, `FitError`.
    public func fit(
        _ formula: String, method: EstimationMethod = .restrictedLikelihood, contrasts: [String: ContrastCoding] = [:],
        levels: [String: [String]] = [:], threads: Int = 2, startingFrom start: StartingPoint? = nil,
        monitor: WorkMonitor = .none
    ) throws -> LinearMixedModelFit {
        try fit(
            ModelFormula(parsing: formula), method: method, contrasts: contrasts, levels: levels, threads: threads,
            startingFrom: start, monitor: monitor)
    }
}
