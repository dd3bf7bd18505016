// The goldens are there: without this, tests with no arguments would pass.

import Testing

@Suite struct GoldenFileTests {
    @Test func fileIsWhole() throws {
        let golden = try AnovaGolden.load()
        #expect(golden.cases.count >= 14)
        #expect(golden.designs.count >= 30)
        #expect(golden.linear.count >= 4)
        #expect(golden.dropped.count >= 3)
    }
}
