// Files that cannot be read, each with the error that says why.

import Foundation
import Testing

@testable import MixedTables

@Suite struct ReadingErrorTests {
    static let texts: [(String, TableError)] = [
        ("", .empty(file: "test.csv")),
        ("\n \n\r\n", .empty(file: "test.csv")),
        ("\u{FEFF}", .empty(file: "test.csv")),
        ("a,b\n", .noRows(file: "test.csv")),
        ("a,b", .noRows(file: "test.csv")),
        ("a,b\n\n\n", .noRows(file: "test.csv")),
        ("a,b\n1,2\n3\n", .raggedRow(file: "test.csv", line: 3, row: 2, expected: 2, found: 1)),
        ("a,b\n1,2\n\n3,4,5\n6,7\n", .raggedRow(file: "test.csv", line: 4, row: 2, expected: 2, found: 3)),
        ("a,b\r\n1,\"x\r\ny\"\r\n3\r\n", .raggedRow(file: "test.csv", line: 4, row: 2, expected: 2, found: 1)),
        ("a,b\r1,2\r3,4,5,6\r", .raggedRow(file: "test.csv", line: 3, row: 2, expected: 2, found: 4)),
        ("a,b\n1,2,\n3,4,5\n", .raggedRow(file: "test.csv", line: 3, row: 2, expected: 2, found: 3)),
        ("a,b\n1,2\n3,\"x\n4,5\n", .unterminatedQuote(file: "test.csv", line: 3)),
        ("\"a,b\n1,2\n", .unterminatedQuote(file: "test.csv", line: 1)),
        ("a,b\n1,\"", .unterminatedQuote(file: "test.csv", line: 2)),
        ("a,b,a\n1,2,3\n", .duplicateHeader(file: "test.csv", name: "a", first: 1, second: 3)),
        ("a,b\nx\u{0}y,1\n", .notText(file: "test.csv", looksLike: "binary data")),
        ("PK\u{3}\u{4}rest", .notText(file: "test.csv", looksLike: "a zip archive or an Excel workbook (.xlsx)")),
        ("PAR1\u{15}\u{0}", .notText(file: "test.csv", looksLike: "a Parquet file")),
        ("RDX3\nX\n", .notText(file: "test.csv", looksLike: "an R data file (.RData)")),
        ("%PDF-1.4\n", .notText(file: "test.csv", looksLike: "a PDF document")),
        ("\n<!DOCTYPE html><html>", .notText(file: "test.csv", looksLike: "a web page (HTML)")),
    ]

    @Test(arguments: texts) func errorNamesTheReason(_ text: String, _ error: TableError) {
        #expect(throws: error) { try read(text) }
        let lines = error.message.split(separator: "\n")
        #expect(lines.count <= 2 && error.message.contains("test.csv"))
    }

    @Test func textThatLooksLikeASignatureIsText() throws {
        #expect(try read("PAR1,b\n1,2\n").columnNames == ["PAR1", "b"])
    }

    @Test func zeroBytesFarFromTheStartAreFound() {
        let text = "a,b\n" + String(repeating: "1,2\n", count: 50_000)
        #expect(throws: TableError.notText(file: "test.csv", looksLike: "binary data")) {
            try read(text + "\u{0},3\n")
        }
    }

    @Test func rowsOfLaterPiecesAreCountedFromTheStart() {
        let text = "a,b\n" + String(repeating: "1,2\n", count: 100) + "3\n"
        #expect(throws: TableError.raggedRow(file: "test.csv", line: 102, row: 101, expected: 2, found: 1)) {
            try read(text, pieceSize: 64)
        }
    }

    @Test func invalidUTF8IsNamed() {
        let bytes = Array("a,b\nx,1\ny".utf8) + [0xE9] + Array(",2\n".utf8)
        #expect(throws: TableError.notUTF8(file: "test.csv", line: 3, column: "a")) { try read(bytes) }
        #expect(throws: TableError.notUTF8(file: "test.csv", line: 1, column: nil)) {
            try read([0x61, 0xE9, 0x2C, 0x62, 0x0A])
        }
        #expect(throws: TableError.notText(file: "test.csv", looksLike: "UTF-16 text")) {
            try read([0xFF, 0xFE, 0x61, 0, 0x2C, 0])
        }
    }

    @Test func pathsThatAreNoFiles() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let missing = folder + "/no-such-file-\(UInt64.random(in: 0 ... .max)).csv"
        #expect(throws: TableError.missingFile(missing)) { try DataTable(contentsOf: missing) }
        #expect(throws: TableError.missingFile("")) { try DataTable(contentsOf: "") }
        #expect(throws: TableError.isFolder(folder)) { try DataTable(contentsOf: folder) }
    }

    @Test func errorsLeaveNoDescriptorOpen() throws {
        let path = FileManager.default.temporaryDirectory.path + "/ragged-\(UInt64.random(in: 0 ... .max)).csv"
        try Data("a,b\n1\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        // More often than a process may have files open.
        for _ in 0..<3000 { #expect(throws: TableError.self) { try DataTable(contentsOf: path) } }
    }
}
