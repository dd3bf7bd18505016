// Writing: what is written reads back as it was, and files are replaced whole.

import Foundation
import Testing

@testable import MixedTables

@Suite struct WritingTests {
    static func table() throws -> DataTable {
        try DataTable(columns: [
            Column("x", .double([0.1, .nan, 1e300, -.infinity, .leastNonzeroMagnitude, 100])),
            Column("i", .integer([1, ColumnValues.missingInteger, -3, Int.max, 0, 7])),
            Column("b", .boolean([1, 0, -1, 1, 0, 1])),
            Column("t, \"u\"", .texts(["plain", nil, "a,b", "say \"hi\"", "two\nlines", " blank "])),
            Column("é;\t", .texts(["semi;colon", "tab\there", "a b", "ü", "\r", "back\\slash"])),
        ])
    }

    @Test(arguments: [ReadingOptions.Delimiter.comma, .tab, .semicolon, .other(0x7C)])
    func roundTrip(_ delimiter: ReadingOptions.Delimiter) throws {
        let table = try Self.table()
        let text = try table.delimitedText(delimiter: delimiter)
        let again = try DataTable(parsing: text, named: "t", options: ReadingOptions(delimiter: delimiter))
        #expect(again.columnNames == table.columnNames)
        for (before, after) in zip(table.columns, again.columns) {
            #expect(shown(before.values) == shown(after.values))
            #expect(type(before.values) == type(after.values))
        }
        guard case .double(let values) = again.columns[0].values else { return #expect(Bool(false)) }
        #expect(values[0] == 0.1 && values[1].isNaN && values[2] == 1e300 && values[4] == .leastNonzeroMagnitude)
    }

    @Test func quotesOnlyWhereNeeded() throws {
        let text = String(decoding: try Self.table().delimitedText(), as: UTF8.self)
        #expect(text.hasPrefix("x,i,b,\"t, \"\"u\"\"\",\"é;\t\"\n0.1,1,TRUE,plain,semi;colon\n"))
        #expect(text.contains("-inf") == false)
        #expect(text.hasSuffix("\n100,7,TRUE,\" blank \",back\\slash\n"))
    }

    @Test func blanksSeparateToo() throws {
        let table = try DataTable(columns: [
            Column("a", .integer([1, 2])), Column("b", .texts(["x", "y z"])), Column("c", .texts(["", "w"])),
        ])
        let text = try table.delimitedText(delimiter: .whitespace)
        #expect(String(decoding: text, as: UTF8.self) == "a b c\n1 x \"\"\n2 \"y z\" w\n")
    }

    @Test func delimitersInsideNumbersAreRefused() throws {
        for byte in Array("5.e-\"\n".utf8) + [0xE9] {
            #expect(throws: TableError.self) { try Self.table().delimitedText(delimiter: .other(byte)) }
        }
    }

    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/tables-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    @Test func filesAreReplacedWhole() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/out.csv"
        for _ in 0..<2 {
            try Self.table().write(to: path)
            #expect(try DataTable(contentsOf: path).rowCount == 6)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.csv"])
        }
    }

    @Test func failuresLeaveNothingBehind() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = TableError.unwritable(
            file: folder + "/no/out.csv", reason: "the folder \(folder)/no/ does not exist")
        #expect(throws: error) { try Self.table().write(to: folder + "/no/out.csv") }
        #expect(throws: TableError.unwritable(file: folder, reason: "it is a folder")) {
            try Self.table().write(to: folder)
        }
        #expect(throws: TableError.self) { try Self.table().write(to: "") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
}
