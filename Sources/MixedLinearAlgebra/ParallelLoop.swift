// Loops whose parts write to disjoint memory, on as many threads as are allowed.

internal import Dispatch

/// Runs the parts of a loop, on several threads where that is allowed; each part does the same whoever runs it.
package enum ParallelLoop {
    /// Runs `body` for every index below `count`.
    package static func forEach(_ count: Int, threads: Int, _ body: (Int) -> Void) {
        guard threads > 1, count > 1 else {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let tasks = DisjointTasks(run: body)
            DispatchQueue.concurrentPerform(iterations: count) { tasks.run($0) }
        }
    }

    /// Runs `body` for consecutive ranges that cover `0..<count`, each at least `smallest` long where there are that many.
    package static func forEachRange(_ count: Int, smallest: Int, threads: Int, _ body: (Range<Int>) -> Void) {
        let parts = min(8, max(1, count / max(smallest, 1)))
        forEach(parts, threads: threads) { part in
            body(count * part / parts..<count * (part + 1) / parts)
        }
    }

    /// Work whose parts write to disjoint memory, which the compiler cannot see.
    private struct DisjointTasks: @unchecked Sendable {
        let run: (Int) -> Void
    }
}
