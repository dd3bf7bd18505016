// Reading: what files of every kind become.

import MixedTables
import Testing

@testable import MixedTables

@Suite struct ScratchSpeed {
    @Test func speed() throws {
        let clock = ContinuousClock()
        for path in ["/work/shared/data/standard/insteval.csv", "/tmp/tables-big.csv", "/tmp/tables-17.csv"] {
            for _ in 0..<3 {
                let start = clock.now
                let table = try DataTable(contentsOf: path)
                print(path, table.rowCount, table.columns.map { "\($0.name)" }, clock.now - start)
            }
        }
    }
}
