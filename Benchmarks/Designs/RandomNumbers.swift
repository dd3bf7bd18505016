// Random numbers of the generated data: the same on every machine.

/// SplitMix64 (Steele, Lea & Flood 2014).
struct RandomNumbers {
    private var state: UInt64
    private var spare: Double?

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// Between 0 and 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number from 0 up to a limit.
    mutating func below(_ limit: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(limit)).high) }

    /// A normal number, by Marsaglia's polar method.
    mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let (first, second) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = first * first + second * second
            guard square < 1, square > 0 else { continue }
            let factor = (-2 * logarithm(square) / square).squareRoot()
            spare = second * factor
            return first * factor
        }
    }

    /// A number whose logarithm is normal.
    mutating func logNormal(_ deviation: Double) -> Double { exponential(deviation * normal()) }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

private func logarithm(_ value: Double) -> Double { log(value) }
private func exponential(_ value: Double) -> Double { exp(value) }
