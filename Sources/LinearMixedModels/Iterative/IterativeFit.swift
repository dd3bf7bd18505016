// The iterative search of a fit, and the fit that it ends in when nothing is factored afterwards.

internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedProgress

/// An iterative search that has ended.
struct IterativeFit {
    let minimum: IterativeMinimum
    private let design: ModelDesign
    private let equations: IterativeEquations
    private let settings: IterativeSettings

    /// Searches for the covariance parameters.
    ///
    /// - Returns: `nil` when the equations could not be solved by conjugate gradients.
    /// - Throws: `FitError`.
    init?(
        design: ModelDesign, products: CrossProducts, method: EstimationMethod, start: [Matrix]?, threads: Int,
        settings: IterativeSettings = .init(), monitor: WorkMonitor = .none
    ) throws(FitError) {
        let equations = IterativeEquations(
            products, terms: LinearMixedModelFit.layout(design), method: method, threads: threads, monitor: monitor)
        guard let minimum = equations.minimize(startingFrom: start, settings: settings) else {
            if monitor.isStopped { throw .interrupted }
            return nil
        }
        self.minimum = minimum
        self.design = design
        self.equations = equations
        self.settings = settings
    }

    /// What the search has done.
    func record(criterionError: Double?) -> IterativeSearch {
        IterativeSearch(
            borderEffects: equations.layout.borderEffectCount, probes: minimum.probeCount,
            monteCarloError: minimum.monteCarloError, criterionError: criterionError,
            evaluations: equations.evaluationCount, iterations: equations.solver.iterationCount)
    }

    /// The fit at the end of the search, or where it was stopped.
    ///
    /// - Throws: `FitError`.
    func fit() throws(FitError) -> LinearMixedModelFit {
        if !minimum.wasInterrupted {
            do throws(FitError) { return try finished() } catch { if interruptedFit == nil { throw error } }
        }
        guard let interruptedFit else { throw .interrupted }
        return LinearMixedModelFit(
            design: design, problem: equations, optimum: interruptedFit.optimum, parts: interruptedFit.parts)
    }

    /// What there is to report if the search, or what comes after it, is stopped; `nil` as long as it is not.
    var interruptedFit: InterruptedFit? {
        equations.watch?.isStopped == true ? lastPoint : nil
    }

    /// The last point of the search, with what was found there.
    var lastPoint: InterruptedFit? {
        equations.kept.map {
            InterruptedFit(
                optimum: StoredOptimum(
                    $0.minimum, design: design, products: equations.products,
                    search: record(criterionError: nil), deviance: .nan),
                parts: $0.parts)
        }
    }

    private func finished() throws(FitError) -> LinearMixedModelFit {
        guard let state = equations.solve(at: minimum.relativeFactors, tolerance: settings.solveTolerance) else {
            throw .notSolvedIteratively
        }
        let deviance = equations.deviance(state, settings: settings)
        let optimum = StoredOptimum(
            minimum, design: design, products: equations.products,
            search: record(criterionError: deviance?.standardError ?? .infinity), deviance: deviance?.value ?? .nan)
        return try LinearMixedModelFit(design: design, equations: equations, optimum: optimum, settings: settings)
    }
}
