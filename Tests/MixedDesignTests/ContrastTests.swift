// Contrast matrices against R's, and codings that do not fit.

import Testing

@testable import MixedDesign

@Suite struct ContrastTests {
    struct Reference: Decodable {
        struct Case: Decodable {
            var coding: String
            var levels: Int
            var names: [String]
            var rows: [[Double]]
        }
        var contrasts: [Case]
    }

    @Test func agreeWithR() throws {
        let reference = try Golden.load("bases.json", as: Reference.self)
        #expect(reference.contrasts.count == 16)
        for expected in reference.contrasts {
            let levels = (0..<expected.levels).map { String(UnicodeScalar(UInt8(65 + $0))) }
            let coding = try #require(ContrastCoding(named: expected.coding))
            let matrix = try coding.matrix(levels: levels)
            #expect(matrix.columnNames == expected.names)
            #expect(
                distance(matrix.rows.flatMap { $0 }, expected.rows.flatMap { $0 }) < 2e-14,
                "\(expected.coding) over \(expected.levels) levels")
        }
    }

    @Test func polynomialsStayOrthonormal() throws {
        let levels = (1...95).map { String($0) }
        let rows = try ContrastCoding.polynomial.matrix(levels: levels).rows
        for first in 0..<94 {
            #expect((rows.reduce(0.0) { $0 + $1[first] }).magnitude < 1e-13)
            for second in first..<94 {
                let product = rows.reduce(0.0) { $0 + $1[first] * $1[second] }
                #expect((product - (first == second ? 1 : 0)).magnitude < 1e-13)
            }
        }
        #expect(throws: ContrastError.tooManyLevels(count: 96)) {
            try ContrastCoding.polynomial.matrix(levels: (1...96).map { String($0) })
        }
    }

    @Test func referenceLevelGivesTheZeroRow() throws {
        let matrix = try ContrastCoding.treatment(reference: "b").matrix(levels: ["a", "b", "c"])
        #expect(matrix.columnNames == ["a", "c"])
        #expect(matrix.rows == [[1, 0], [0, 0], [0, 1]])
        #expect(throws: ContrastError.unknownReference("z", levels: ["a", "b"])) {
            try ContrastCoding.treatment(reference: "z").matrix(levels: ["a", "b"])
        }
    }

    @Test(arguments: [
        ("sum", ContrastCoding.sum), ("contr.sum", .sum), (" helmert ", .helmert), ("contr.poly", .polynomial),
        ("treatment", .treatment), ("treatment(Low)", .treatment(reference: "Low")),
        ("contr.treatment( 'Very low' )", .treatment(reference: "Very low")),
        ("treatment(a(b))", .treatment(reference: "a(b)")),
    ])
    func namesAreUnderstood(name: String, coding: ContrastCoding) {
        #expect(ContrastCoding(named: name) == coding)
    }

    @Test(arguments: ["", "summ", "sum(1)", "treatment()", "contr.", "poly(", "(", ")("])
    func otherNamesAreNot(name: String) {
        #expect(ContrastCoding(named: name) == nil)
    }

    @Test func customContrastsAreChecked() throws {
        let levels = ["a", "b", "c"]
        let good = ContrastCoding.custom(rows: [[1, 0], [0, 1], [-1, -1]], names: nil)
        #expect(try good.matrix(levels: levels).columnNames == ["1", "2"])
        let named = ContrastCoding.custom(rows: [[-1], [0], [1]], names: ["trend"])
        #expect(try named.matrix(levels: levels).columnNames == ["trend"])
        let bad: [(ContrastCoding, ContrastError)] = [
            (.custom(rows: [[1], [2]], names: nil), .wrongShape(rows: 2, columns: 1, levels: 3)),
            (
                .custom(rows: [[1, 2, 3], [0, 1, 0], [1, 0, 0]], names: nil),
                .wrongShape(rows: 3, columns: 3, levels: 3)
            ),
            (.custom(rows: [[1], [2, 1], [3]], names: nil), .wrongShape(rows: 3, columns: 1, levels: 3)),
            (.custom(rows: [[1], [2], [3]], names: ["a", "b"]), .wrongShape(rows: 3, columns: 1, levels: 3)),
            (.custom(rows: [[1], [1], [1]], names: nil), .dependentColumns),
            (.custom(rows: [[1, 3], [2, 5], [3, 7]], names: nil), .dependentColumns),
            (.custom(rows: [[1], [.nan], [1]], names: nil), .dependentColumns),
            (.custom(rows: [], names: nil), .wrongShape(rows: 0, columns: 0, levels: 3)),
        ]
        for (coding, error) in bad {
            #expect(throws: error) { try coding.matrix(levels: levels) }
            #expect(!error.sentence.isEmpty)
        }
        #expect(throws: ContrastError.tooFewLevels(count: 1)) { try ContrastCoding.sum.matrix(levels: ["a"]) }
        #expect(throws: ContrastError.tooFewLevels(count: 0)) { try ContrastCoding.sum.matrix(levels: []) }
    }
}
