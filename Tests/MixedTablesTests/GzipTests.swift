// Compressed files: whole, in several members, cut short and damaged.

import Testing

@testable import MixedTables

@Suite struct GzipTests {
    /// `printf 'a,b\n1,x\n2,y\n' | gzip -n9`
    static let small: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0xD4, 0x49, 0xE2, 0x32, 0xD4,
        0xA9, 0xE0, 0x32, 0xD2, 0xA9, 0xE4, 0x02, 0x00, 0xC2, 0x96, 0x7E, 0x9D, 0x0C, 0x00, 0x00, 0x00,
    ]
    /// `printf '3,z\n' | gzip -n9`
    static let second: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x33, 0xD6, 0xA9, 0xE2, 0x02, 0x00,
        0xB5, 0x4F, 0x88, 0xC7, 0x04, 0x00, 0x00, 0x00,
    ]

    @Test func isRecognisedByItsContents() throws {
        let table = try DataTable(parsing: Self.small, named: "data")
        #expect(shown(table, "a") == ["1", "2"])
        #expect(shown(table, "b") == ["x", "y"])
    }

    @Test func membersFollowEachOther() throws {
        let table = try DataTable(parsing: Self.small + Self.second + [0, 0, 0], named: "data")
        #expect(shown(table, "a") == ["1", "2", "3"])
    }

    @Test func everyCutIsFound() {
        for length in 2..<Self.small.count {
            #expect(throws: TableError.corruptCompression(file: "data", reason: "it ends too early")) {
                try DataTable(parsing: Array(Self.small.prefix(length)), named: "data")
            }
        }
    }

    @Test func damageIsFound() throws {
        let whole = try DataTable(parsing: Self.small, named: "data")
        // The check sum stands in the last eight bytes; the first ten are the header. A few bits mean nothing.
        for index in 10..<Self.small.count {
            var bytes = Self.small
            bytes[index] ^= 0x10
            do {
                #expect(try DataTable(parsing: bytes, named: "data") == whole)
            } catch {
                guard case .corruptCompression = error else { throw error }
            }
        }
    }

    @Test func contentsMayBeMuchLargerThanTheFile() throws {
        // Ten thousand copies of a member without a header line.
        var bytes = Self.small
        for _ in 0..<10_000 { bytes += Self.second }
        #expect(try DataTable(parsing: bytes, named: "data").rowCount == 10_002)
    }
}
