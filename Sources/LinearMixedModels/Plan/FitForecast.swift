// Time and memory of a fit by the way in which its equations are solved; and the refusal of what does not fit in memory.

internal import MixedDesign

/// What each way to fit a design takes.
struct FitForecast {
    private let counts: DesignCounts
    private let elimination: EliminationForecast
    private let iteration: IterativeForecast

    init(_ counts: DesignCounts, threads: Int) {
        self.counts = counts
        elimination = EliminationForecast(counts, threads: threads)
        iteration = IterativeForecast(counts)
    }

    /// The ways that can be asked for.
    var paths: Set<SolutionPath> {
        Set(SolverChoice.allCases.map { $0.path(borderEffects: counts.crossedEffectCount) })
    }

    /// Bytes that a fit takes besides the cross-products.
    func bytes(_ path: SolutionPath) -> Double {
        switch path {
        case .exact: elimination.bytes
        case .iterativeThenExact: max(elimination.bytesAfterSearch, iteration.bytes)
        case .iterative: iteration.bytes
        }
    }

    /// Bytes that the process has when a fit begins.
    static func resident(_ products: CrossProducts) -> Double {
        FitCosts.programBytes + max(products.byteCount, MachineMemory.current()?.resident ?? 0)
    }

    /// Seconds of a fit.
    func seconds(_ path: SolutionPath, on machine: MachineSpeed) -> Double {
        switch path {
        case .exact: elimination.seconds(on: machine, afterSearch: false)
        case .iterativeThenExact:
            iteration.seconds(on: machine, isFinal: false) + elimination.seconds(on: machine, afterSearch: true)
        case .iterative: iteration.seconds(on: machine, isFinal: true)
        }
    }
}

extension MemoryLimit {
    /// Fits that cannot take more than this are begun without a look at the machine's memory.
    private static let carefreeBytes = 64e6

    /// Refuses a fit that needs more memory than it may have.
    ///
    /// - Complexity: Linear in the levels and pairs of levels, for designs of some size.
    /// - Throws: `FitError.notEnoughMemory`.
    func check(
        _ products: CrossProducts, terms: [RandomTermLayout], path: SolutionPath, threads: Int
    ) throws(FitError) {
        if self == .unlimited { return }
        if self == .available, Self.mostBytes(products, terms: terms) < Self.carefreeBytes { return }
        let counts = DesignCounts(products, terms: terms)
        let forecast = FitForecast(counts, threads: threads)
        let held = FitForecast.resident(products)
        let work: MemoryShortage.Work =
            path == .iterative
            ? .iteration
            : .factorization(
                equations: EliminationForecast(counts).borderSize,
                iterativeBytes: counts.crossedEffectCount > 0 ? held + forecast.bytes(.iterative) : nil)
        do {
            try check(held + forecast.bytes(path), for: work)
        } catch {
            throw .notEnoughMemory(error)
        }
    }

    /// More than a fit can take, from the sizes of its parts alone.
    private static func mostBytes(_ products: CrossProducts, terms: [RandomTermLayout]) -> Double {
        let border = Double(CrossedLayout.borderEffectCount(of: products) + products.fixedColumnCount + 1)
        let directions = Double(terms.reduce(0) { $0 + $1.columnCount * ($1.columnCount + 1) / 2 })
        return (8 + 2 * directions) * products.byteCount + (32 + 16 * directions) * border * border
    }
}
