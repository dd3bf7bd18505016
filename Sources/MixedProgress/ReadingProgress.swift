// How far the reading of a text is.

/// How far the reading of a text is, and how fast it goes.
public struct ReadingProgress: Hashable, Sendable {
    /// What the text is read for.
    public enum Purpose: String, Hashable, Sendable {
        /// The rows are read, which unpacks compressed text.
        case rows
        /// The rows are read once more, because later ones were of other kinds than the first.
        case rowsAgain
        /// The rows of a fitted model are read for their residuals.
        case residuals
    }

    public let purpose: Purpose
    /// What messages call the text.
    public let name: String
    /// The bytes that have been read; unpacked ones for compressed text.
    public let byteCount: Int
    /// All bytes; a guess for compressed text until its end is seen, `nil` for a pipe.
    public let totalByteCount: Int?
    /// The rows that have been read.
    public let rowCount: Int
    /// The time it has taken so far.
    public let seconds: Double

    public init(
        _ purpose: Purpose, name: String, byteCount: Int, totalByteCount: Int?, rowCount: Int, seconds: Double
    ) {
        self.purpose = purpose
        self.name = name
        self.byteCount = byteCount
        self.totalByteCount = totalByteCount
        self.rowCount = rowCount
        self.seconds = seconds
    }

    /// Bytes per second; `nil` before any time has gone by.
    public var bytesPerSecond: Double? { seconds > 0 ? Double(byteCount) / seconds : nil }
    /// Rows per second; `nil` before any time has gone by.
    public var rowsPerSecond: Double? { seconds > 0 ? Double(rowCount) / seconds : nil }
    /// What the rest takes at this speed; `nil` where the end is not known.
    public var secondsLeft: Double? {
        guard let totalByteCount, let speed = bytesPerSecond, speed > 0 else { return nil }
        return Double(max(0, totalByteCount - byteCount)) / speed
    }
}

/// Reports how far a reading is.
package struct ReadingMeter: Sendable {
    private let report: @Sendable (WorkProgress) -> Void
    private let purpose: ReadingProgress.Purpose
    private let name: String
    private let clock = WorkClock()

    /// - Returns: `nil` where nobody is to be told.
    package init?(_ monitor: WorkMonitor, _ purpose: ReadingProgress.Purpose, name: String) {
        guard let report = monitor.report else { return nil }
        self.report = report
        self.purpose = purpose
        self.name = name
    }

    /// Says that so much has been read.
    ///
    /// - Parameter total: All bytes; `nil` where they are not known.
    package func update(bytes: Int, of total: Int?, rows: Int) {
        report(
            .reading(
                ReadingProgress(
                    purpose, name: name, byteCount: bytes, totalByteCount: total, rowCount: rows,
                    seconds: clock.seconds)))
    }
}
