// Loops whose parts write to disjoint memory, on as many threads as are allowed.

internal import Dispatch
package import MixedProgress
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Runs the parts of a loop, on several threads where that is allowed; each part does the same whoever runs it.
package enum ParallelLoop {
    /// Runs `body` for every index below `count`.
    package static func forEach(
        _ count: Int, threads: Int, stop: StopRequest? = nil, _ body: (Int) -> Void
    ) {
        forEachTask(count, threads: threads, stop: stop) { _, index in body(index) }
    }

    /// Runs `body` for consecutive ranges that cover `0..<count`, each at least `smallest` long where there are that many.
    package static func forEachRange(_ count: Int, smallest: Int, threads: Int, _ body: (Range<Int>) -> Void) {
        let parts = min(8, max(1, count / max(smallest, 1)))
        forEach(parts, threads: threads) { part in
            body(count * part / parts..<count * (part + 1) / parts)
        }
    }

    /// Runs `body` for every index below `count`, begun in ascending order, and says which worker runs it.
    ///
    /// Workers are counted from zero and are fewer than `threads`, so that each can have memory of its own.
    /// - Parameter stop: Once it asks for the end, no further index is begun: what the loop should have computed is then worth
    ///   nothing.
    package static func forEachTask(
        _ count: Int, threads: Int, stop: StopRequest? = nil, _ body: (_ worker: Int, _ index: Int) -> Void
    ) {
        let workers = min(threads, count)
        guard workers > 1 else {
            for index in 0..<count {
                if let stop, stop.isRequested { return }
                body(0, index)
            }
            return
        }
        withoutActuallyEscaping(body) { body in
            let tasks = DisjointTasks(run: body)
            let queue = TaskQueue()
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                while let index = queue.next(below: count) {
                    if let stop, stop.isRequested { return }
                    tasks.run(worker, index)
                }
            }
        }
    }

    /// Work whose parts write to disjoint memory, which the compiler cannot see.
    private struct DisjointTasks: @unchecked Sendable {
        let run: (Int, Int) -> Void
    }

    /// Hands out indices, each once.
    private final class TaskQueue: Sendable {
        private let taken = Atomic<Int>(0)

        func next(below count: Int) -> Int? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }
    }
}

/// How far some sequences of tasks have come, for tasks of a `ParallelLoop` that need the results of earlier ones.
///
/// A task may only wait for tasks with lower indices: those have begun, so that the first of all that are not finished
/// never waits, and there is no deadlock whatever the number of threads.
package final class TaskProgress: @unchecked Sendable {
    private let counters: UnsafeMutablePointer<Atomic<Int>>
    private let count: Int

    package init(_ count: Int) {
        self.count = count
        counters = .allocate(capacity: max(count, 1))
        for index in 0..<count { (counters + index).initialize(to: Atomic<Int>(0)) }
    }

    deinit {
        counters.deinitialize(count: count)
        counters.deallocate()
    }

    /// Says that another task of a sequence is done.
    package func advance(_ sequence: Int) {
        counters[sequence].wrappingAdd(1, ordering: .acquiringAndReleasing)
    }

    /// Waits until so many tasks of a sequence are done.
    package func wait(for sequence: Int, toReach target: Int) {
        var attempts = 0
        while counters[sequence].load(ordering: .acquiring) < target {
            attempts += 1
            // The thread that is waited for may itself be waiting for a processor.
            if attempts > 2000 { sched_yield() }
        }
    }
}
