// What a search tells whoever watches it, how long it thinks it will go on, and whether it is to end.

internal import MixedProgress

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The monitor of one search for covariance parameters.
final class SearchWatch {
    private let monitor: WorkMonitor
    private let path: FittingProgress.Path
    private let borderEffects: Int
    private let clock = WorkClock()
    private var lowestCriterion: Double?
    private var decrement: Double?
    /// The decrement at which the search ends, where that can be told.
    private var goal: Double?
    /// When the last evaluation began.
    private var lastBegin: Double?

    /// Up to this size of the border an evaluation takes a fraction of a second, and is finished when a search is stopped.
    static let largestPromptBorder = 1_500

    /// - Returns: `nil` where nobody watches.
    init?(_ monitor: WorkMonitor, _ path: FittingProgress.Path, borderEffects: Int) {
        guard monitor.stop != nil || monitor.report != nil else { return nil }
        self.monitor = monitor
        self.path = path
        self.borderEffects = borderEffects
    }

    /// Whether the search is to end.
    var isStopped: Bool { monitor.isStopped }
    /// Whether it may be asked to.
    var canStop: Bool { monitor.stop != nil }

    /// Remembers an objective that has been found.
    func note(criterion: Double) { lowestCriterion = min(criterion, lowestCriterion ?? criterion) }

    /// Remembers how far the search is from its end.
    func note(decrement: Double, goal: Double?) {
        self.decrement = decrement
        self.goal = goal
    }

    /// Says that an evaluation begins.
    func begin(evaluation: Int) {
        guard let report = monitor.report else { return }
        let now = clock.seconds
        var left: Double?
        if let lastBegin, let decrement, let goal, let count = Self.remaining(decrement: decrement, goal: goal) {
            // The estimates at the end take about as long as an evaluation.
            left = Double(count + 1) * (now - lastBegin)
        }
        lastBegin = now
        report(
            .fitting(
                FittingProgress(
                    path, borderEffects: borderEffects, evaluation: evaluation, criterion: lowestCriterion,
                    newtonDecrement: decrement, seconds: now, secondsLeft: left)))
    }

    /// About how many evaluations Newton's method still needs, counting the one that begins.
    ///
    /// Near the optimum a decrement δ² is followed by one of about δ⁴. Farther away nothing can be said.
    static func remaining(decrement: Double, goal: Double) -> Int? {
        guard decrement < 0.5, goal > 0, goal < 0.5 else { return nil }
        guard decrement > goal else { return 1 }
        return max(1, Int(log2(log(goal) / log(decrement)).rounded(.up)))
    }
}
