// The objective of a linear mixed model as a function of the relative covariance factors alone.

internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedProgress

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The profiled deviance, or restricted deviance, of a linear mixed model, with exact first and second derivatives.
///
///     f(θ) = log|M| [ + log|X'V⁻¹X| ] + ν (1 + log(2π r²/ν)) − Σ log w,      ν = n, or n − p for REML
///
/// Bates et al. (2015), Journal of Statistical Software 67(1), equations 31 and 41; the derivatives are written with
/// the scaled score matrices *Ĝ = J I − Σ_i (Ĉ_ii + û_i û_i' / σ²)* of each term, *df = 2 tr(Ĝ λ⁻¹dλ)*.
final class ProfiledDeviance: EstimationProblem {
    let products: CrossProducts
    let terms: [RandomTermLayout]
    let method: EstimationMethod
    /// The fixed-effects columns that are not aliased, as they are and as mapped.
    let fixedBasis: FixedColumnBasis
    let plan: EliminationPlan
    let factorization: BlockFactorization
    let directions: [SymmetricDirection]
    /// Rows that the residual variance is divided by: *n*, or *n − p*.
    private(set) var residualRows: Int
    private let constant: Double
    /// Factorisations done so far.
    private(set) var evaluationCount = 0
    /// The θ that the factorisation holds and the objective there, if it could be factored.
    private(set) var current: (relativeFactors: [Matrix], value: Value)?
    /// Who watches the search, and may end it.
    let watch: SearchWatch?
    /// The best point of a search that may be ended in the midst of an evaluation.
    var kept: KeptPoint?

    init(
        _ products: CrossProducts, terms: [RandomTermLayout], method: EstimationMethod, threads: Int,
        peeling: EliminationOrder.Peeling = .whereItPays, monitor: WorkMonitor = .none,
        largestPromptBorder: Int = SearchWatch.largestPromptBorder
    ) {
        self.products = products
        self.terms = terms
        self.method = method
        fixedBasis = products.fixedColumnBasis()
        plan = EliminationPlan(products, fixedColumns: fixedBasis.mapped, peeling: peeling)
        factorization = BlockFactorization(plan, products: products, threads: threads)
        watch = SearchWatch(monitor, .exact, borderEffects: plan.borderEffectCount)
        directions = SymmetricDirection.all(of: terms)
        residualRows =
            method == .restrictedLikelihood ? products.rowCount - fixedBasis.mapped.count : products.rowCount
        let fixedScale = method == .restrictedLikelihood ? fixedBasis.logDeterminant : 0
        constant =
            -products.sumOfLogWeights - fixedScale
            + Double(residualRows) * 2 * log(products.transform.responseScale)
        if plan.borderSize > largestPromptBorder { factorization.stop = monitor.stop }
    }

    /// The same objective with memory of its own and a response that can be replaced.
    ///
    /// - Parameter ownsDiagonal: Whether levels can be taken out as well.
    init(sharing original: ProfiledDeviance, ownsDiagonal: Bool = false) {
        products = original.products
        terms = original.terms
        method = original.method
        fixedBasis = original.fixedBasis
        plan = original.plan.withOwnValues(ownsDiagonal: ownsDiagonal)
        factorization = BlockFactorization(plan, products: products, threads: 1)
        watch = nil
        directions = original.directions
        residualRows = original.residualRows
        constant = original.constant
    }

    /// Forgets the θ that the factorisation holds, because the response has been replaced.
    func responseHasChanged() { current = nil }

    /// Forgets that θ because rows have been taken out or put back, and counts those that are left.
    func rowsHaveChanged(to rowCount: Int) {
        current = nil
        residualRows = method == .restrictedLikelihood ? rowCount - fixedColumns.count : rowCount
    }

    /// The objective at one θ and what profiling it has found.
    struct Value {
        var deviance: Double
        /// *r²* of the mapped response.
        var residualSumOfSquares: Double
    }

    /// Factors the equations and returns the objective.
    ///
    /// - Parameter relativeFactors: λ of each term, in the units of the cross-products' columns.
    /// - Returns: `nil` where the objective is not finite.
    func value(at relativeFactors: [Matrix]) -> Value? {
        evaluationCount += 1
        current = nil
        guard let parts = factorization.factor(factorBlocks(of: relativeFactors)) else { return nil }
        let rows = Double(residualRows)
        var deviance = parts.randomEffects + constant
        if method == .restrictedLikelihood { deviance += parts.fixedEffects }
        deviance += rows * (1 + log(2 * Double.pi * parts.residualSumOfSquares / rows))
        guard deviance.isFinite else { return nil }
        let value = Value(deviance: deviance, residualSumOfSquares: parts.residualSumOfSquares)
        current = (relativeFactors, value)
        return value
    }

    /// The objective, without factoring again where the factorisation is already at that θ.
    func currentValue(at relativeFactors: [Matrix]) -> Value? {
        if let current, current.relativeFactors == relativeFactors { return current.value }
        return value(at: relativeFactors)
    }

    var inverseKind: BlockFactorization.InverseKind {
        method == .restrictedLikelihood ? .withFixedEffects : .randomEffectsOnly
    }
}
