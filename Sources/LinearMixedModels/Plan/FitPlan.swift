// What a fit will take and how it will be done, known before it is begun.

public import MixedDesign

/// The size of a model's equations, and the time and memory of each way to solve them.
public struct FitPlan: Sendable {
    /// A grouping factor and the part it has in the elimination.
    public struct Factor: Hashable, Sendable {
        public var name: String
        public var levelCount: Int
        /// Random effects of each level.
        public var columnCount: Int
        /// The factors that it is nested in.
        public var nestedIn: [String]
        /// Whether its levels are eliminated one by one; the others make up the dense border.
        public var isEliminated: Bool
    }

    /// A way to solve the equations.
    public struct Way: Hashable, Sendable {
        public var solver: SolverChoice
        /// What the automatic choice would call it.
        public var computation: Kind
        /// Seconds of the fit, without reading, on the machine that was measured.
        public var seconds: Double
        /// Bytes of memory, the cross-products included.
        public var bytes: Double
        /// Whether that much memory can be had.
        public var fits: Bool
        /// Whether it is the one that will be taken.
        public var isTaken: Bool

        public enum Kind: String, Hashable, Sendable {
            case exact, iterativeThenExact, iterative
        }
    }

    public let rowCount: Int
    public let fixedColumnCount: Int
    public let factors: [Factor]
    /// Pairs of levels that occur together, for every two factors.
    public let pairs: [(first: String, second: String, count: Int)]
    /// Columns of the dense border, fixed effects included.
    public let borderSize: Int
    /// Random effects that come off the border because their level has a single partner.
    public let peeledEffectCount: Int
    /// Multiplications that form the border, which is the fill-in of the elimination.
    public let pairUpdates: Double
    /// Bytes of the cross-products.
    public let crossProductBytes: Double
    public let ways: [Way]

    /// How many times the objective is evaluated with its derivatives, as a rule.
    static let exactEvaluations = 5.0
    /// After an iterative search.
    static let polishEvaluations = 3.0
    /// Values of the parameters, iterations at each, and right-hand sides of an iterative search, as a rule.
    static let searchWork = 5.0 * 15 * 16

    /// Plans the fit of a design.
    ///
    /// - Parameters:
    ///   - solver: How the equations are to be solved.
    ///   - machine: Speeds to foretell times with.
    /// - Complexity: Linear in the levels and pairs of levels.
    public init(
        design: ModelDesign, products: CrossProducts, solver: SolverChoice = .automatic, machine: MachineSpeed
    ) {
        let forecast = EliminationForecast(products)
        let names = design.groupingFactors.map(\.name)
        let shapes = products.factors.map { (levelCount: $0.levelCount, columnCount: $0.columnCount) }
        let chain = EliminationOrder.chain(sizes: shapes) { products.isNested($0, in: $1) }
        rowCount = products.rowCount
        fixedColumnCount = products.fixedColumnCount
        factors = names.indices.map { index in
            Factor(
                name: names[index], levelCount: shapes[index].levelCount, columnCount: shapes[index].columnCount,
                nestedIn: names.indices.filter { $0 != index && products.isNested(index, in: $0) }.map { names[$0] },
                isEliminated: chain.contains(index))
        }
        pairs = products.pairs.map { (names[$0.first], names[$0.second], $0.pairCount) }
        borderSize = forecast.borderSize
        peeledEffectCount = forecast.peeledEffectCount
        pairUpdates = forecast.pairUpdates
        crossProductBytes = Self.bytes(of: products)

        // Gathering and scattering blocks of the border goes at the speed of random reads of short runs.
        let exactSeconds =
            3 * forecast.factorOperations / machine.denseOperations + 4 * forecast.pairUpdates / machine.gatheredNumbers
        let pairReads = Double(products.pairs.reduce(0) { $0 + $1.blocks.count })
        let levelReads = Double(products.factors.reduce(0) { $0 + $1.fixedBlocks.count })
        let searchSeconds = Self.searchWork * (2 * pairReads + levelReads) / machine.gatheredNumbers
        let searchBytes = crossProductBytes + 8 * pairReads + 400 * Double(forecast.chainEffectCount + borderSize)
        let exactBytes = crossProductBytes + forecast.bytes
        let borderEffects = CrossedLayout.borderEffectCount(of: products)
        let taken = solver.path(borderEffects: borderEffects)

        var ways = [
            Way(
                solver: .exact, computation: .exact, seconds: Self.exactEvaluations * exactSeconds, bytes: exactBytes,
                fits: exactBytes < machine.availableBytes, isTaken: taken == .exact)
        ]
        if borderEffects > 0 {
            let both = max(exactBytes, searchBytes)
            ways.append(
                Way(
                    solver: .automatic, computation: .iterativeThenExact,
                    seconds: searchSeconds + Self.polishEvaluations * exactSeconds, bytes: both,
                    fits: both < machine.availableBytes, isTaken: taken == .iterativeThenExact))
            ways.append(
                Way(
                    solver: .iterative, computation: .iterative, seconds: searchSeconds, bytes: searchBytes,
                    fits: searchBytes < machine.availableBytes, isTaken: taken == .iterative))
        }
        self.ways = ways
    }

    /// The way that will be taken.
    public var taken: Way? { ways.first { $0.isTaken } }

    private static func bytes(of products: CrossProducts) -> Double {
        let factors = products.factors.reduce(0) {
            $0 + $1.diagonalBlocks.count + $1.fixedBlocks.count + ($1.fixedMoments?.count ?? 0) + $1.rowCounts.count
        }
        let pairs = products.pairs.reduce(0) { $0 + $1.blocks.count + $1.columns.count / 2 + $1.rowStarts.count }
        return 8 * Double(factors + pairs)
    }
}
