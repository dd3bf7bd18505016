// What the options of `mixed fit --resume FILE` ask, where no data is named.

import MixedModels

/// The options of a search that goes on from a saved model, parsed before it is read.
struct ResumeRequest {
    private let solver: SolverChoice
    private let threads: Int

    /// Parses the options.
    ///
    /// - Throws: for options that make another model, which formula and data are needed for.
    init(_ data: DataOptions, _ model: ModelOptions) throws(CommandError) {
        let request = try DataRequest(data)
        var options = request.rowOptions
        if !request.contrasts.isEmpty { options.append("--contrasts") }
        if !request.levelOrders.isEmpty { options.append("--levels") }
        if model.weights != nil { options.append("--weights") }
        if model.offset != nil { options.append("--offset") }
        if model.ml { options.append("--ml") }
        if let option = options.first {
            throw CommandError(
                "\(option) makes another model, and --resume goes on with the saved one",
                hint: "to begin another model there: mixed fit FORMULA DATA \(option) ... --resume FILE")
        }
        solver = model.solver
        threads = model.threadOptions.count
    }

    /// Goes on with the search.
    func fit(_ saved: SavedSearch, monitor: WorkMonitor) throws(FitError) -> LinearMixedModelFit {
        try saved.resume(solver: solver, threads: threads, monitor: monitor)
    }
}
