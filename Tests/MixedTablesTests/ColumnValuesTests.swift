// Columns: missing values, doubles, factors.

import Testing

@testable import MixedTables

@Suite struct ColumnValuesTests {
    static let missing = ColumnValues.missingInteger

    @Test func missingValuesAreFoundInEveryType() throws {
        for column in try Golden.table().columns {
            let rows = (0..<6).filter { column.values.isMissing(at: $0) }
            #expect(column.values.missingCount == rows.count)
            #expect(rows.count == (column.name == "b" ? 2 : 1))
        }
    }

    @Test func doublesOfNumbers() throws {
        #expect(try ColumnValues.integer([1, -2]).doubles(named: "x") == [1, -2])
        #expect(try ColumnValues.boolean([1, 0]).doubles(named: "x") == [1, 0])
        #expect(try ColumnValues.integer([Self.missing]).doubles(named: "x")[0].isNaN)
        #expect(try ColumnValues.boolean([-1]).doubles(named: "x")[0].isNaN)
        #expect(try ColumnValues.texts([nil, nil]).doubles(named: "x").allSatisfy(\.isNaN))
    }

    @Test func doublesOfTextNameTheFirstThatIsNone() {
        #expect(throws: TableError.notNumeric(column: "x", row: 3, value: "two")) {
            try ColumnValues.texts(["1", nil, "two", "three"]).doubles(named: "x")
        }
        #expect(throws: TableError.notNumeric(column: "x", row: 2, value: "1")) {
            try ColumnValues.texts([nil, "1"]).doubles(named: "x")
        }
    }

    @Test func factorsOfNumbersSortAsNumbers() {
        let doubles = ColumnValues.double([10, 9, 1e5, 0.1 + 0.2, 0.3, -0.0, 0, .nan, -2, 1.0 / 3]).asCategorical()
        #expect(doubles.levels == ["-2", "0", "0.3", "0.333333333333333", "9", "10", "1e+05"])
        #expect(doubles.codes == [5, 4, 6, 2, 2, 1, 1, -1, 0, 3])
        #expect(doubles.kind == .factor)
        let integers = ColumnValues.integer([10, 9, 100_000, Self.missing, -1, 9]).asCategorical()
        #expect(integers.levels == ["-1", "9", "10", "100000"])
        #expect(integers.codes == [2, 1, 3, -1, 0, 1])
        // Far apart, and at the limits of Int.
        let wide = ColumnValues.integer([Int.max, Int.min + 1, 0, Self.missing]).asCategorical()
        #expect(wide.levels == ["-9223372036854775807", "0", "9223372036854775807"])
        #expect(wide.codes == [2, 0, 1, -1])
        #expect(ColumnValues.integer([Self.missing]).asCategorical().levels == [])
        #expect(ColumnValues.double([.nan]).asCategorical().codes == [-1])
    }

    @Test func factorsOfTruthValuesAndText() {
        let truths = ColumnValues.boolean([1, 0, -1]).asCategorical()
        #expect(truths.levels == ["FALSE", "TRUE"] && truths.codes == [1, 0, -1])
        #expect(ColumnValues.boolean([1, 1]).asCategorical().levels == ["TRUE"])
        let text = ColumnValues.texts(["b", "A", nil, "a", "_", "10", "9"]).asCategorical()
        #expect(text.levels == ["_", "10", "9", "a", "A", "b"])
        #expect(text.codes == [5, 4, -1, 3, 0, 1, 2])
    }

    @Test func textForgetsLevelsThatDoNotOccur() {
        let text = ColumnValues.texts(["b", "a", "c"]).selecting(rows: [2, 0, 2])
        #expect(text.asCategorical().levels == ["b", "c"])
        #expect(text.asCategorical().codes == [1, 0, 1])
        let factor = CategoricalValues(codes: [1], levels: ["x", "y"], kind: .factor)
        #expect(factor.asFactor() == factor)
        #expect(factor.droppingUnusedLevels().levels == ["y"])
    }

    @Test func crossingsOfManyLevelsKeepThoseThatOccur() {
        let many = CategoricalValues(codes: Array(0..<1000), levels: (0..<1000).map { "l\($0)" }, kind: .factor)
        let crossed = CategoricalValues.crossing(many, many)
        #expect(crossed.levels.count == 1000 && crossed.levels[7] == "l7:l7")
        #expect(crossed.codes == Array(0..<1000))
    }
}
