// A fit to text that is kept in a temporary file while it is read, against one to the text where it is.

import MixedProgress
import MixedSyntax
import MixedTestSupport
import Testing

@testable import LinearMixedModels
@testable import MixedDesign
@testable import MixedTables

@Suite struct ReceivedTextFitTests {
    private static let text: [UInt8] = {
        var generator = SeededGenerator(seed: 11)
        var text = "y,x,g,late\n"
        for row in 0..<3000 {
            let group = Int.random(in: 0..<40, using: &generator)
            let x = Double.random(in: -1..<1, using: &generator)
            let y = 1 + x + Double(group % 7) * 0.3 + Double.random(in: -1..<1, using: &generator)
            // A level that the first part does not have, for which the text is read twice.
            text += "\(y),\(x),g\(group),\(row == 2500 ? "c" : row % 2 == 0 ? "a" : "b")\n"
        }
        return Array(text.utf8)
    }()

    @Test(arguments: ["y ~ x + (1 | g)", "y ~ x + late + (1 + x | g)"], [1, 2])
    func sameBits(formula: String, threads: Int) throws {
        let formula = try ModelFormula(parsing: formula)
        func fit(_ source: TextSource) throws -> (LinearMixedModelFit, StreamedDesign) {
            let stream = try TableStream(source, options: ReadingOptions(threads: threads), pieceSize: 5000)
            let rows = try #require(try StreamedDesign(formula, stream))
            #expect(rows.byteCount == 0 || rows.byteCount == Self.text.count)
            return (try LinearMixedModelFit(rows), rows)
        }
        let plain = try fit(TextSource(Self.text, named: "x.csv"))
        let input = try ByteInput(MemoryBytes(copying: Self.text, named: "x.csv"), named: "x.csv", monitor: .none)
        let received = try fit(
            TextSource(input, named: "x.csv", storage: SpoolSettings(memoryLimit: 10_000, chunkSize: 3000)))
        #expect(received.0.criterion == plain.0.criterion)
        #expect(received.0.theta == plain.0.theta)
        #expect(received.1.design.data.fingerprint == plain.1.design.data.fingerprint)
    }
}
