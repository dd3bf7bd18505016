// A cube in a file is the cube, and what is damaged is refused.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct CubeFileTests {
    static func cube(weighted: Bool = false) throws -> DataCube {
        let options = weighted ? DesignOptions(weights: try .init(parsing: "1 + w")) : DesignOptions()
        var generator = SeededGenerator(seed: 3)
        var columns: [[Double]] = [[], [], []]
        var groups: [Int32] = []
        var items: [Int] = []
        var factor: [Int32] = []
        for row in 0..<240 {
            let group = Int32.random(in: 0..<19, using: &generator)
            columns[0].append(Double(group) + Double.random(in: -3...3, using: &generator) + 0.01 * Double(row))
            columns[1].append(Double.random(in: 0...10, using: &generator))
            columns[2].append(Double.random(in: 0...1, using: &generator))
            groups.append(group)
            items.append(Int.random(in: 1...30, using: &generator))
            factor.append(Int32.random(in: 0..<3, using: &generator))
        }
        let table = try DataTable(columns: [
            Column("y", .double(columns[0])), Column("x", .double(columns[1])), Column("w", .double(columns[2])),
            Column("g", .categorical(.init(codes: groups, levels: (0..<19).map { "grün \($0)" }, kind: .text))),
            Column("h", .integer(items)),
            Column("f", .categorical(.init(codes: factor, levels: ["a", "b", "c"], kind: .text))),
        ])
        return try DataCube(
            "y ~ x * f + (1 + x | g) + (1 | h)", data: table, options: options, notes: ["A note."])
    }

    @Test(arguments: [false, true])
    func isReadBack(weighted: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.cube")
        let cube = try Self.cube(weighted: weighted)
        try cube.write(to: path)
        let again = try DataCube(contentsOf: path)
        #expect(again.design == cube.design)
        #expect(again.notes == cube.notes && again.columnKinds == cube.columnKinds)
        #expect(again.pairCounts == cube.pairCounts)
        #expect(again.products.fixed == cube.products.fixed)
        for (one, other) in zip(again.products.factors, cube.products.factors) {
            #expect(one.rowCounts == other.rowCounts && one.columnScales == other.columnScales)
            #expect(one.diagonalBlocks == other.diagonalBlocks && one.fixedBlocks == other.fixedBlocks)
            #expect(one.fixedMoments == other.fixedMoments)
        }
        for (one, other) in zip(again.products.pairs, cube.products.pairs) {
            #expect(one.rowStarts == other.rowStarts && one.columns == other.columns && one.blocks == other.blocks)
        }
        #expect(try again.fit().criterion == cube.fit().criterion)
        #expect(try again.byteCount() == cube.byteCount())
        // Weighted sums are no counts, which are then kept beside them.
        #expect(try cube.archive().contains("pair.0.counts") == weighted)
    }

    @Test func savedFitsOfCubesAreModels() throws {
        let folder = try TemporaryFolder()
        let fit = try Self.cube().fit("y ~ x + (1 | g)")
        try SavedModel(fit, notes: []).write(to: folder.file("m.mixed"))
        let again = try SavedModel(contentsOf: folder.file("m.mixed")).fit
        #expect(again.residuals == nil)
        #expect(FitReport(again).text() == FitReport(fit).text())
    }

    @Test func modelsAndCubesAreToldApart() throws {
        let folder = try TemporaryFolder()
        let cube = try Self.cube()
        try cube.write(to: folder.file("a.cube"))
        try SavedModel(cube.fit(), notes: []).write(to: folder.file("m.mixed"))
        try Data("a,b\n1,2\n".utf8).write(to: URL(fileURLWithPath: folder.file("d.csv")))
        #expect(try SavedFileKind(contentsOf: folder.file("a.cube")) == .cube)
        #expect(try SavedFileKind(contentsOf: folder.file("m.mixed")) == .model)
        #expect(try SavedFileKind(contentsOf: folder.file("d.csv")) == nil)
        #expect(try SavedFileKind(contentsOf: folder.file("none")) == nil)
        let first = try #require(throws: ModelArchiveError.self) { try DataCube(contentsOf: folder.file("m.mixed")) }
        #expect(first.reason == .holdsModel && first.description.hasSuffix("m.mixed' is a saved model, not a cube"))
        let second = try #require(throws: ModelArchiveError.self) { try SavedModel(contentsOf: folder.file("a.cube")) }
        #expect(second.reason == .holdsCube && second.description.hasSuffix("a.cube' is a cube, not a saved model"))
        let third = try #require(throws: ModelArchiveError.self) { try DataCube(contentsOf: folder.file("d.csv")) }
        #expect(third.description.hasSuffix("d.csv' is not a cube"))
    }

    @Test func newerCubes() throws {
        var archive = try Self.cube().archive()
        guard case .object(var members) = archive.header else { return }
        for index in members.indices where members[index].key == "cubeFormat" { members[index].value = 7 }
        archive.header = .object(members)
        let error = try #require(throws: ModelArchiveError.self) {
            try DataCube(ModelArchive(bytes: archive.serialized()))
        }
        #expect(error.reason == .newerVersion(found: 7, supported: 1))
    }

    @Test func truncationsAndFlips() throws {
        let bytes = try Self.cube().archive().serialized()
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: ModelArchiveError.self) { try DataCube(ModelArchive(bytes: Array(bytes[..<count]))) }
        }
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            #expect(throws: ModelArchiveError.self) { try DataCube(ModelArchive(bytes: changed)) }
        }
    }

    /// Sections whose checksums are right and whose contents are not: read or refused, never a trap.
    @Test func hostileSections() throws {
        let cube = try Self.cube()
        let archive = try cube.archive()
        var generator = SeededGenerator(seed: 9)
        var refused = 0
        for _ in 0..<600 {
            var changed = archive
            let place = Int.random(in: 0..<changed.sections.count, using: &generator)
            switch changed.sections[place].payload {
            case .doubles(var values) where !values.isEmpty:
                let choices: [Double] = [-1, 0, 1e300, 3.5, .nan, .infinity, 2, 1e15]
                for _ in 0..<3 {
                    values[Int.random(in: 0..<values.count, using: &generator)] =
                        choices.randomElement(using: &generator) ?? 0
                }
                changed.sections[place].payload = .doubles(values)
            case .integers(var values) where !values.isEmpty:
                values[Int.random(in: 0..<values.count, using: &generator)] =
                    [-1, .max, 0, 3].randomElement(using: &generator) ?? 0
                changed.sections[place].payload = .integers(values)
            case .bytes(var text) where !text.isEmpty:
                let digits = text.indices.filter { (0x30...0x39).contains(text[$0]) }
                guard let digit = digits.randomElement(using: &generator) else { continue }
                text[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
                changed.sections[place].payload = .bytes(text)
            default: changed.sections.remove(at: place)
            }
            guard let bytes = try? changed.serialized(), let read = Self.read(bytes) else {
                refused += 1
                continue
            }
            _ = try? read.adding(cube)
            _ = try? cube.subtracting(read)
            _ = try? read.fit("y ~ x + (1 | g)")
            _ = read.cells(withFewerRowsThan: 3)
        }
        #expect(refused > 100)
    }

    /// The cube of a file's bytes, if they are one.
    private static func read(_ bytes: [UInt8]) -> DataCube? {
        guard let archive = try? ModelArchive(bytes: bytes) else { return nil }
        return try? DataCube(archive)
    }

    @Test func descriptionSaysWhatIsThere() throws {
        let cube = try Self.cube()
        let text = ResultsReport(cube, byteCount: 12_345).rendered(as: .text)
        for part in [
            "Cube of y ~ x * f", "240 rows, 6 fixed-effects columns, 12 kB", "(Intercept), x", "a, b, c", "A note.",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        let json = ResultsReport(cube).json()
        #expect(json["nobs"]?.integer == 240)
        #expect(json["rows"]?.elements?.count == 2 && json["pairs"]?.elements?.count == 1)
    }
}
