// The random streams: published test vectors, positions, independence of order, and moments.

import MixedTestSupport
import Testing

@testable import MixedNumerics

@Suite struct RandomStreamTests {
    /// The known answers of the Random123 distribution for philox4x32 with ten rounds.
    @Test(arguments: [
        (
            SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
            SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
        ),
        (
            SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
            SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
        (
            SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
            SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        ),
    ])
    func publishedVectors(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
        #expect(Philox4x32.block(counter: counter, key: key) == expected)
    }

    @Test func firstWordsOfStreamZero() {
        var stream = RandomStream(seed: 0)
        #expect(stream.next() == 0xe169_c58d_6627_e8d5)
        #expect(stream.next() == 0x9b00_dbd8_bc57_ac4c)
    }

    @Test func positionsCanBeJumpedTo() {
        var stream = RandomStream(seed: 42, stream: 7)
        let words = (0..<9).map { _ in stream.next() }
        #expect(stream.position == 9)
        for start in [8, 3, 0, 5, 4] {
            var jumped = RandomStream(seed: 42, stream: 7)
            jumped.position = UInt64(start)
            #expect((start..<9).map { _ in jumped.next() } == Array(words[start...]))
        }
        stream.position = .max
        _ = stream.next()
        #expect(stream.position == 0)
    }

    @Test func seedsAndStreamsDiffer() {
        var firstWords: Set<UInt64> = []
        for seed in [0, 1, 1 << 32, UInt64.max] {
            for stream in [0, 1, 1 << 32, UInt64.max] {
                var generator = RandomStream(seed: seed, stream: stream)
                firstWords.insert(generator.next())
            }
        }
        #expect(firstWords.count == 16)
    }

    @Test func uniformMoments() {
        var stream = RandomStream(seed: 1)
        let count = 200_000
        let values = (0..<count).map { _ in stream.nextUniform() }
        #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
        let mean = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        let lagged = zip(values, values.dropFirst()).reduce(0) { $0 + ($1.0 - 0.5) * ($1.1 - 0.5) } / Double(count)
        // Four standard errors.
        #expect((mean - 0.5).magnitude < 4 * (1.0 / 12 / Double(count)).squareRoot())
        #expect((variance - 1.0 / 12).magnitude < 4 * (1.0 / 180 / Double(count)).squareRoot())
        #expect(lagged.magnitude < 4.0 / 12 / Double(count).squareRoot())
    }

    @Test func normalMoments() {
        var stream = RandomStream(seed: 2, stream: 3)
        let count = 200_000
        let values = stream.normals(count)
        var power = [0.0, 0, 0, 0]
        for value in values {
            power[0] += value
            power[1] += value * value
            power[2] += value * value * value
            power[3] += value * value * value * value
        }
        // The variances of the first four powers of a standard normal variate: 1, 2, 15, 96.
        for (index, (expected, variance)) in zip([0.0, 1, 0, 3], [1.0, 2, 15, 96]).enumerated() {
            let moment = power[index] / Double(count)
            #expect((moment - expected).magnitude < 4 * (variance / Double(count)).squareRoot(), "moment \(index + 1)")
        }
        let far = values.count { $0 > 1.959963984540054 }
        #expect((Double(far) - 5000).magnitude < 4 * (5000 * 0.975).squareRoot())
    }

    @Test func normalQuantileAgreesWithBoost() {
        var differences = Differences()
        let normal = NormalDistribution()
        var stream = RandomStream(seed: 9)
        for index in 0..<20_000 {
            let p = index % 2 == 0 ? stream.nextUniform() : stream.nextUniform() * 0x1p-40
            guard (p - 0.5).magnitude > 1e-6 else { continue }
            differences.compare("p = \(p)", PortableNormalQuantile.value(p), normal.quantile(p), relative: 2e-15)
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(PortableNormalQuantile.value(0.5) == 0)
        #expect(PortableNormalQuantile.value(0x1p-53) == -PortableNormalQuantile.value(1 - 0x1p-53))
    }

    /// The bits themselves: a change of any of them would change every published simulation.
    @Test func normalsHaveTheseBits() {
        var stream = RandomStream(seed: 2024, stream: 5)
        let bits: [UInt64] = [
            13_817_504_304_957_410_130, 4_599_028_207_759_184_264, 13_821_131_198_268_984_515,
            13_829_430_604_061_580_698,
        ]
        #expect(stream.normals(4).map(\.bitPattern) == bits)
        #expect(stream.normals(-1).isEmpty)
    }

    @Test func servesAsStandardGenerator() {
        var stream = RandomStream(seed: 11)
        let shuffled = Array(0..<100).shuffled(using: &stream)
        #expect(shuffled.sorted() == Array(0..<100))
        #expect(shuffled != Array(0..<100))
    }
}
