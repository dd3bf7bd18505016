// The constants of the time forecast, all in one place.
//
// They say how many of the operations and numbers that `MachineSpeed` measures go into a step of a fit, so that they hold on
// any machine while the kernels stay as they are. When a kernel of `BlockFactorization` or `CrossedOperator` becomes faster,
// compare the `seconds` of `mixed plan --format json` with the `seconds.fit` of `mixed fit --format json` on a cube (a fit
// from a cube looks at no residuals), and change the constant of that step; nothing else depends on it.

/// How much work the steps of a fit are, in operations and numbers gathered.
enum FitCosts {
    /// Bytes of the program itself, of libraries, and of buffers that they keep.
    static let programBytes = 16e6

    // MARK: Exact

    /// Evaluations with a gradient, and exact Hessians among them, where the border is large.
    static let evaluations = 4.5
    static let hessians = 1.75
    /// After an iterative search: evaluations with a gradient, and of the objective alone.
    static let polishEvaluations = 1.0
    static let polishObjectives = 1.0
    /// The share of the speed of products of matrices that solving for probes reaches.
    static let probeEfficiency = 0.4
    /// Evaluations where the border is so small that each has the exact Hessian.
    static let smallEvaluations = 6.0
    /// The share of the speed of products of matrices that factoring and inverting reach.
    static let factorEfficiency = 0.85
    /// Numbers gathered for each update of a pair of border columns: when the border is formed, and when forms of its inverse
    /// are taken; and where it is a single tile, which stays in the cache.
    static let updateNumbers = 1.0
    static let formNumbers = 1.0
    static let smallUpdateNumbers = 2.0
    /// Numbers gathered for each pair of border effects when traces are taken along the inverse's columns.
    static let traceNumbers = 1.0
    /// Numbers gathered for each element of the levels' rows, and for each level, in an evaluation.
    static let elementNumbers = 4.0
    static let levelNumbers = 1000.0
    /// The same once a fit, for laying the blocks out and for the estimates.
    static let elementLayoutNumbers = 20.0
    static let levelLayoutNumbers = 3000.0

    // MARK: Iterative

    /// Values of the variances at which the equations are solved.
    static let searchEvaluations = 4.5
    /// Iterations of a solve: with one crossed factor, and with several.
    static let iterations = 5.0
    static let iterationsOfSeveral = 9.0
    /// Products beside the solves, at each value, for the probes' sides.
    static let otherProducts = 4.0
    /// Iterations with eight sides at the end, for the log-determinant and the estimates.
    static let finalIterations = 20.0
    /// By how much the number of probes grows until the error is small enough, as a rule.
    static let probeGrowth = 1.5
    /// Numbers gathered for each entry of the pair lists and each side, once read and once written: for entries that are
    /// listed as often as they occur, and for blocks with values.
    static let entryNumbers = 2.0
    static let valueNumbers = 6.0
    /// Numbers gathered for each random effect and side by the vector operations of an iteration.
    static let vectorNumbers = 8.0
    /// Numbers gathered for each entry when the lists are laid out, once.
    static let entryLayoutNumbers = 20.0
}

extension EliminationForecast {
    /// Seconds of a fit, begun from moments or at the end of an iterative search.
    func seconds(on machine: MachineSpeed, afterSearch: Bool) -> Double {
        let size = Double(borderSize)
        let levels = Double(levelCount)
        let isSmall = borderSize <= MinimizationSettings().largestExactBorder
        let update = isTiled ? FitCosts.updateNumbers : FitCosts.smallUpdateNumbers
        let form = isTiled ? FitCosts.formNumbers : FitCosts.smallUpdateNumbers
        let chain =
            pairUpdates * (update + form) + rowElements * FitCosts.elementNumbers + levels * FitCosts.levelNumbers
        let evaluation =
            chain / machine.gatheredNumbers
            + 3 * factorOperations / (FitCosts.factorEfficiency * machine.denseOperations)
        let traces =
            Double(borderDirectionCount * (borderDirectionCount + chainDirectionCount)) * size * size
            * FitCosts.traceNumbers
        let tangent = 2 * size * size * size / machine.denseOperations
        let hessian =
            Double(chainDirectionCount) * (tangent + 2 * update * pairUpdates / machine.gatheredNumbers)
            + traces / machine.gatheredNumbers
        let objective =
            0.5 * chain / machine.gatheredNumbers
            + factorOperations / (FitCosts.factorEfficiency * machine.denseOperations)
        let directions = Double(borderDirectionCount + chainDirectionCount)
        let probes = Double(BlockFactorization.traceProbeCount) * 2 * size * size * (1 + directions)
        let estimatedHessian = probes / (FitCosts.probeEfficiency * machine.denseOperations)
        let layout = rowElements * FitCosts.elementLayoutNumbers + levels * FitCosts.levelLayoutNumbers
        let start = layout / machine.gatheredNumbers
        if afterSearch, isTiled {
            return start + FitCosts.polishEvaluations * evaluation + FitCosts.polishObjectives * objective
                + estimatedHessian
        }
        let (evaluations, hessians) =
            isSmall
            ? (FitCosts.smallEvaluations, FitCosts.smallEvaluations) : (FitCosts.evaluations, FitCosts.hessians)
        return start + evaluations * evaluation + hessians * hessian
    }
}

extension IterativeForecast {
    /// Seconds of the search and, for a fit that ends with it, of the estimates.
    func seconds(on machine: MachineSpeed, isFinal: Bool) -> Double {
        let product =
            FitCosts.entryNumbers * entryCount + FitCosts.valueNumbers * valueCount
            + FitCosts.vectorNumbers * (borderEffects + effectCount)
        let probes = FitCosts.probeGrowth * probeLanes
        let iterations = borderFactorCount > 1 ? FitCosts.iterationsOfSeveral : FitCosts.iterations
        var sides =
            FitCosts.searchEvaluations * (iterations * (otherLanes + probes) + FitCosts.otherProducts * probes)
        if isFinal { sides += 8 * FitCosts.finalIterations }
        let layout = FitCosts.entryLayoutNumbers * (entryCount + valueCount)
        return (layout + sides * product) / machine.gatheredNumbers
    }
}
