// The arithmetic of cubes by itself: orders of levels, changes of basis, sums of what is remembered.

import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedDesign

@Suite struct CubeArithmeticTests {
    @Test(arguments: [
        ([["a", "c"], ["B", "d"]], LevelUnion.Order.text, ["a", "B", "c", "d"]),
        ([["2", "10"], ["1", "10", "100000"]], .numeric, ["1", "2", "10", "100000"]),
        (
            [["9007199254740993"], ["9007199254740992", "9007199254740993"]], .numeric,
            ["9007199254740992", "9007199254740993"]
        ),
        ([["-1.5", "0"], ["-2"], ["1e-3"]], .numeric, ["-2", "-1.5", "0", "1e-3"]),
        ([["Low", "High"], ["Low", "Medium", "High"]], .given, ["Low", "Medium", "High"]),
        ([["Low", "Medium", "High"], ["Medium"]], .given, ["Low", "Medium", "High"]),
        ([["3", "20"], ["7"]], .given, ["3", "7", "20"]), ([["b"], ["a"]], .given, ["a", "b"]),
        ([["b"], ["b"]], .given, ["b"]),
        ([[], ["a"]], .text, ["a"]), ([], .text, []),
    ])
    func unionsOfLevels(_ lists: [[String]], order: LevelUnion.Order, expected: [String]) {
        #expect(LevelUnion.union(lists, order: order) == expected)
    }

    @Test func contradictingOrders() {
        #expect(LevelUnion.union([["Low", "High"], ["High", "Medium", "Low"]], order: .given) == nil)
        #expect(LevelUnion.union([["Low", "High"], ["Medium", "High"]], order: .given) == nil)
    }

    /// A table with a response near 10⁶ and powers of a year, which are nearly collinear.
    static func table(_ count: Int = 400, seed: UInt64 = 4) throws -> DataTable {
        var generator = SeededGenerator(seed: seed)
        var columns: [[Double]] = [[], [], []]
        var groups: [Int] = []
        for row in 0..<count {
            let year = 1980 + 40 * Double(row) / Double(count)
            columns[0].append(1e6 + year + Double.random(in: -1...1, using: &generator))
            columns[1].append(year)
            columns[2].append(1e4 + Double.random(in: -1...1, using: &generator))
            groups.append(Int.random(in: 1...9, using: &generator))
        }
        return try DataTable(columns: [
            Column("y", .double(columns[0])), Column("year", .double(columns[1])), Column("x", .double(columns[2])),
            Column("g", .integer(groups)),
        ])
    }

    /// Cross-products of the whole and the sum of the parts', brought into one map, agree to the last digits.
    @Test(arguments: [
        "y ~ year + x + (1 + x | g)", "y ~ year + I(year^2) + I(year^3) + x + (1 | g)", "y ~ 0 + factor(g) + year + x",
        "y ~ 0 + x + (0 + x | g)",
    ])
    func sumsKeepTheirDigits(_ formula: String) throws {
        let table = try Self.table()
        // A change of basis between rotated columns loses the digits of their condition number, once and not squared.
        let digits = formula.contains("^3") ? 1e-9 : 1e-11
        let whole = try DataCube(formula, data: table).products
        let parts = try [0..<30, 30..<200, 200..<400].map {
            try DataCube(formula, data: table.selecting(rows: Array($0)))
        }
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let sum = try DataCube.merging(order.map { parts[$0] }).products
            let common = CommonTransform([sum, whole], signs: [1, 1])
            let (one, other) = (mapped(sum.fixed, common.maps[0]), mapped(whole.fixed, common.maps[1]))
            for column in 0..<one.columnCount {
                for row in 0..<one.columnCount {
                    let unit = (other[row, row] * other[column, column]).squareRoot()
                    #expect(abs(one[row, column] - other[row, column]) <= digits * unit, "\(row) \(column)")
                }
            }
            #expect(sum.independentFixedColumns() == whole.independentFixedColumns())
        }
    }

    private func mapped(_ matrix: Matrix, _ map: Matrix?) -> Matrix { map.map { matrix.congruent($0) } ?? matrix }

    @Test func meansAndSpreadsOfParts() throws {
        var generator = SeededGenerator(seed: 6)
        let values = (0..<300).map { _ in 1e6 + Double.random(in: 0...1, using: &generator) }
        let whole = NumericSummary(values)
        let parts = [values[..<7], values[7..<150], values[150...]].map { NumericSummary(Array($0)) }
        let sum = try #require(NumericSummary.sum(parts.map { ($0, 1) }))
        #expect(sum.count == 300 && sum.minimum == whole.minimum && sum.maximum == whole.maximum)
        #expect(abs(sum.mean - whole.mean) <= 1e-9 && abs(sum.standardDeviation - whole.standardDeviation) <= 1e-12)
        let rest = try #require(NumericSummary.sum([(sum, 1), (parts[1], -1)]))
        let expected = NumericSummary(Array(values[..<7] + values[150...]))
        #expect(rest.count == 157)
        #expect(abs(rest.mean - expected.mean) <= 1e-9)
        #expect(abs(rest.standardDeviation - expected.standardDeviation) <= 1e-9)
        #expect(NumericSummary.sum([(sum, 1), (sum, -1)]) == nil)
    }

    @Test func fingerprintsAreJoinedAndTakenApart() {
        let (one, other) = (Fingerprint([1, 2, 3]), Fingerprint([4, 5]))
        #expect(one.joined(with: other).removing(other) == one)
        #expect(one.joined(with: other) == Fingerprint([5, 4, 3, 2, 1]))
    }

    /// Levels of every coding written by those of every other one.
    @Test(
        arguments: [ContrastCoding.treatment, .sum, .helmert, .polynomial], [ContrastCoding.treatment, .sum, .helmert])
    func columnsUnderOtherContrasts(_ old: ContrastCoding, new: ContrastCoding) throws {
        let table = try Self.table(60)
        let formula = "y ~ factor(g) * x"
        let source = try ModelDesign.build(.init(parsing: formula), data: table, options: .init(contrasts: ["g": old]))
        let target = try ModelDesign.build(.init(parsing: formula), data: table, options: .init(contrasts: ["g": new]))
        let restriction = try #require(source.design.restriction(to: target.design))
        for (index, terms) in restriction.fixed.enumerated() {
            var sum = [Double](repeating: 0, count: 60)
            for (column, weight) in terms {
                for (row, value) in source.frame.fixedColumn(column).enumerated() { sum[row] += weight * value }
            }
            for (one, other) in zip(sum, target.frame.fixedColumn(index)) { #expect(abs(one - other) <= 1e-11 * 1e4) }
        }
    }
}
