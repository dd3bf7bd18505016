// How much memory a fit may take.

/// The memory that a fit may take; more is refused before it is asked for.
public enum MemoryLimit: Hashable, Sendable {
    /// What the machine can give when the work begins, without swapping; no limit where the system does not say.
    case available
    /// So many bytes for the whole process.
    case bytes(Int)
    /// Whatever the work takes.
    case unlimited

    /// Reads a size such as `8GB`, `800 MB`, `1.5GiB` or a number of bytes; `unlimited`; or `available`.
    ///
    /// Units of kB, MB, GB and TB are powers of 1000, those of KiB, MiB, GiB and TiB powers of 1024; capitals do not matter,
    /// and the last letters may be left out.
    /// - Returns: `nil` for what is no size.
    public init?(_ text: String) {
        let text = text.lowercased().filter { $0 != " " }
        if text == "unlimited" || text == "available" {
            self = text == "unlimited" ? .unlimited : .available
            return
        }
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let value = Double(digits), let unit = Self.units[String(text.dropFirst(digits.count))] else {
            return nil
        }
        let bytes = (value * unit).rounded()
        guard bytes >= 1, bytes < 0x1p62 else { return nil }
        self = .bytes(Int(bytes))
    }

    private static let units: [String: Double] = {
        var units = ["": 1.0, "b": 1, "byte": 1, "bytes": 1]
        for (power, letter) in ["k", "m", "g", "t"].enumerated() {
            let decimal = (0...power).reduce(1.0) { product, _ in product * 1000 }
            let binary = (0...power).reduce(1.0) { product, _ in product * 1024 }
            units[letter] = decimal
            units[letter + "b"] = decimal
            units[letter + "i"] = binary
            units[letter + "ib"] = binary
        }
        return units
    }()

    /// How many bytes the process may have in all; `nil` where there is no limit, or none that is known.
    public var byteCount: Double? {
        switch self {
        case .available: MachineMemory.current().map { $0.available + $0.resident }
        case .bytes(let count): Double(count)
        case .unlimited: nil
        }
    }

    /// Refuses work that needs more.
    ///
    /// - Parameter bytes: What the process will have in all.
    /// - Throws: `MemoryShortage`.
    package func check(_ bytes: Double, for work: MemoryShortage.Work) throws(MemoryShortage) {
        guard let limit = byteCount, bytes > limit else { return }
        throw MemoryShortage(needed: bytes, available: limit, work: work, limit: self)
    }
}
