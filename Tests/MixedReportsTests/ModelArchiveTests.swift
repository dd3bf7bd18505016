// Saved models: what is written is read, and what is damaged is said to be.

import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct ModelArchiveTests {
    static let sample = ModelArchive(
        header: ["formula": "Reaction ~ Days + (Days | Subject)", "levels": ["308", "é中"], "n": 180],
        sections: [
            .init("theta", .doubles([0.96674177397, .infinity, -0.0, .leastNonzeroMagnitude])),
            .init("levels", .integers([1, -2, .max, .min])),
            .init("empty", .doubles([])), .init("note", .bytes(Array("text".utf8))), .init("", .bytes([])),
        ])

    @Test func bytesReadBack() throws {
        let archive = try ModelArchive(bytes: Self.sample.serialized())
        #expect(archive == Self.sample)
        #expect(try archive.doubles("theta").map(\.bitPattern) == Self.sample.doubles("theta").map(\.bitPattern))
        #expect(try archive.integers("levels") == [1, -2, .max, .min])
        #expect(try archive.bytes("note") == Array("text".utf8))
        #expect(try archive.doubles("empty").isEmpty)
    }

    @Test func numbersAreLittleEndian() throws {
        let bytes = try ModelArchive(header: nil, sections: [.init("x", .integers([0x0102_0304]))]).serialized()
        #expect(Array(bytes[0..<14]) == Array("MIXEDMODEL".utf8) + [1, 0, 0, 0])
        #expect(Array(bytes[(bytes.count - 8)..<(bytes.count - 4)]) == [4, 3, 2, 1])
    }

    @Test func missingSections() {
        let archive = Self.sample
        #expect(throws: ModelArchiveError(.missingSection("beta"))) { try archive.doubles("beta") }
        #expect(throws: ModelArchiveError(.missingSection("theta"))) { try archive.integers("theta") }
        #expect(throws: ModelArchiveError(.missingSection("theta"))) { try archive.bytes("theta") }
    }

    @Test func notAModel() {
        #expect(throws: ModelArchiveError(.notAModelFile)) { try ModelArchive(bytes: Array("a,b,c\n1,2,3\n".utf8)) }
        #expect(throws: ModelArchiveError(.notAModelFile)) { try ModelArchive(bytes: []) }
        #expect(throws: ModelArchiveError(.truncated)) { try ModelArchive(bytes: Array("MIXED".utf8)) }
    }

    @Test func newerVersion() throws {
        var bytes = try Self.sample.serialized()
        bytes[10] = 3
        bytes.storeLittleEndian(Checksum.of(bytes[..<26]), at: 26)
        let error = #expect(throws: ModelArchiveError.self) { try ModelArchive(bytes: bytes) }
        #expect(error?.reason == .newerVersion(found: 3, supported: 2))
        #expect(
            error?.description
                == "the model file was written by a newer version (format 3); this is format 2: update mixed")
    }

    @Test func everyTruncationIsSeen() throws {
        let bytes = try Self.sample.serialized()
        for count in 1..<bytes.count {
            #expect(throws: ModelArchiveError(.truncated)) { try ModelArchive(bytes: Array(bytes[..<count])) }
        }
        #expect(throws: ModelArchiveError(.trailingBytes)) { try ModelArchive(bytes: bytes + [0]) }
    }

    @Test func everyBitFlipIsSeen() throws {
        let bytes = try Self.sample.serialized()
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: ModelArchiveError.self, "byte \(index), bit \(bit)") {
                    try ModelArchive(bytes: damaged)
                }
            }
        }
    }

    @Test func aDamagedSectionIsNamed() throws {
        var bytes = try Self.sample.serialized()
        let index = try #require(bytes.indices.first { bytes[$0...].starts(with: "theta".utf8) })
        bytes[index + 6] ^= 0x40
        #expect(throws: ModelArchiveError(.checksumMismatch(section: "theta"))) { try ModelArchive(bytes: bytes) }
    }

    /// Damage that carries matching checksums, as a faulty writer would make it: lengths, types, headers, counts.
    @Test func nonsenseWithGoodChecksums() throws {
        let original = try Self.sample.serialized()
        func repaired(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes = original
            change(&bytes)
            bytes.storeLittleEndian(Checksum.of(bytes[..<26]), at: 26)
            return bytes
        }
        for count in [0, 1, 5, 7, UInt32.max] {
            let bytes = repaired { $0.storeLittleEndian(count, at: 22) }
            #expect(throws: ModelArchiveError.self) { try ModelArchive(bytes: bytes) }
        }
        for length in [0, 10, UInt64.max, 1 << 63] {
            let bytes = repaired { $0.storeLittleEndian(length, at: 14) }
            #expect(throws: ModelArchiveError.self) { try ModelArchive(bytes: bytes) }
        }
        for length in [UInt64.max, 1 << 62, 1 << 40] {
            let bytes = repaired { $0.storeLittleEndian(length, at: 33) }
            #expect(throws: ModelArchiveError(.truncated)) { try ModelArchive(bytes: bytes) }
        }
    }

    @Test func twoThousandRandomDamages() throws {
        let original = try Self.sample.serialized()
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            var bytes = original
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] ^= UInt8.random(in: 0...255, using: &random)
            }
            if bytes.count >= 30, Bool.random(using: &random) {
                bytes.storeLittleEndian(Checksum.of(bytes[..<26]), at: 26)
            }
            do {
                let archive = try ModelArchive(bytes: bytes)
                #expect(archive == Self.sample)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func namesAreUniqueAndShort() {
        let twice = ModelArchive(header: nil, sections: [.init("a", .bytes([])), .init("a", .bytes([]))])
        #expect(throws: ModelArchiveError.self) { try twice.serialized() }
        let long = ModelArchive(header: nil, sections: [.init(String(repeating: "a", count: 70_000), .bytes([]))])
        #expect(throws: ModelArchiveError.self) { try long.serialized() }
    }
}
