// Sizes of memory as people say them.

/// A number of bytes.
package struct ByteCount: Hashable, Sendable, CustomStringConvertible {
    package var bytes: Double

    package init(_ bytes: Double) { self.bytes = bytes }

    /// In the unit that leaves one to three digits before the point, with two digits of importance at least: `9.6 GB`.
    package var description: String {
        var value = max(bytes, 0).rounded()
        guard value >= 1000 else { return value == 1 ? "1 byte" : "\(Int(value)) bytes" }
        var unit = ""
        for larger in ["kB", "MB", "GB", "TB", "PB", "EB"] where value >= 999.5 {
            value /= 1000
            unit = larger
        }
        return "\(Self.twoDigits(value)) \(unit)"
    }

    /// A number from 1 on with two digits of importance at least: `1.3`, `14`, `806`; one that is whole without a point.
    package static func twoDigits(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths < 10 && tenths != tenths.rounded() ? "\(tenths)" : "\(Int(min(value, 1e9).rounded()))"
    }

    /// The smallest size that machines come with in which so much can be had, the system's own share left free.
    package var machineSize: ByteCount {
        var size = 4e9
        while size * 0.85 < bytes, size < 1e18 { size *= 2 }
        return ByteCount(size)
    }
}
