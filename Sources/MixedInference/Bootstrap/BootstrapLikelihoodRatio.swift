// The likelihood-ratio test of a sub-model by simulation under it, where no χ² distribution holds.

public import LinearMixedModels
import MixedDesign
internal import MixedLinearAlgebra
internal import MixedNumerics

/// A likelihood-ratio test with its distribution simulated under the smaller model, as `pbkrtest::PBmodcomp`.
public struct BootstrapLikelihoodRatio: Hashable, Sendable {
    /// Twice the difference of the log-likelihoods.
    public let statistic: Double
    /// The difference of the numbers of parameters.
    public let degreesOfFreedom: Int
    /// By the χ² distribution, for comparison: too large where a variance is tested, too small in small samples.
    public let asymptoticPValue: Double
    /// The statistic of every replicate; NaN where a model could not be fitted.
    public let replicates: [Double]
    public let seed: UInt64

    /// How many replicates have a statistic.
    public var usedCount: Int { replicates.reduce(0) { $0 + ($1.isNaN ? 0 : 1) } }
    /// How many replicates could not be fitted.
    public var failedCount: Int { replicates.count - usedCount }
    /// How many replicates reach the statistic.
    public var extremeCount: Int { replicates.reduce(0) { $0 + ($1 >= statistic ? 1 : 0) } }

    /// The share of samples under the smaller model, the data among them, that reach the statistic.
    ///
    ///     p = (1 + extreme) / (1 + used)
    ///
    /// Davison and Hinkley (1997), Bootstrap Methods and Their Application, equation 4.11; a valid p-value for any number
    /// of replicates.
    public var pValue: Double { Double(extremeCount + 1) / Double(usedCount + 1) }

    /// The Monte Carlo standard error of the p-value.
    public var standardError: Double { (pValue * (1 - pValue) / Double(max(usedCount, 1))).squareRoot() }
}

/// Why a sub-model cannot be tested by simulation.
public enum BootstrapComparisonError: InferenceFailure, Hashable {
    /// The number of replicates or threads is impossible, or a fit did not converge.
    case bootstrap(BootstrapError)
    /// The models were fitted to different rows.
    case differentRows
    /// The smaller model is not part of the larger one, or has no fit.
    case refit(RefitError)
    /// The larger model has no more parameters than the smaller.
    case notSmaller
    /// A column of the smaller model has no coefficient in the larger.
    case aliased

    public var sentence: String {
        switch self {
        case .bootstrap(let error): error.sentence
        case .differentRows: "The models were fitted to different rows"
        case .refit(let error): error.sentence
        case .notSmaller: "The smaller model has as many parameters as the larger, so that there is nothing to test"
        case .aliased: "A column of the smaller model is a combination of others in the larger one"
        }
    }

    public var hint: String? {
        switch self {
        case .bootstrap(let error): error.hint
        case .refit(let error): error.hint
        case .differentRows: "fit both to the same rows"
        case .notSmaller: "name the larger model first"
        case .aliased: "leave out the columns that have no estimate"
        }
    }
}

extension LinearMixedModelFit {
    /// Tests a sub-model against this model by responses that are simulated from it.
    ///
    /// Both are fitted by maximum likelihood to every response. The smaller model may lack coefficients, random terms, or
    /// both; variances at the boundary need no special care.
    ///
    /// - Parameters:
    ///   - smaller: A model of the same rows whose columns are among those of this one.
    ///   - replicates: How many responses to simulate; the smallest p-value is one over this and one.
    ///   - seed: Names the random numbers. The same seed gives the same replicates, for any number of threads.
    ///   - threads: How many replicates are fitted at the same time.
    ///   - progress: Called now and then, from one thread at a time, with the number of replicates that are done.
    /// - Throws: `BootstrapComparisonError`.
    /// - Complexity: For each replicate two refits; it does not depend on the number of rows.
    public func bootstrapLikelihoodRatio(
        against smaller: LinearMixedModelFit, replicates: Int = 1000, seed: UInt64 = 1, threads: Int = 2,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws(BootstrapComparisonError) -> BootstrapLikelihoodRatio {
        let most = BootstrapRun.largestReplicateCount(parameters: 1)
        guard replicates >= 2, replicates <= most else {
            throw .bootstrap(.replicateCount(replicates, largest: most))
        }
        guard threads >= 1 else { throw .bootstrap(.threadCount(threads)) }
        guard design.data.fingerprint == smaller.design.data.fingerprint, rowCount == smaller.rowCount else {
            throw .differentRows
        }
        let (larger, reduced, restriction) = try modelsByLikelihood(smaller)
        let freedom = larger.parameterCount - reduced.parameterCount
        guard freedom > 0 else { throw .notSmaller }
        if !larger.status.isOptimum { throw .bootstrap(.fitNotConverged) }
        if !reduced.status.isOptimum { throw .bootstrap(.fitNotConverged) }
        let model = RefitModel(larger)
        let reducedModel = RefitModel(reduced)
        guard let simulator = model.simulator(ofSubmodel: reduced, restriction) else { throw .aliased }

        let statistics = Storage<Double>(zeros: replicates)
        BootstrapRun.run(replicates, threads: threads, progress: progress) {
            (model.workspace(), reducedModel.workspace(), simulator.workspace())
        } replicate: { index, workspaces in
            var stream = RandomStream(seed: seed, stream: UInt64(index))
            simulator.draw(&stream, workspaces.2, into: workspaces.0.response)
            workspaces.1.setResponse(
                of: model.crossProducts(with: workspaces.0.response).restricted(to: restriction))
            let alternative = workspaces.0.refit()
            let null = workspaces.1.refit()
            let isFitted = alternative.outcome != .notConverged && null.outcome != .notConverged
            statistics.pointer[index] = isFitted ? max(0, null.criterion - alternative.criterion) : .nan
        }
        let result = Array(UnsafeBufferPointer(start: statistics.pointer, count: replicates))
        guard result.contains(where: { !$0.isNaN }) else {
            throw .bootstrap(.noReplicateConverged(replicates: replicates))
        }
        let statistic = max(0, reduced.criterion - larger.criterion)
        return BootstrapLikelihoodRatio(
            statistic: statistic, degreesOfFreedom: freedom,
            asymptoticPValue: ChiSquaredDistribution(degreesOfFreedom: Double(freedom)).upperTail(statistic),
            replicates: result, seed: seed)
    }

    /// Both models fitted by maximum likelihood from this fit's cross-products.
    private func modelsByLikelihood(
        _ smaller: LinearMixedModelFit
    ) throws(BootstrapComparisonError) -> (
        larger: LinearMixedModelFit, smaller: LinearMixedModelFit, restriction: CrossProductsRestriction
    ) {
        do throws(FitError) {
            try requireFactorization(for: .refits)
        } catch {
            throw .refit(.fit(error))
        }
        let restriction: CrossProductsRestriction
        do throws(SubmodelError) {
            restriction = try design.submodel(smaller.design.formula).restriction
        } catch {
            throw .refit(.submodel(error))
        }
        do throws(RefitError) {
            let reduced = try refitting(smaller.design.formula, method: .likelihood)
            do throws(FitError) {
                return (try refitting(method: .likelihood), reduced, restriction)
            } catch {
                throw RefitError.fit(error)
            }
        } catch {
            throw .refit(error)
        }
    }
}
