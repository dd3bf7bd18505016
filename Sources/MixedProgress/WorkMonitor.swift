// Who watches long work: what is told how far it is, and what can end it early.

/// An observer of long work, and the means to end it.
///
///     let monitor = WorkMonitor { progress in
///         if case .fitting(let state) = progress { print(state.evaluation, state.criterion ?? .nan) }
///     }
///     let fit = try model.fit(monitor: monitor)
///
/// Reading reports after every megabyte, a search before every evaluation. Nothing that is computed depends on whether
/// somebody watches.
public struct WorkMonitor: Sendable {
    /// Ends the work when it is asked to.
    public var stop: StopRequest?
    /// Told how far the work is, from one thread at a time, but not always the same one. The work waits for it to return.
    public var report: (@Sendable (WorkProgress) -> Void)?

    /// - Parameters:
    ///   - stop: Ends the work when it is asked to.
    ///   - report: Told how far the work is.
    public init(stop: StopRequest? = nil, report: (@Sendable (WorkProgress) -> Void)? = nil) {
        self.stop = stop
        self.report = report
    }

    /// Nobody watches.
    public static var none: WorkMonitor { WorkMonitor() }

    /// Whether the work is to end.
    package var isStopped: Bool { stop?.isRequested ?? false }
}

/// How far long work is.
public enum WorkProgress: Hashable, Sendable {
    /// A text is read.
    case reading(ReadingProgress)
    /// The covariance parameters of a model are searched for.
    case fitting(FittingProgress)
}

/// The time since some work began.
package struct WorkClock: Sendable {
    private let start = ContinuousClock().now

    package init() {}

    package var seconds: Double {
        let elapsed = (ContinuousClock().now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }
}
