// Fitting a model to rows that were read in one pass and never held.

public import MixedDesign
internal import MixedLinearAlgebra
public import MixedProgress
internal import MixedTables

extension LinearMixedModelFit {
    /// Fits a model to what one pass over its rows has left.
    ///
    ///     if let rows = try StreamedDesign(formula, contentsOf: "big.csv") {
    ///         let fit = try LinearMixedModelFit(rows)
    ///     }
    ///
    /// - Parameters:
    ///   - solver: How the equations of crossed factors are solved; designs without them are always exact.
    ///   - memory: A fit that needs more is refused before it is begun.
    ///   - threads: How many threads may compute.
    ///   - startingFrom: Where the search begins; found by moments otherwise.
    ///   - monitor: Is told how far the search is, and can stop it.
    /// - Complexity: Independent of the number of rows.
    /// - Throws: `FitError`.
    public init(
        _ rows: StreamedDesign, method: EstimationMethod = .restrictedLikelihood,
        solver: SolverChoice = .automatic, memory: MemoryLimit = .available, threads: Int = 2,
        startingFrom start: StartingPoint? = nil, monitor: WorkMonitor = .none
    ) throws(FitError) {
        try self.init(
            design: rows.design, products: rows.products, method: method,
            start: start?.relativeFactors(rows.design, rows.products), solver: solver, memory: memory,
            threads: threads, monitor: monitor)
    }

    /// The same fit with a summary of its residuals, for which the rows are read a second time.
    ///
    /// - Parameter monitor: Is told how far the reading is, and can stop it.
    /// - Complexity: One pass over the text; memory for one number a row.
    /// - Throws: `TableError`, `.changedWhileRead` where the rows are not what they were, `.interrupted` where reading was
    ///   stopped.
    public func addingResiduals(
        of rows: StreamedDesign, monitor: WorkMonitor = .none
    ) throws -> LinearMixedModelFit {
        let scaled = Storage<Double>(zeros: design.data.rowCount)
        var count = 0
        var pass = ResidualPass(self)
        let parts = pass
        try rows.rows.forEachFrame(monitor: monitor) { frame in
            parts.part(frame)
        } body: { part in
            guard count + part.scaled.count <= scaled.count else {
                throw TableError.changedWhileRead(file: rows.rows.name)
            }
            part.scaled.withUnsafeBufferPointer { values in
                if let base = values.baseAddress { (scaled.pointer + count).update(from: base, count: values.count) }
            }
            count += part.scaled.count
            pass.add(part)
        }
        guard count == scaled.count else { throw TableError.changedWhileRead(file: rows.rows.name) }
        return with(
            residuals: ResidualSummary(
                scaledQuantiles: Self.quartiles(of: UnsafeMutableBufferPointer(start: scaled.pointer, count: count)),
                rootMeanSquare: pass.rootMeanSquare, agreement: pass.agreement))
    }
}
