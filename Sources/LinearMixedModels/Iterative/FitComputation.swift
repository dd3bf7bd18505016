// Which way the equations of a fit are solved, as it is asked for and as it was done.

/// Which solver a fit is to use.
public enum SolverChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// Exact where factoring is affordable, iterative where it is not.
    case automatic = "auto"
    /// The exact factorisation, whatever it costs.
    case exact
    /// Conjugate gradients and estimated traces alone, where the design has crossed factors.
    case iterative
}

/// The ways in which the equations of a fit can be solved.
public enum SolutionPath: String, Hashable, Sendable, Codable, CaseIterable {
    /// By factorisations alone.
    case exact
    /// By an iterative search, and factorisations where it ends.
    case iterativeThenExact
    /// Without a factorisation of the crossed factors.
    case iterative
}

/// How a fit was computed.
public enum FitComputation: Hashable, Sendable, Codable {
    /// From exact factorisations alone.
    case exact
    /// From exact factorisations, begun where an iterative search had ended.
    case iterativeThenExact(IterativeSearch)
    /// Without a factorisation of the crossed factors: the variance parameters are those of an estimated score.
    case iterative(IterativeSearch)

    /// The name of the case, as in JSON.
    public var name: String {
        switch self {
        case .exact: "exact"
        case .iterativeThenExact: "iterativeThenExact"
        case .iterative: "iterative"
        }
    }

    /// What the iterative search was like, where there was one.
    public var search: IterativeSearch? {
        switch self {
        case .exact: nil
        case .iterativeThenExact(let search), .iterative(let search): search
        }
    }

    /// Whether nothing was factored, so that what needs a factorisation cannot be had.
    public var isIterative: Bool { if case .iterative = self { true } else { false } }
}

/// What an iterative search has done and how far its random numbers may have moved the result.
public struct IterativeSearch: Hashable, Sendable, Codable {
    /// Random effects that are left when the largest factor is eliminated.
    public let borderEffects: Int
    /// Random probes from which each trace was estimated; zero when all traces are exact.
    public let probes: Int
    /// The largest Monte Carlo error of any combination of the variance parameters, as a share of its standard error.
    public let monteCarloError: Double
    /// The Monte Carlo standard error of the criterion, where the criterion is an estimate.
    public let criterionError: Double?
    /// Values of the variance parameters at which the score was evaluated.
    public let evaluations: Int
    /// Iterations of conjugate gradients, all solves together.
    public let iterations: Int
}

extension SolverChoice {
    /// Up to this many border effects a factorisation takes less time than the iterative search would save.
    package static let largestExactBorder = 1_200
    /// Up to this many an exact step after the iterative search is affordable.
    package static let largestPolishedBorder = 12_000

    /// The way to be taken for a border of some size.
    func path(borderEffects: Int) -> SolutionPath {
        // Without crossed factors nothing is left to iterate on.
        guard borderEffects > 0 else { return .exact }
        switch self {
        case .exact: return .exact
        case .iterative: return .iterative
        case .automatic:
            if borderEffects <= Self.largestExactBorder { return .exact }
            return borderEffects <= Self.largestPolishedBorder ? .iterativeThenExact : .iterative
        }
    }
}
