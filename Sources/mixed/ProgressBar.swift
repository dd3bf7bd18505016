// A bar on the terminal for work that takes longer than a moment.

import Synchronization

/// Shows how much is done and how long the rest will take, on standard error and only on a terminal.
///
/// It appears when half a second has gone by, and leaves nothing behind.
final class ProgressBar: Sendable {
    private let label: String
    private let total: Int
    private let start = ContinuousClock().now
    private let lastShown: Mutex<ContinuousClock.Instant?>
    private let isVisible: Bool

    /// - Parameter isQuiet: Whether nothing may be shown.
    init(_ label: String, total: Int, isQuiet: Bool) {
        self.label = label
        self.total = total
        isVisible = !isQuiet && Console.errorsAreSeen && total > 0
        lastShown = Mutex(nil)
    }

    /// Shows that so much is done.
    func update(_ done: Int) {
        guard isVisible else { return }
        let now = ContinuousClock().now
        let elapsed = Self.seconds(now - start)
        guard elapsed > 0.5 else { return }
        let isDue = lastShown.withLock { last in
            if let last, Self.seconds(now - last) < 0.1 { return false }
            last = now
            return true
        }
        if isDue { Console.rewriteErrorLine(Self.line(label, done: done, of: total, elapsed: elapsed)) }
    }

    /// Takes the bar away.
    func finish() {
        if isVisible, lastShown.withLock({ $0 != nil }) { Console.rewriteErrorLine("") }
    }

    /// The bar as text: `bootstrap [#########...........] 45%, 12 s left`.
    static func line(_ label: String, done: Int, of total: Int, elapsed: Double) -> String {
        let share = min(1, max(0, Double(done) / Double(max(total, 1))))
        let filled = Int(20 * share)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
        let left = share > 0 ? elapsed * (1 - share) / share : 0
        let time =
            left < 90 ? "\(Int(left.rounded(.up))) s" : "\(Int((min(left, 1e9) / 60).rounded(.up))) min"
        return "\(label) [\(bar)] \(Int(100 * share))%, \(time) left"
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
