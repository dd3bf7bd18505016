// Files of saved models: replaced as a whole, kept when writing fails, and named in every error.

import Foundation
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct ModelArchiveFileTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("mixed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func withCleanUp(_ body: () throws -> Void) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try body()
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func writtenAndReadAndReplaced() throws {
        try withCleanUp { () throws in
            let path = folder.appendingPathComponent("m.mixed").path
            try ModelArchiveTests.sample.write(to: path)
            #expect(try ModelArchive(contentsOf: path) == ModelArchiveTests.sample)
            let large = ModelArchive(
                header: "large", sections: [.init("x", .doubles((0..<100_000).map { Double($0).squareRoot() }))])
            try large.write(to: path)
            #expect(try ModelArchive(contentsOf: path) == large)
            #expect(try files() == ["m.mixed"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o600 } == 0o600)
        }
    }

    @Test func aLinkStaysALink() throws {
        try withCleanUp { () throws in
            let path = folder.appendingPathComponent("m.mixed").path
            let link = folder.appendingPathComponent("latest.mixed").path
            try ModelArchive(header: "old").write(to: path)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "m.mixed")
            try ModelArchiveTests.sample.write(to: link)
            #expect(try ModelArchive(contentsOf: path) == ModelArchiveTests.sample)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "m.mixed")
        }
    }

    @Test func whatCannotBeWrittenLeavesNothingBehind() throws {
        try withCleanUp { () throws in
            let absent = folder.appendingPathComponent("absent/m.mixed").path
            let error = #expect(throws: ModelArchiveError.self) { try ModelArchiveTests.sample.write(to: absent) }
            #expect(error?.description == "'\(absent)': cannot write it: No such file or directory")
            let isFolder = #expect(throws: ModelArchiveError.self) {
                try ModelArchiveTests.sample.write(to: folder.path)
            }
            #expect(isFolder?.description.contains("directory") == true)
            let left = try files()
            #expect(left.isEmpty)
        }
    }

    @Test func devicesAreWrittenTo() throws {
        try withCleanUp { () throws in
            try ModelArchiveTests.sample.write(to: "/dev/null")
            let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
            #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
            #expect(throws: ModelArchiveError.self) { try ModelArchive(contentsOf: "/dev/null") }
        }
    }

    @Test func errorsNameTheFile() throws {
        try withCleanUp { () throws in
            let path = folder.appendingPathComponent("data.csv").path
            #expect(throws: ModelArchiveError.self) { try ModelArchive(contentsOf: path) }
            try Data("Reaction,Days\n249.56,0\n".utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: ModelArchiveError.self) { try ModelArchive(contentsOf: path) }
            #expect(error?.description == "'\(path)' is not a saved model")
            #expect(throws: ModelArchiveError.self) { try ModelArchive(contentsOf: folder.path) }
        }
    }
}
