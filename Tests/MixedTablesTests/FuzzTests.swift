// Ten thousand damaged files: each is read or refused with an error, never more.

import Testing

@testable import MixedTables

@Suite struct FuzzTests {
    static let seeds: [[UInt8]] = [
        Array("a,b,c\n1,x,2.5\n2,\"y, \"\"q\"\"\",NA\n3,\"z\nz\",-1e5\n4,,Inf\n".utf8),
        Array("a;b;c\r\n1,5;T;x\r\n2,25;F;y\r\n\r\n3;NA;\"z\"\r\n".utf8),
        Array("\"x\" \"y\" \"z\"\n\"1\" 1 \"a\" TRUE\n\"2\" 2.5 \"b\\\"c\" FALSE\n".utf8),
        Array("id\tname\tscore\n1\tJosé\t12345678901234567890\n2\t東京\t0.1\n".utf8),
        [0xEF, 0xBB, 0xBF] + Array("a|b\n007|1\n008|2\n".utf8),
        GzipTests.small + GzipTests.second,
    ]

    static func mutate(_ seed: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        let special: [UInt8] = Array("\",;\t \n\r\\.eE+-0N\u{0}".utf8) + [0xFF, 0xC3, 0x1F, 0x8B]
        var bytes = seed
        for _ in 0...Int(random.next() % 6) {
            let position = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
            switch random.next() % 6 {
            case 0 where !bytes.isEmpty: bytes[position] = UInt8(truncatingIfNeeded: random.next())
            case 1 where !bytes.isEmpty: bytes.remove(at: position)
            case 2: bytes.insert(special[Int(random.next() % UInt64(special.count))], at: position)
            case 3: bytes = Array(bytes.prefix(position))
            case 4: bytes.insert(contentsOf: bytes[position...].prefix(20), at: position)
            default: bytes.insert(special[Int(random.next() % UInt64(special.count))], at: bytes.count)
            }
        }
        return bytes
    }

    @Test(arguments: 0..<10) func damagedFilesAreReadOrRefused(_ round: Int) throws {
        var random = SplitMix(seed: UInt64(round))
        var options = ReadingOptions()
        for index in 0..<1000 {
            let bytes = Self.mutate(Self.seeds[index % Self.seeds.count], &random)
            options.hasHeader = index % 7 != 0
            options.missingCodes = index % 5 == 0 ? ["NA"] : ["NA", ""]
            options.encoding = index % 11 == 0 ? .latin1 : .utf8
            do throws(TableError) {
                let whole = try read(bytes, options)
                #expect(whole.columns.allSatisfy { $0.values.count == whole.rowCount })
                // Reading in pieces gives the same.
                #expect(shownAll(try read(bytes, options, pieceSize: 7)) == shownAll(whole))
                // What was read can be written and read again.
                let written = try whole.delimitedText()
                #expect(try DataTable(parsing: written, named: "written").rowCount <= whole.rowCount)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    private func shownAll(_ table: DataTable) -> [[String]] {
        table.columns.map { [$0.name, type($0.values)] + shown($0.values) }
    }
}
