// Random vectors of signs by which traces are estimated; the same for every θ.

internal import MixedLinearAlgebra
internal import MixedNumerics

/// Probe vectors over the border's effects, each with entries at the levels of one factor only.
///
/// Probes of one factor alone see nothing of what it shares with another, which would only add noise to its own trace.
/// A factor of a few effects has its unit vectors instead, and with them its exact trace.
struct ScoreProbes: Sendable {
    /// One probe.
    struct Probe: Sendable {
        /// The border factor that it lies in.
        let border: Int
        /// The effect that a unit vector stands for, or the number of a random one.
        let kind: Kind

        enum Kind: Sendable {
            case unit(Int)
            case random(Int)
        }

        var isRandom: Bool { if case .random = kind { true } else { false } }
    }

    /// The probes, in blocks that are solved together.
    private(set) var blocks: [[Probe]] = []
    /// How many random probes each factor has.
    private(set) var randomCounts: [Int]
    private let seed: UInt64

    /// Factors of up to this many effects have their unit vectors.
    static let largestExactFactor = 16
    /// Right-hand sides that are solved together: two cache lines for each gather.
    static let blockSize = 16

    /// - Parameter count: Random probes for each factor; where `nil`, all unit vectors.
    init(_ layout: CrossedLayout, count: Int?, seed: UInt64 = 20_240_917) {
        self.seed = seed
        randomCounts = layout.border.map { _ in 0 }
        var probes: [Probe] = []
        for (index, factor) in layout.border.enumerated() {
            if count == nil || factor.effectCount <= Self.largestExactFactor {
                probes += (0..<factor.effectCount).map { Probe(border: index, kind: .unit($0)) }
            } else if let count {
                probes += (0..<count).map { Probe(border: index, kind: .random($0)) }
                randomCounts[index] = count
            }
        }
        append(probes)
    }

    /// The most random probes that any factor has; zero when all traces are exact.
    var randomCount: Int { randomCounts.max() ?? 0 }

    /// Adds random probes to the factors that have some.
    mutating func add(_ count: Int) {
        var probes: [Probe] = []
        for index in randomCounts.indices where randomCounts[index] > 0 {
            probes += (randomCounts[index]..<randomCounts[index] + count).map {
                Probe(border: index, kind: .random($0))
            }
            randomCounts[index] += count
        }
        append(probes)
    }

    private mutating func append(_ probes: [Probe]) {
        var start = 0
        while start < probes.count {
            let end = min(start + Self.blockSize, probes.count)
            blocks.append(Array(probes[start..<end]))
            start = end
        }
    }

    /// The vectors of a block.
    func vectors(_ block: Int, _ layout: CrossedLayout) -> RightHandSides {
        let probes = blocks[block]
        let result = RightHandSides(
            rows: layout.borderEffectCount, groups: RightHandSides.groups(for: probes.count))
        for (lane, probe) in probes.enumerated() {
            let factor = layout.border[probe.border]
            switch probe.kind {
            case .unit(let effect): result[factor.offset + effect, lane] = 1
            case .random(let number):
                var stream = RandomStream(seed: seed, stream: UInt64(probe.border) << 24 + UInt64(number))
                var place = 0
                while place < factor.effectCount {
                    var bits = stream.next()
                    for _ in 0..<min(64, factor.effectCount - place) {
                        result[factor.offset + place, lane] = bits & 1 == 0 ? -1 : 1
                        bits >>= 1
                        place += 1
                    }
                }
            }
        }
        return result
    }
}
