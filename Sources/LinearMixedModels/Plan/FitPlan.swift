// What a fit will take and how it will be done, known before it is begun.

public import MixedDesign
internal import MixedLinearAlgebra

/// The size of a model's equations, and the time and memory of each way to solve them.
///
///     let plan = try LinearMixedModel("y ~ x + (1 | user) + (1 | film)", data: data).plan()
///     print(plan.taken.path, plan.taken.seconds, plan.taken.bytes)
public struct FitPlan: Sendable {
    /// Rows without missing values.
    public let rowCount: Int
    /// Rows that are left out because they lack values.
    public let droppedRowCount: Int
    /// Fixed-effects columns, without those that are combinations of others.
    public let coefficientCount: Int
    /// Random effects of all factors.
    public let randomEffectCount: Int
    public let factors: [Factor]
    /// Levels that occur together, for every two factors.
    public let pairs: [Pair]
    /// Equations that are left when all others are eliminated one by one, and that all depend on each other: random effects
    /// of crossed factors, and fixed effects.
    public let borderSize: Int
    /// Random effects of crossed factors that come off the border because their level occurs with a single other one.
    public let peeledEffectCount: Int
    /// Multiplications that form the border at each value of the variances: the fill-in of the elimination.
    public let pairUpdates: Double
    /// Bytes of the cross-products.
    public let crossProductBytes: Double
    /// The ways to solve the equations: exact, and for crossed factors iterative ones as well.
    public let ways: [Way]
    /// Why the one that is taken is taken.
    public let reason: Reason
    /// Models with fewer random slopes that are much cheaper.
    public let smallerModels: [SmallerModel]
    /// Bytes that the process may have; `nil` where there is no limit, or none that is known.
    public let memoryLimit: Double?
    /// The speeds that times are foretold with.
    public let machine: MachineSpeed

    /// The way that will be taken.
    public var taken: Way { ways.first { $0.isTaken } ?? ways[0] }

    /// A grouping factor and the part it has in the elimination.
    public struct Factor: Hashable, Sendable {
        public let name: String
        public let levelCount: Int
        /// Random effects of each level.
        public let columnCount: Int
        /// The factors that it is nested in.
        public let nestedIn: [String]
        /// Whether its levels are eliminated one by one; those of the others make up the border.
        public let isEliminated: Bool
    }

    /// Two factors and how many pairs of their levels occur together.
    public struct Pair: Hashable, Sendable {
        public let first: String
        public let second: String
        public let count: Int
    }

    /// A way to solve the equations.
    public struct Way: Hashable, Sendable {
        public let path: SolutionPath
        /// Seconds of the fit, without reading.
        public let seconds: Double
        /// The most bytes that the process has at a time.
        public let bytes: Double
        /// Whether that is within the limit.
        public let fitsInMemory: Bool
        public let isTaken: Bool
    }

    /// Why a way is taken.
    public enum Reason: String, Hashable, Sendable {
        /// It was asked for.
        case asked
        /// There are no crossed factors, so that nothing is left to iterate on.
        case nothingCrossed
        /// The border is so small that factoring it is quicker than a search without.
        case smallBorder
        /// The border is so large that it is factored only at the end.
        case middlingBorder
        /// The border is too large to be factored.
        case largeBorder
    }

    /// The model without the random slopes of a factor.
    public struct SmallerModel: Hashable, Sendable {
        /// The factor that keeps its intercepts only.
        public let factor: String
        public let path: SolutionPath
        public let seconds: Double
        public let bytes: Double
    }
}

extension FitPlan {
    /// Plans the fit of a design.
    ///
    /// - Parameters:
    ///   - solver: How the equations are to be solved.
    ///   - memory: What the process may have.
    ///   - resident: Bytes that it has when the fit begins, cross-products included; what the system says otherwise.
    ///   - readingBytes: The most that it had until then.
    ///   - machine: Speeds to foretell times with; this machine's, which are measured, otherwise.
    ///   - threads: How many threads may compute.
    /// - Complexity: Linear in the levels and pairs of levels.
    public init(
        design: ModelDesign, products: CrossProducts, solver: SolverChoice = .automatic,
        memory: MemoryLimit = .available, resident: Double? = nil, readingBytes: Double = 0,
        machine: MachineSpeed? = nil, threads: Int = 2
    ) {
        let machine = machine ?? .measured(threads: threads)
        let counts = DesignCounts(products, terms: LinearMixedModelFit.layout(design))
        let elimination = EliminationForecast(counts, threads: threads)
        let names = design.groupingFactors.map(\.name)
        let limit = memory.byteCount
        let resident = resident ?? FitForecast.resident(products)
        let path = solver.path(borderEffects: counts.crossedEffectCount)
        rowCount = products.rowCount
        droppedRowCount = design.data.droppedRowCount
        coefficientCount = counts.fixedCount
        randomEffectCount = counts.effectCount
        factors = names.indices.map { index in
            Factor(
                name: names[index], levelCount: counts.factors[index].levelCount,
                columnCount: counts.factors[index].columnCount,
                nestedIn: names.indices.filter { $0 != index && counts.isNested(index, in: $0) }.map { names[$0] },
                isEliminated: counts.chain.contains(index))
        }
        pairs = products.pairs.map { Pair(first: names[$0.first], second: names[$0.second], count: $0.pairCount) }
        borderSize = elimination.borderSize
        peeledEffectCount = elimination.peeledEffectCount
        pairUpdates = elimination.pairUpdates
        crossProductBytes = products.byteCount
        memoryLimit = limit
        self.machine = machine
        reason = Self.reason(solver, path, borderEffects: counts.crossedEffectCount)
        let forecast = FitForecast(counts, threads: threads)
        let ways = SolutionPath.allCases.filter(forecast.paths.contains).map { own -> Way in
            let bytes = max(readingBytes, resident + forecast.bytes(own))
            return Way(
                path: own, seconds: forecast.seconds(own, on: machine), bytes: bytes,
                fitsInMemory: limit.map { bytes <= $0 } ?? true, isTaken: own == path)
        }
        self.ways = ways
        smallerModels = Self.smallerModels(
            counts, names: names, than: ways.first { $0.isTaken }, solver: solver, resident: resident, machine: machine,
            threads: threads)
    }

    private static func reason(_ solver: SolverChoice, _ path: SolutionPath, borderEffects: Int) -> Reason {
        guard borderEffects > 0 else { return .nothingCrossed }
        guard solver == .automatic else { return .asked }
        return switch path {
        case .exact: .smallBorder
        case .iterativeThenExact: .middlingBorder
        case .iterative: .largeBorder
        }
    }

    /// A model is worth mentioning where it saves so many seconds, and this share of them.
    private static let worthwhileSeconds = 1.0
    private static let worthwhileShare = 0.5

    private static func smallerModels(
        _ counts: DesignCounts, names: [String], than taken: Way?, solver: SolverChoice, resident: Double,
        machine: MachineSpeed, threads: Int
    ) -> [SmallerModel] {
        guard let taken else { return [] }
        return names.indices.compactMap { factor in
            guard counts.factors[factor].columnCount > 1 else { return nil }
            let smaller = counts.withoutSlopes(of: factor)
            let path = solver.path(borderEffects: smaller.crossedEffectCount)
            let forecast = FitForecast(smaller, threads: threads)
            let seconds = forecast.seconds(path, on: machine)
            let saved = taken.seconds - seconds
            guard saved > worthwhileSeconds, saved > worthwhileShare * taken.seconds else { return nil }
            return SmallerModel(
                factor: names[factor], path: path, seconds: seconds,
                bytes: resident + forecast.bytes(path))
        }
    }
}
