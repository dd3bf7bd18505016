// Reproducible random numbers: a seed and a stream number name a sequence that is the same on every platform.

/// A random-number generator whose sequence depends on nothing but its seed, its stream number and its position.
///
/// Streams with different numbers are independent, so that the replicates of a simulation can be drawn in any order and on
/// any thread with the same result: replicate `i` draws from `RandomStream(seed: s, stream: i)`.
/// The uniform and normal variates use only operations that IEEE 754 defines to the last bit.
public struct RandomStream: RandomNumberGenerator, Sendable {
    public let seed: UInt64
    public let stream: UInt64
    private var drawn: UInt64 = 0
    /// The second word of the current block; meaningful where `drawn` is odd.
    private var secondWord: UInt64 = 0

    public init(seed: UInt64, stream: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
    }

    /// How many 64-bit words have been drawn. Setting it jumps anywhere in the stream, at the cost of one draw.
    public var position: UInt64 {
        get { drawn }
        set {
            drawn = newValue
            if newValue & 1 == 1 { secondWord = words(of: newValue >> 1).second }
        }
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        defer { drawn &+= 1 }
        if drawn & 1 == 1 { return secondWord }
        let (first, second) = words(of: drawn >> 1)
        secondWord = second
        return first
    }

    /// A number of the open unit interval, an odd multiple of 2^-53: never 0, never 1.
    public mutating func nextUniform() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// A standard normal variate: the quantile of one uniform number, so that each takes one word of the stream.
    public mutating func nextNormal() -> Double {
        PortableNormalQuantile.value(nextUniform())
    }

    /// `count` standard normal variates.
    public mutating func normals(_ count: Int) -> [Double] {
        var values = [Double](repeating: 0, count: max(0, count))
        for index in values.indices { values[index] = nextNormal() }
        return values
    }

    private func words(of block: UInt64) -> (first: UInt64, second: UInt64) {
        let counter = SIMD4(
            UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        let bits = Philox4x32.block(counter: counter, key: key)
        return (UInt64(bits[1]) << 32 | UInt64(bits[0]), UInt64(bits[3]) << 32 | UInt64(bits[2]))
    }
}
