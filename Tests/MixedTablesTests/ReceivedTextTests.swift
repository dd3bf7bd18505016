// Compressed text and pipes, read piece by piece while they are unpacked, against the same text in a plain file.

import Foundation
import MixedProgress
import Testing

@testable import MixedTables

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct ReceivedTextTests {
    /// Rows of several kinds, with line ends of two bytes and a quoted field that spans lines.
    private static let rows: [UInt8] = {
        var text = "n,x,word,note\r\n"
        for row in 0..<700 {
            text += "\(row),\(Double(row) / 7),w\(row * 7919 % 13),"
            text += row % 50 == 17 ? "\"two\r\nlines, \(row)\"\r\n" : "plain\r\n"
        }
        return Array(text.utf8)
    }()

    private static let small = SpoolSettings(memoryLimit: 2048, chunkSize: 512)

    private func table(_ source: TextSource, threads: Int, pieceSize: Int) throws -> DataTable {
        try DataTable(source, options: ReadingOptions(threads: threads), pieceSize: pieceSize)
    }

    private func expectSame(_ table: DataTable, _ other: DataTable) {
        #expect(table.columnNames == other.columnNames)
        for name in other.columnNames { #expect(shown(table, name) == shown(other, name)) }
    }

    /// Every size puts line ends, quotes and members at other places of pieces and chunks.
    @Test(arguments: [1, 2, 3], [97, 512, 1000, 4001])
    func gzipReadsAsThePlainText(threads: Int, size: Int) throws {
        let plain = try table(TextSource(Self.rows, named: "x"), threads: threads, pieceSize: size)
        #expect(plain.rowCount == 700)
        let half = Self.rows.count / 2
        let packed = [
            GzipFile.stored(Self.rows),
            GzipFile.stored(Array(Self.rows[..<half]), blockSize: 300) + GzipFile.stored([])
                + GzipFile.stored(Array(Self.rows[half...])) + [0, 0, 0],
        ]
        for bytes in packed {
            for limit in [0, 2048, 1 << 20] {
                let settings = SpoolSettings(memoryLimit: limit, chunkSize: size)
                let source = try TextSource(bytes, named: "x", storage: settings)
                expectSame(try table(source, threads: threads, pieceSize: size), plain)
                // Once more from what was kept.
                expectSame(try table(source, threads: threads, pieceSize: 300), plain)
            }
        }
    }

    @Test(arguments: [1, 2, 3], [97, 512, 4001])
    func pipesReadAsThePlainText(threads: Int, size: Int) throws {
        let plain = try table(TextSource(Self.rows, named: "x"), threads: threads, pieceSize: size)
        for contents in [Self.rows, GzipFile.stored(Self.rows)] {
            let pipe = Pipe()
            let writer = Thread {
                for start in stride(from: 0, to: contents.count, by: 777) {
                    pipe.fileHandleForWriting.write(Data(contents[start..<min(start + 777, contents.count)]))
                }
                pipe.fileHandleForWriting.closeFile()
            }
            writer.start()
            let descriptor = dup(pipe.fileHandleForReading.fileDescriptor)
            let input = ByteInput(pipe: descriptor, named: "standard input", monitor: WorkMonitor(stop: StopRequest()))
            let source = try TextSource(input, named: "standard input", storage: Self.small)
            expectSame(try table(source, threads: threads, pieceSize: size), plain)
        }
    }

    /// A line end of two bytes on either side of, and across, the end of a chunk and of a piece.
    @Test(arguments: 4...40)
    func lineEndsAtBorders(size: Int) throws {
        let text = Array("a,b\r\n1,2\r\n33,44\r\n555,666\r\n\r\n7,8\r\n".utf8)
        let source = try TextSource(
            GzipFile.stored(text, blockSize: 7), named: "x",
            storage: SpoolSettings(memoryLimit: 3 * size, chunkSize: size)
        )
        let found = try table(source, threads: 2, pieceSize: size)
        #expect(shown(found, "a") == ["1", "33", "555", "7"])
        #expect(shown(found, "b") == ["2", "44", "666", "8"])
    }

    @Test(arguments: [1, 2])
    func damageBehindTheFirstPieces(threads: Int) throws {
        let whole = GzipFile.stored(Self.rows)
        for length in stride(from: 3, to: whole.count, by: 911) {
            let source = try TextSource(Array(whole.prefix(length)), named: "x.gz", storage: Self.small)
            for _ in 0..<2 {
                #expect(throws: TableError.corruptCompression(file: "x.gz", reason: "it ends too early")) {
                    try table(source, threads: threads, pieceSize: 700)
                }
            }
        }
        let followed = try TextSource(whole + Array("garbage".utf8), named: "x.gz", storage: Self.small)
        #expect(throws: TableError.corruptCompression(file: "x.gz", reason: "incorrect header check")) {
            try table(followed, threads: threads, pieceSize: 700)
        }
        var changed = whole
        changed[changed.count - 6] ^= 1
        let unlike = try TextSource(changed, named: "x.gz", storage: Self.small)
        #expect(throws: TableError.corruptCompression(file: "x.gz", reason: "incorrect data check")) {
            try table(unlike, threads: threads, pieceSize: 700)
        }
    }

    @Test func nothingComes() throws {
        #expect(throws: TableError.empty(file: "x.gz")) {
            try DataTable(TextSource(GzipFile.stored([]), named: "x.gz"))
        }
        let pipe = Pipe()
        pipe.fileHandleForWriting.closeFile()
        let input = ByteInput(
            pipe: dup(pipe.fileHandleForReading.fileDescriptor), named: "standard input", monitor: .none)
        let source = try TextSource(input, named: "standard input", storage: SpoolSettings())
        #expect(throws: TableError.empty(file: "standard input")) { try DataTable(source) }
    }

    @Test func oneByteComes() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("a".utf8))
        pipe.fileHandleForWriting.closeFile()
        let input = ByteInput(pipe: dup(pipe.fileHandleForReading.fileDescriptor), named: "x", monitor: .none)
        let source = try TextSource(input, named: "x", storage: SpoolSettings())
        #expect(throws: TableError.noRows(file: "x")) { try DataTable(source) }
    }

    @Test func aSilentPipeCanBeLeft() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("a,b\n1,2\n".utf8))
        let stop = StopRequest()
        let input = ByteInput(
            pipe: dup(pipe.fileHandleForReading.fileDescriptor), named: "standard input",
            monitor: WorkMonitor(stop: stop))
        let source = try TextSource(input, named: "standard input", storage: SpoolSettings())
        Thread { stop.request() }.start()
        #expect(throws: TableError.interrupted(file: "standard input")) { try DataTable(source) }
        pipe.fileHandleForWriting.closeFile()
    }

    @Test func placesAreThoseOfTheUnpackedText() throws {
        var text = "a,b\n"
        for row in 1...500 { text += row == 443 ? "1,2,3\n" : "\(row),x\n" }
        let source = try TextSource(GzipFile.stored(Array(text.utf8)), named: "x.gz", storage: Self.small)
        #expect(throws: TableError.raggedRow(file: "x.gz", line: 444, row: 443, expected: 2, found: 3)) {
            try table(source, threads: 2, pieceSize: 300)
        }
    }

    @Test(arguments: 3...9)
    func latin1IsConvertedAsItComes(size: Int) throws {
        let letters = Array("name,n\n".utf8) + (0..<50).flatMap { _ in [0x4A, 0xF8, 0x72, 0xE9, 0x2C, 0x31, 0x0A] }
        for bytes in [letters, GzipFile.stored(letters)] {
            let source = try TextSource(
                bytes, named: "x", encoding: .latin1, storage: SpoolSettings(memoryLimit: 40, chunkSize: size))
            let found = try table(source, threads: 1, pieceSize: 64)
            #expect(Set(shown(found, "name")) == ["Jøré"])
            #expect(found.rowCount == 50)
        }
        #expect(throws: TableError.notText(file: "x", looksLike: "UTF-16 text")) {
            try DataTable(TextSource([0xFF, 0xFE, 0x41, 0], named: "x", encoding: .latin1))
        }
    }

    @Test func aCompressedFileThatGrowsIsNoticed() throws {
        let folder = try WatchedFolder()
        defer { folder.remove() }
        let path = folder.path + "/data.csv.gz"
        let whole = GzipFile.stored(Self.rows)
        // Rows that are still being written, and a member added to those that are complete.
        for (first, second) in [(Array(whole[..<9000]), Array(whole[9000...])), (whole, GzipFile.stored([10]))] {
            try Data(first).write(to: URL(fileURLWithPath: path))
            let source = try TextSource(contentsOf: path, storage: Self.small)
            let handle = try #require(FileHandle(forWritingAtPath: path))
            handle.seekToEndOfFile()
            handle.write(Data(second))
            handle.closeFile()
            #expect(throws: TableError.changedWhileRead(file: path)) {
                try table(source, threads: 2, pieceSize: 700)
            }
        }
        #expect(folder.names == ["data.csv.gz"])
    }

    @Test func foldersAndMissingFilesAreSaid() throws {
        let folder = try WatchedFolder()
        defer { folder.remove() }
        #expect(throws: TableError.isFolder(folder.path)) { try TextSource(contentsOf: folder.path) }
        #expect(throws: TableError.missingFile(folder.path + "/x.gz")) {
            try TextSource(contentsOf: folder.path + "/x.gz")
        }
    }
}
