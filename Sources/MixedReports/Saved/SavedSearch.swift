// A saved model as the beginning of another search: nothing of it is computed again.

public import LinearMixedModels
public import MixedProgress

/// Where the search of a saved model ended, so that another can begin there.
///
///     let saved = try SavedSearch(contentsOf: "big.mixed")          // of a fit that was interrupted
///     let fit = try saved.resume()                                  // the same model, without its rows
///     let other = try model.fit(startingFrom: saved.startingPoint)  // a related model
public struct SavedSearch: Sendable {
    /// The variance parameters that the search had come to.
    public let startingPoint: StartingPoint
    private let parts: SavedModel.Parts

    /// Sentences that belong to the saved model, such as remarks on how the data were read.
    public var notes: [String] { parts.notes }

    /// Reads a saved model's file.
    ///
    /// - Throws: `ModelArchiveError` for a file that is missing, damaged, of a newer version, or no model.
    public init(contentsOf path: String) throws(ModelArchiveError) {
        let archive = try ModelArchive(contentsOf: path)
        do {
            parts = try SavedModel.Parts(archive)
        } catch {
            throw ModelArchiveError(error.reason, path: path)
        }
        startingPoint = parts.optimum.startingPoint(parts.design, parts.products)
    }

    /// Goes on with the search of the saved model, from its cross-products.
    ///
    /// - Parameters:
    ///   - solver: How the equations of crossed factors are solved.
    ///   - threads: How many threads may compute.
    ///   - monitor: Is told how far the search is, and can stop it.
    /// - Complexity: Independent of the number of rows.
    /// - Throws: `FitError`.
    public func resume(
        solver: SolverChoice = .automatic, threads: Int = 2, monitor: WorkMonitor = .none
    ) throws(FitError) -> LinearMixedModelFit {
        try LinearMixedModelFit(
            design: parts.design, products: parts.products, method: parts.method,
            start: parts.optimum.relativeFactors, solver: solver, threads: threads, monitor: monitor)
    }
}
