// Work that may take long: a line on the terminal says how far it is, and Ctrl-C asks it to end.

import MixedModels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs work with a monitor that shows how far it is, on standard error and only on a terminal.
///
/// The line appears when a second has gone by, is written anew ten times a second at most, and leaves nothing behind.
enum LongWork {
    /// Runs `body`; until it returns, the first Ctrl-C is a wish that the work end.
    ///
    /// - Parameter isQuiet: Whether nothing may be shown.
    static func run<Result>(isQuiet: Bool, _ body: (WorkMonitor) throws -> Result) rethrows -> Result {
        Interruption.catchFirst()
        defer { Interruption.release() }
        guard !isQuiet, Console.errorsAreSeen else { return try body(WorkMonitor(stop: Interruption.request)) }
        let line = WorkLine()
        line.begin()
        defer { line.finish() }
        return try body(WorkMonitor(stop: Interruption.request) { line.note($0) })
    }
}

/// The line that says how far work is, drawn by a thread of its own so that it moves while the work is silent.
private final class WorkLine: Sendable {
    private struct State {
        var progress: WorkProgress?
        /// When that was heard.
        var heard = ContinuousClock().now
        var shown = ""
        var isFinished = false
    }

    private let start = ContinuousClock().now
    private let state = Mutex(State())

    /// Remembers how far the work is.
    func note(_ progress: WorkProgress) {
        state.withLock { state in
            state.progress = progress
            state.heard = ContinuousClock().now
        }
    }

    /// Starts the thread.
    func begin() {
        let own = Unmanaged.passRetained(self).toOpaque()
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let failure = pthread_create(&thread, nil, { WorkLine.run($0) }, own)
        let started: pthread_t? = failure == 0 ? thread : nil
        if let started {
            pthread_detach(started)
        } else {
            Unmanaged<WorkLine>.fromOpaque(own).release()
        }
    }

    /// Takes the line away; nothing is drawn any more.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            if !state.shown.isEmpty { Console.rewriteErrorLine("") }
        }
    }

    private static func run(_ own: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let own else { return nil }
        let line = Unmanaged<WorkLine>.fromOpaque(own).takeRetainedValue()
        repeat { usleep(100_000) } while line.draw()
        return nil
    }

    /// Draws the line if it has changed; whether there is more to come.
    private func draw() -> Bool {
        let now = ContinuousClock().now
        return state.withLock { state in
            guard !state.isFinished else { return false }
            guard now - start > .seconds(1), let progress = state.progress else { return true }
            let text =
                Interruption.request.isRequested
                ? WorkText.stopping : WorkText.line(progress, secondsAgo: (now - state.heard).inSeconds)
            let fitting = String(text.prefix(Console.errorWidth - 1))
            if fitting != state.shown {
                Console.rewriteErrorLine(fitting)
                state.shown = fitting
            }
            return true
        }
    }
}
