// The same space of columns written in several orders, so that other columns are the aliased ones: every question that
// does not name those has one answer.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct AliasedLevelPropertyTests {
    /// Rows with a number that is constant within the levels of a factor, and one that is constant.
    private static func table(seed: UInt64) throws -> DataTable {
        var generator = SeededGenerator(seed: seed)
        let levelCount = Int.random(in: 2..<6, using: &generator)
        let groupCount = Int.random(in: 4..<9, using: &generator)
        let rows = 8 * levelCount + Int.random(in: 0..<20, using: &generator)
        let center = [0.0, 40, 5000][Int.random(in: 0..<3, using: &generator)]
        let sizes = (0..<levelCount).map { _ in center + Double.random(in: -3..<3, using: &generator) }
        let effects = (0..<groupCount).map { _ in 2 * Double.random(in: -1..<1, using: &generator) }
        let codes = (0..<rows).map { row in
            Int32(row < levelCount ? row : Int.random(in: 0..<levelCount, using: &generator))
        }
        let groups = (0..<rows).map { row in
            Int32(row < groupCount ? row : Int.random(in: 0..<groupCount, using: &generator))
        }
        let z = (0..<rows).map { _ in 12 + Double.random(in: -4..<4, using: &generator) }
        let y = (0..<rows).map { row in
            300 + sizes[Int(codes[row])] + 0.5 * z[row] + effects[Int(groups[row])]
                + Double.random(in: -2..<2, using: &generator)
        }
        return try DataTable(columns: [
            Column("y", .double(y)), Column("x", .double(codes.map { sizes[Int($0)] })), Column("z", .double(z)),
            Column("k", .double([Double](repeating: 7, count: rows))),
            Column("w", .double((0..<rows).map { _ in Double.random(in: 0.5..<3, using: &generator) })),
            Column(
                "f",
                .categorical(
                    CategoricalValues(codes: codes, levels: (0..<levelCount).map { "f\($0)" }, kind: .text))),
            Column(
                "g",
                .categorical(
                    CategoricalValues(codes: groups, levels: (0..<groupCount).map { "g\($0)" }, kind: .text))),
        ])
    }

    private static let orders = [
        "0 + x + f + z", "0 + z + x + f", "0 + k + f + z", "0 + k + x + f + z", "0 + x + z + k + f", "x + f + z",
    ]

    @Test(arguments: Array(1...12))
    func orderOfColumnsDoesNotMatter(seed: Int) throws {
        let table = try Self.table(seed: UInt64(seed))
        let options = seed % 3 == 0 ? DesignOptions(weights: try TableExpression(parsing: "w")) : DesignOptions()
        func model(_ fixed: String) throws -> LinearMixedModel {
            try LinearMixedModel(
                "y ~ \(fixed) + (1 | g)", data: table, method: seed % 2 == 0 ? .restrictedLikelihood : .likelihood,
                options: options)
        }
        let plain = try model("0 + f + z")
        let expected = try plain.fit()
        let place = try #require(expected.coefficientNames.firstIndex(of: "z"))
        let test = expected.inference().coefficientTests()[place]
        let influence = try expected.influence(of: "g", refitting: true)
        let robust = try expected.clusterRobust(by: "g").coefficientTests().map(\.standardError)
        for order in Self.orders {
            let own = try model(order)
            let fit = try own.fit()
            var differences = Differences()
            #expect(fit.coefficients.count == expected.coefficients.count, "\(order)")
            let index = try #require(fit.coefficientNames.firstIndex(of: "z"))
            differences.compare(
                "fitted", fit.fittedValues(own.frame), expected.fittedValues(plain.frame), relative: 1e-8)
            differences.compare(
                "sigma", fit.residualStandardDeviation, expected.residualStandardDeviation, relative: 1e-8)
            if fit.method == .likelihood {
                differences.compare("criterion", fit.criterion, expected.criterion, relative: 1e-9)
            } else {
                // Restricted likelihoods of other bases differ by the determinant of the change; their own dense one is
                // what R has, in the tests beside these.
                let adjusted = try fit.inference(.kenwardRoger).coefficientTests()[index]
                let other = try expected.inference(.kenwardRoger).coefficientTests()[place]
                differences.compare("KR error", adjusted.standardError, other.standardError, relative: 1e-6)
                differences.compare("KR df", adjusted.degreesOfFreedom, other.degreesOfFreedom, relative: 1e-5)
            }
            let found = fit.inference().coefficientTests()[index]
            differences.compare("z", found.estimate, test.estimate, relative: 1e-7)
            differences.compare("error", found.standardError, test.standardError, relative: 1e-7)
            differences.compare("df", found.degreesOfFreedom, test.degreesOfFreedom, relative: 1e-4)
            let robustOwn = try fit.clusterRobust(by: "g").coefficientTests().map(\.standardError)
            differences.compare("robust error", robustOwn[index], robust[place], relative: 1e-6)
            let deletions = try fit.influence(of: "g", refitting: true).deletions
            for (left, right) in zip(deletions, influence.deletions) {
                differences.compare(
                    "\(left.level) change", left.influence.changes[index], right.influence.changes[place],
                    relative: 1e-5, absolute: 1e-6 * test.standardError)
                differences.compare(
                    "\(left.level) cooks", left.influence.cooksDistance, right.influence.cooksDistance, relative: 1e-5,
                    absolute: 1e-8)
                differences.compare(
                    "\(left.level) refitted", left.refit?.influence.changes[index] ?? .nan,
                    right.refit?.influence.changes[place] ?? .nan, relative: 1e-4, absolute: 1e-5 * test.standardError)
            }
            #expect(differences.isEmpty, "\(order): \(differences)")
        }
    }

    @Test(arguments: [2, 4, 5])
    func likelihoodsOfCoefficients(seed: Int) throws {
        let table = try Self.table(seed: UInt64(seed))
        func fit(_ fixed: String) throws -> LinearMixedModelFit {
            try LinearMixedModel("y ~ \(fixed) + (1 | g)", data: table, method: .likelihood).fit()
        }
        let expected = try fit("0 + f + z")
        let interval = try #require(try expected.profile(["z"]).profiles.first)
        let dropped = try fit("0 + f")
        for order in ["0 + x + f + z", "0 + k + x + f + z"] {
            let own = try fit(order)
            let found = try #require(try own.profile(["z"]).profiles.first)
            #expect(isClose(found.lower.value, interval.lower.value, relative: 1e-6))
            #expect(isClose(found.upper.value, interval.upper.value, relative: 1e-6))
            // z = 0 as a hypothesis, and as a sub-model.
            let place = try #require(own.coefficientNames.firstIndex(of: "z"))
            var row = Matrix(rows: 1, columns: own.coefficients.count)
            row[0, place] = 1
            #expect(isClose(try own.likelihoodDeviance(under: row), dropped.criterion, relative: 1e-9))
            #expect(isClose(try own.droppingFixedTerm("z").criterion, dropped.criterion, relative: 1e-9))
        }
    }
}
