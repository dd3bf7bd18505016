// Files as the system gives them: mapped, of awkward sizes, and pipes.

import Foundation
import Testing

@testable import MixedTables

@Suite struct FileTests {
    /// The last byte of a file may be the last of a memory page.
    @Test(arguments: [1, 100, 4095, 4096, 4097, 8192, 16384, 65536])
    func filesOfPageSizes(_ size: Int) throws {
        let path = FileManager.default.temporaryDirectory.path + "/pages-\(UInt64.random(in: 0 ... .max)).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let filler = size - 6
        let text = filler > 0 ? "t,n\n" + String(repeating: "abcdefgh,1\n", count: filler / 11) : "a"
        let padding = max(0, size - text.utf8.count - 2)
        let whole = filler > 0 ? text + String(repeating: "x", count: padding) + ",9" : text
        #expect(whole.utf8.count == size)
        try Data(whole.utf8).write(to: URL(fileURLWithPath: path))
        do {
            let table = try DataTable(contentsOf: path)
            #expect(shown(table, "n").last == "9")
            #expect(table.origin == path)
        } catch TableError.noRows {
            #expect(size == 1)
        }
    }

    @Test func pipesAreReadToTheirEnd() async throws {
        let pipe = Pipe()
        let text = "a,b\n" + (0..<40_000).map { "\($0),x\n" }.joined()
        let writer = Task.detached {
            try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try pipe.fileHandleForWriting.close()
        }
        let table = try DataTable(contentsOf: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
        try await writer.value
        #expect(table.rowCount == 40_000)
        #expect(shown(table, "a").last == "39999")
    }

    @Test func linksStayLinks() throws {
        let files = FileManager.default
        let folder = files.temporaryDirectory.path + "/links-\(UInt64.random(in: 0 ... .max))"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? files.removeItem(atPath: folder) }
        try Data().write(to: URL(fileURLWithPath: folder + "/target.csv"))
        try files.createSymbolicLink(atPath: folder + "/link.csv", withDestinationPath: "target.csv")
        try DataTable(columns: [Column("a", .integer([1]))]).write(to: folder + "/link.csv")
        #expect(try files.destinationOfSymbolicLink(atPath: folder + "/link.csv") == "target.csv")
        #expect(try String(contentsOfFile: folder + "/target.csv", encoding: .utf8) == "a\n1\n")
    }
}
