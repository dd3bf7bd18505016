// Packed arrays come back bit by bit, and damaged ones not at all.

import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct PackedNumbersTests {
    @Test(arguments: [0, 1, 2, 3, 8, 31, 127], [1, 2, 3, 10])
    func doublesComeBack(_ count: Int, width: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count * 100 + width))
        let special: [Double] = [
            0, -0.0, 1, -1, 0.5, 9_007_199_254_740_992, -9_007_199_254_740_992, 1e300, .pi, .leastNonzeroMagnitude,
        ]
        for kind in 0..<4 {
            let values = (0..<count * width).map { place -> Double in
                switch kind {
                case 0: Double.random(in: -1e6...1e6, using: &generator)
                case 1: Double(Int.random(in: 0...300, using: &generator))
                case 2: special.randomElement(using: &generator) ?? 0
                default: place % width == 0 ? Double(place) : Double.random(in: 0...1, using: &generator)
                }
            }
            let packed = PackedNumbers.bytes(of: values, width: width)
            let again = try #require(PackedNumbers.doubles(of: packed[...]))
            #expect(again.map(\.bitPattern) == values.map(\.bitPattern))
            for length in 0..<packed.count { #expect(PackedNumbers.doubles(of: packed[..<length]) == nil) }
            #expect(PackedNumbers.doubles(of: (packed + [0])[...]) == nil)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 8, 31, 127, 1000])
    func integersComeBack(_ count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let values = (0..<count).map { _ in
            Int32.random(in: .min ... .max, using: &generator) >> Int32.random(in: 0...31, using: &generator)
        }
        let packed = PackedNumbers.bytes(of: values)
        #expect(PackedNumbers.integers(of: packed[...]) == values)
        for length in 0..<packed.count { #expect(PackedNumbers.integers(of: packed[..<length]) == nil) }
    }

    @Test func smallCountsTakeAByte() {
        let values = (0..<1000).map { Double($0 % 50) }
        #expect(PackedNumbers.bytes(of: values, width: 1).count == 1013)
        #expect(PackedNumbers.bytes(of: (0..<1000).map { Int32($0) }).count == 1008)
    }

    @Test func claimsOfEnormousSizesAreRefused() {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt64.max)
        bytes.appendLittleEndian(UInt32.max)
        #expect(PackedNumbers.doubles(of: (bytes + [1, 2, 3])[...]) == nil)
        #expect(PackedNumbers.integers(of: bytes[...]) == nil)
        bytes = []
        bytes.appendLittleEndian(UInt64(3))
        bytes.appendLittleEndian(UInt32.max)
        #expect(PackedNumbers.doubles(of: (bytes + [1, 2, 3, 4, 5])[...]) == nil)
        var deflated: [UInt8] = []
        deflated.appendLittleEndian(UInt64.max)
        #expect(DeflatedBytes.plain(of: (deflated + [0x78, 0x9C, 3, 0, 0, 0, 0, 1])[...]) == nil)
    }

    @Test func arbitraryBytesDoNotTrap() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5000 {
            let count = Int.random(in: 0...60, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if count > 8 { for place in 1..<8 { bytes[place] = 0 } }
            if count > 12 { for place in 9..<12 { bytes[place] = 0 } }
            _ = PackedNumbers.doubles(of: bytes[...])
            _ = PackedNumbers.integers(of: bytes[...])
            _ = DeflatedBytes.plain(of: bytes[...])
        }
    }

    @Test func packedSectionsNeedTheSecondFormat() throws {
        let archive = ModelArchive(
            header: ["content": "x"],
            sections: [
                .init("a", .doubles([1, 2, 3, 4.5]), packing: .planes(2)),
                .init("b", .integers([7, 8]), packing: .planes(1)),
                .init("c", .bytes(Array(repeating: 9, count: 500)), packing: .deflated),
            ])
        let bytes = try archive.serialized()
        #expect(bytes[10] == 2)
        #expect(bytes.count < 250)
        let again = try ModelArchive(bytes: bytes)
        #expect(again.sections.map(\.payload) == archive.sections.map(\.payload))
    }
}
