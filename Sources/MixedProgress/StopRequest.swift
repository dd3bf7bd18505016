// A wish that long work end early, seen by whoever does the work.

internal import Synchronization

/// A wish that long work end as soon as it can.
///
///     let stop = StopRequest()
///     Task { try await Task.sleep(for: .seconds(60)); stop.request() }
///     let fit = try model.fit(monitor: WorkMonitor(stop: stop))
///
/// Reading that is stopped throws `TableError.interrupted`. A search that is stopped returns the best point so far, with the
/// status `.interrupted`; another fit can go on from there. A wish cannot be taken back.
public final class StopRequest: Sendable {
    private let isSet = Atomic<Bool>(false)

    public init() {}

    /// Asks for the end. It may be called from any thread, and from the handler of a signal.
    public func request() { isSet.store(true, ordering: .relaxed) }

    /// Whether the end has been asked for.
    public var isRequested: Bool { isSet.load(ordering: .relaxed) }
}
