// Likelihood-ratio tables with the distribution of each test simulated under the smaller model.

public import LinearMixedModels

extension ModelComparison {
    /// How the tests of a comparison are repeated by simulation.
    public struct Simulation: Sendable {
        /// How many responses are simulated for each test.
        public let replicates: Int
        /// Names the random numbers. The same seed gives the same replicates, for any number of threads.
        public let seed: UInt64
        /// Called now and then, from one thread at a time, with the number of replicates that are done and that of all tests.
        public let progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

        public init(
            replicates: Int = 1000, seed: UInt64 = 1,
            progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
        ) {
            self.replicates = replicates
            self.seed = seed
            self.progress = progress
        }
    }

    /// Compares models by maximum likelihood, each with the one before, and tests nested ones by a parametric bootstrap, too.
    ///
    /// See `LinearMixedModelFit.bootstrapLikelihoodRatio(against:replicates:seed:threads:progress:)` for the test.
    ///
    /// - Parameters:
    ///   - models: Fits and what to call them.
    ///   - simulation: How many responses are simulated for each test.
    ///   - threads: How many replicates are fitted at the same time.
    /// - Complexity: For each test and replicate two refits; it does not depend on the number of rows.
    /// - Throws: `ComparisonError`.
    public init(
        _ models: [(name: String, fit: LinearMixedModelFit)], bootstrapping simulation: Simulation, threads: Int = 2
    ) throws(ComparisonError) {
        try self.init(models, method: .likelihood, simulation: simulation, threads: threads)
    }
}

extension ModelComparison.Simulation {
    /// The test of one step, which is one of several.
    func test(
        _ small: (name: String, fit: LinearMixedModelFit), in large: (name: String, fit: LinearMixedModelFit),
        step: Int, of count: Int, threads: Int
    ) throws(ComparisonError) -> BootstrapLikelihoodRatio {
        let replicates = self.replicates
        var report: (@Sendable (Int) -> Void)?
        if let progress { report = { progress(step * replicates + $0, count * replicates) } }
        do throws(BootstrapComparisonError) {
            return try large.fit.bootstrapLikelihoodRatio(
                against: small.fit, replicates: replicates, seed: seed, threads: threads,
                progress: report)
        } catch {
            throw .bootstrap(error, names: [small.name, large.name])
        }
    }
}
