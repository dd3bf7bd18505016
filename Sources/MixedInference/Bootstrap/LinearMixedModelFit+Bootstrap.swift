// The parametric bootstrap: responses simulated from a fit, and the model fitted to each.

public import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics
internal import Synchronization

extension LinearMixedModelFit {
    /// Simulates responses from the fit and fits the model to each, as lme4's `bootMer(type = "parametric")`.
    ///
    /// Responses are drawn as cross-products with the design, which is exact and takes no rows, and refits share everything
    /// that does not depend on the response. Each refit is certified as any fit is; one that is not is counted as failed.
    ///
    /// - Parameters:
    ///   - replicates: How many responses to simulate.
    ///   - seed: Names the random numbers. The same seed gives the same replicates, for any number of threads.
    ///   - threads: How many replicates are fitted at the same time.
    ///   - conditional: Whether the random effects are kept as they are and only errors drawn, as by `use.u = TRUE`. The
    ///     spread then holds for these groups only.
    ///   - progress: Called now and then, from one thread at a time, with the number of replicates that are done.
    /// - Throws: `BootstrapError`.
    /// - Complexity: For each replicate two to five expansions of the deviance; it does not depend on the number of rows.
    public func bootstrap(
        replicates: Int = 1000, seed: UInt64 = 1, threads: Int = 2, conditional: Bool = false,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws(BootstrapError) -> BootstrapSample {
        let parameters = BootstrapParameters(self)
        let width = parameters.names.count
        let largest = BootstrapRun.largestReplicateCount(parameters: width)
        guard replicates >= 2, replicates <= largest else { throw .replicateCount(replicates, largest: largest) }
        guard threads >= 1 else { throw .threadCount(threads) }
        if !status.isOptimum { throw .fitNotConverged }
        do throws(FitError) { try requireFactorization(for: .refits) } catch { throw .fit(error) }
        let model = RefitModel(self)
        guard let simulator = model.simulator(self, isConditional: conditional) else { throw .fitNotConverged }

        let values = Storage<Double>(zeros: replicates * width)
        let criteria = Storage<Double>(zeros: replicates)
        let outcomes = Storage<UInt8>(zeros: replicates)
        BootstrapRun.run(replicates, threads: threads, progress: progress) {
            (model.workspace(), simulator.workspace())
        } replicate: { index, workspaces in
            var stream = RandomStream(seed: seed, stream: UInt64(index))
            simulator.draw(&stream, workspaces.1, into: workspaces.0.response)
            let refit = workspaces.0.refit()
            outcomes.pointer[index] = refit.outcome.rawValue
            criteria.pointer[index] = refit.outcome == .notConverged ? .nan : refit.criterion
            parameters.write(refit) { values.pointer[index + $0 * replicates] = $1 }
        }
        let statuses = (0..<replicates).map { index -> ReplicateStatus in
            switch Refit.Outcome(rawValue: outcomes.pointer[index]) {
            case .converged: .converged
            case .singular: .singular
            case .notConverged, nil: .failed
            }
        }
        guard statuses.contains(where: { $0 != .failed }) else { throw .noReplicateConverged(replicates: replicates) }
        return BootstrapSample(
            parameterNames: parameters.names, parameterKinds: parameters.kinds, original: parameters.original,
            values: Matrix(
                rows: replicates, columns: width,
                columnMajor: Array(UnsafeBufferPointer(start: values.pointer, count: replicates * width))),
            statuses: statuses, criteria: Array(UnsafeBufferPointer(start: criteria.pointer, count: replicates)),
            seed: seed, isConditional: conditional)
    }
}

/// Running the replicates of a simulation on several threads.
enum BootstrapRun {
    /// As many replicates as fit a gigabyte, and no more than ten million.
    static func largestReplicateCount(parameters: Int) -> Int { min(10_000_000, (1 << 27) / max(parameters, 1)) }

    /// Runs every replicate once; each thread makes its workspace and takes the next replicates as it is done with others.
    static func run<Workspace>(
        _ count: Int, threads: Int, progress: (@Sendable (Int) -> Void)?, workspace: () -> Workspace,
        replicate: (Int, Workspace) -> Void
    ) {
        let queue = ReplicateQueue()
        // Small enough for an even end, large enough that taking them costs nothing.
        let block = max(1, min(16, count / (4 * threads)))
        let workers = min(threads, max(1, count / block))
        ParallelLoop.forEach(workers, threads: workers) { worker in
            let own = workspace()
            while true {
                let start = queue.next.add(block, ordering: .relaxed).oldValue
                guard start < count else { return }
                let end = min(start + block, count)
                for index in start..<end { replicate(index, own) }
                let done = queue.done.add(end - start, ordering: .relaxed).newValue
                if worker == 0, let progress { progress(done) }
            }
        }
        progress?(count)
    }

    /// Which replicate is next, and how many are done.
    private final class ReplicateQueue: Sendable {
        let next = Atomic<Int>(0)
        let done = Atomic<Int>(0)
    }
}
