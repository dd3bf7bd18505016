// Refits without one group, from zeroed blocks of one plan, against fits to the rows that are really left.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct GroupRefitTests {
    /// Groups, levels nested in them, a factor crossed with those inside each group, and a column for each part of a model.
    private static func table(seed: UInt64, groups: Int) throws -> DataTable {
        var generator = SeededGenerator(seed: seed)
        var g: [Int32] = []
        var h: [Int32] = []
        var c: [Int32] = []
        for group in 0..<groups {
            for _ in 0..<Int.random(in: 6..<14, using: &generator) {
                g.append(Int32(group))
                h.append(Int32(3 * group + Int.random(in: 0..<3, using: &generator)))
                c.append(Int32(2 * group + Int.random(in: 0..<2, using: &generator)))
            }
        }
        func uniform(_ size: Double) -> Double { Double.random(in: -size..<size, using: &generator) }
        let byGroup = (0..<groups).map { _ in (uniform(3), uniform(0.8)) }
        let byLevel = (0..<3 * groups).map { _ in uniform(1.5) }
        let byCrossed = (0..<2 * groups).map { _ in uniform(1) }
        let x = g.map { _ in uniform(2) }
        let y = g.indices.map { row -> Double in
            let own = byGroup[Int(g[row])]
            let slope: Double = 0.7 + own.1
            let effects: Double = own.0 + byLevel[Int(h[row])] + byCrossed[Int(c[row])]
            return 20 + effects + slope * x[row] + uniform(2)
        }
        func factor(_ name: String, _ codes: [Int32]) -> Column {
            let levels = (0...(codes.max() ?? 0)).map { "\(name)\(1000 + $0)" }
            return Column(
                name,
                .categorical(CategoricalValues(codes: codes, levels: levels, kind: .text).droppingUnusedLevels()))
        }
        return try DataTable(columns: [
            Column("y", .double(y)), Column("x", .double(x)),
            Column("w", .double(g.map { _ in Double.random(in: 0.4..<2, using: &generator) })), factor("g", g),
            factor("h", h), factor("c", c),
        ])
    }

    private static let formulas = [
        "y ~ x + (1 | g)", "y ~ x + (1 + x | g)", "y ~ 0 + x + (1 + x || g)", "y ~ x + (1 + x | g) + (1 | h)",
        "y ~ x + (1 | g) + (1 | h) + (1 | c)", "y ~ x + (1 | h) + (1 | c)",
    ]

    @Test(arguments: formulas, [false, true])
    func equalsFitsToTheRestOfTheRows(formula: String, isWeighted: Bool) throws {
        let table = try Self.table(seed: 7, groups: 11)
        let options = isWeighted ? DesignOptions(weights: try .init(parsing: "w")) : DesignOptions()
        let fit = try LinearMixedModel(formula, data: table, options: options).fit()
        let groups = try RowGroups("g", of: fit, data: table)
        let one = try fit.influence(of: groups, refitting: true, threads: 1)
        let two = try fit.influence(of: groups, refitting: true, threads: 2)
        var differences = Differences()
        for (index, deletion) in one.deletions.enumerated() {
            let own = try #require(deletion.refit)
            #expect(own.hasConverged)
            #expect(own.influence == two.deletions[index].refit?.influence)
            #expect(own.relativeVarianceChanges == two.deletions[index].refit?.relativeVarianceChanges)
            let rest = groups.codes.indices.filter { groups.codes[$0] != Int32(index) }
            let direct = try LinearMixedModel(formula, data: table.selecting(rows: rest), options: options).fit()
            let changes = zip(fit.coefficients, direct.coefficients).map { $0 - $1 }
            differences.compare(
                "\(deletion.level)", own.influence.changes, changes, relative: 1e-5,
                absolute: 1e-6 * (direct.standardErrors.max() ?? 1))
            differences.compare(
                "\(deletion.level) standardized", own.influence.standardizedChanges,
                zip(changes, direct.standardErrors).map { $0 / $1 }, relative: 1e-4, absolute: 1e-5)
            let before = fit.residualStandardDeviation
            let after = direct.residualStandardDeviation
            differences.compare(
                "\(deletion.level) residual variance", own.relativeVarianceChanges.last ?? .nan,
                after * after / (before * before) - 1, relative: 1e-5, absolute: 1e-6)
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// The order in which groups are left out does not matter: what is taken out is put back to the last bit.
    @Test func refitsDoNotRememberEachOther() throws {
        let table = try Self.table(seed: 3, groups: 40)
        let fit = try LinearMixedModel("y ~ x + (1 + x | g) + (1 | h)", data: table).fit()
        let first = try fit.influence(of: "g", refitting: true, threads: 1).deletions.map { $0.refit?.influence }
        let again = try fit.influence(of: "g", refitting: true, threads: 2).deletions.map { $0.refit?.influence }
        #expect(first == again)
        #expect(Set(first.map { $0?.cooksDistance }).count == 40)
    }
}
