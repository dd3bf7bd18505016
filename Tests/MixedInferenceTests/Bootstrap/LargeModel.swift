// A model of many rows, made without a file.

import LinearMixedModels
import MixedDesign
import MixedNumerics
import MixedTables

enum LargeModel {
    /// `y ~ x + (x | g)` on a million rows in 10,000 groups.
    static func fit(rows: Int = 1_000_000, groups: Int = 10_000) throws -> LinearMixedModelFit {
        var stream = RandomStream(seed: 4)
        let effects = (0..<groups).map { _ in (0.5 * stream.nextNormal(), 0.2 * stream.nextNormal()) }
        let x = stream.normals(rows)
        let codes = (0..<rows).map { Int32($0 % groups) }
        let y = (0..<rows).map { row in
            let effect = effects[Int(codes[row])]
            return 1 + effect.0 + (0.3 + effect.1) * x[row] + stream.nextNormal()
        }
        let levels = (0..<groups).map { "g\($0)" }
        let table = try DataTable(columns: [
            Column("y", .double(y)), Column("x", .double(x)),
            Column("g", .categorical(.init(codes: codes, levels: levels, kind: .factor))),
        ])
        return try LinearMixedModel("y ~ x + (x | g)", data: table).fit()
    }
}
