// The constants of the time forecast: all of them, and how they are found.
//
// They say how many of the numbers that `MachineSpeed` measures go into a step of a fit, so that they hold on any machine
// while the kernels stay as they are. When a kernel of `BlockFactorization` or `CrossedOperator` becomes faster, fit the
// designs of the table in `Documentation/` again and change the constant of its step here; nothing else depends on it.

/// How much work the steps of a fit are, in operations and numbers gathered.
enum FitCosts {
    /// Bytes of the program itself, of libraries, and of buffers that they keep.
    static let programBytes = 16e6

    // MARK: Exact

    /// Evaluations where the border is small enough for the exact Hessian at each of them.
    static let smallEvaluations = 6.0
    /// Evaluations with a gradient of a larger border, and exact Hessians among them.
    static let evaluations = 7.0
    static let hessians = 1.0
    /// The same after an iterative search.
    static let polishEvaluations = 3.0
    static let polishHessians = 1.0
    /// Numbers gathered for each update of a pair of border columns: forming the border, and taking forms of its inverse.
    static let updateNumbers = 1.0
    static let formNumbers = 1.0
    /// The same where the border is a single tile that stays in the cache.
    static let smallUpdateNumbers = 2.0
    /// Numbers gathered for each element of the rows, and for each level, in each evaluation.
    static let elementNumbers = 4.0
    static let levelNumbers = 100.0
    /// Numbers gathered for each pair of border effects when traces are taken along its columns.
    static let traceNumbers = 1.0
    /// The share of the speed of products that factoring and inverting reach.
    static let factorEfficiency = 0.85
    /// Numbers gathered for each element when the blocks are laid out, once.
    static let layoutNumbers = 20.0

    // MARK: Iterative

    /// Values of the parameters, and iterations of the solves at each.
    static let searchEvaluations = 6.0
    static let iterations = 12.0
    /// By how much the number of probes grows until the error is small enough.
    static let probeGrowth = 3.0
    /// Numbers gathered for each entry and side: one read, one write.
    static let entryNumbers = 2.0
    /// Numbers gathered for each border effect and side by the vector operations of an iteration.
    static let vectorNumbers = 8.0
    /// Work at the end, the log-determinant and the last solves, in iterations with eight sides.
    static let finalIterations = 60.0
}

extension EliminationForecast {
    /// Seconds of a fit, begun from moments or at the end of an iterative search.
    func seconds(on machine: MachineSpeed, afterSearch: Bool) -> Double {
        let layout = FitCosts.layoutNumbers * rowElements / machine.gatheredNumbers
        let size = Double(borderSize)
        let isSmall = borderSize <= MinimizationSettings().largestExactBorder
        let update = isTiled ? FitCosts.updateNumbers : FitCosts.smallUpdateNumbers
        let form = isTiled ? FitCosts.formNumbers : FitCosts.smallUpdateNumbers
        let chain =
            pairUpdates * (update + form) + rowElements * FitCosts.elementNumbers
            + Double(levelCount) * FitCosts.levelNumbers
        let evaluation =
            chain / machine.gatheredNumbers
            + 3 * factorOperations / (FitCosts.factorEfficiency * machine.denseOperations)
        let traces =
            Double(borderDirectionCount * (borderDirectionCount + chainDirectionCount)) * size * size
            * FitCosts.traceNumbers
        let hessian =
            Double(chainDirectionCount)
            * (2 * size * size * size / machine.denseOperations + 2 * update * pairUpdates / machine.gatheredNumbers)
            + traces / machine.gatheredNumbers
        if isSmall { return layout + FitCosts.smallEvaluations * (evaluation + hessian) }
        return afterSearch
            ? layout + FitCosts.polishEvaluations * evaluation + FitCosts.polishHessians * hessian
            : layout + FitCosts.evaluations * evaluation + FitCosts.hessians * hessian
    }
}

extension IterativeForecast {
    /// Seconds of the search and, for a fit that ends with it, of the estimates.
    func seconds(on machine: MachineSpeed, isFinal: Bool) -> Double {
        let perSide = FitCosts.entryNumbers * entryCount + FitCosts.vectorNumbers * (borderEffects + effectCount)
        let lanes = otherLanes + FitCosts.probeGrowth * probeBlocks * Self.probeLanes
        var sides = FitCosts.searchEvaluations * FitCosts.iterations * lanes
        if isFinal { sides += FitCosts.finalIterations * 8 }
        let layout = FitCosts.layoutNumbers * entryCount
        return (layout + sides * perSide) / machine.gatheredNumbers
    }
}
