// Ctrl-C as a wish to stop: the first press asks, the second ends the process.

import MixedModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the command does when it is interrupted.
enum Interruption {
    /// Asks work that is under way to end.
    static let request = StopRequest()

    /// The exit status of a command that was interrupted, as shells know it: 128 and the number of the signal.
    static let exitStatus: Int32 = 130

    /// From now on the first Ctrl-C asks for the end; the next one ends the process at once, as it does otherwise.
    ///
    /// A process that was told to ignore interrupts, as shells tell those in the background, goes on ignoring them.
    static func catchFirst() {
        // The handler may run at any time: what it needs is made before.
        guard !request.isRequested else { return }
        // Without SA_RESTART a read that waits for a pipe ends, so that the wish is seen.
        var action = sigaction()
        let handler: @convention(c) (Int32) -> Void = { _ in
            Interruption.request.request()
            _ = signal(SIGINT, SIG_DFL)
        }
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = handler
        #elseif canImport(Musl)
            action.__sa_handler.sa_handler = handler
        #else
            action.__sigaction_handler.sa_handler = handler
        #endif
        if isIgnoring(signal(SIGINT, SIG_DFL)) {
            _ = signal(SIGINT, SIG_IGN)
        } else {
            sigaction(SIGINT, &action, nil)
        }
    }

    /// Ctrl-C ends the process again.
    static func release() {
        if isIgnoring(signal(SIGINT, SIG_DFL)) { _ = signal(SIGINT, SIG_IGN) }
    }

    private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
