// A number that tells whether two fits used the same rows.

/// A 64-bit fingerprint of a set of response values that does not depend on their order.
///
/// Every value is scrambled by the finalizer of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA) and the results are
/// added, so that parts of a table can be fingerprinted apart and joined.
public struct Fingerprint: Hashable, Sendable, Codable {
    /// How many values have been added.
    public private(set) var count: Int
    /// The sum of the scrambled values.
    public private(set) var sum: UInt64

    /// The fingerprint of no values.
    public init() {
        count = 0
        sum = 0
    }

    /// The fingerprint of `values`.
    ///
    /// - **Complexity:** one pass.
    public init(_ values: [Double]) {
        self.init()
        var sum: UInt64 = 0
        for value in values { sum &+= Self.scramble(value) }
        self.count = values.count
        self.sum = sum
    }

    /// The fingerprint of the values of both.
    public func joined(with other: Fingerprint) -> Fingerprint {
        var result = self
        result.count += other.count
        result.sum &+= other.sum
        return result
    }

    /// The fingerprint of the values that are left without those of another one.
    public func removing(_ other: Fingerprint) -> Fingerprint {
        var result = self
        result.count -= other.count
        result.sum &-= other.sum
        return result
    }

    private static func scramble(_ value: Double) -> UInt64 {
        // Adding zero makes one value of the two zeros.
        var bits = (value + 0).bitPattern &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
