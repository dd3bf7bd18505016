// The columns of poly, ns, bs and scale against R's, on training data, on new data, and where they cannot be made.

import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct BasisTests {
    struct Reference: Decodable {
        struct Case: Decodable, Sendable, CustomTestStringConvertible {
            var call: String
            var names: [String]
            var trained: [[Double]]
            var predicted: [[Double]]
            var testDescription: String { call }
        }
        var x: [Double]
        var new: [Double]
        var bases: [Case]
    }

    static let reference = try? Golden.load("bases.json", as: Reference.self)

    @Test func referenceIsComplete() { #expect(Self.reference?.bases.count == 24) }

    @Test(arguments: reference?.bases ?? []) func agreesWithR(expected: Reference.Case) throws {
        let reference = try #require(Self.reference)
        let y = reference.x.indices.map { Double($0 * $0) }
        let table = try DataTable(columns: [Column("y", .double(y)), Column("x", .double(reference.x))])
        let formula = try ModelFormula(parsing: "y ~ \(expected.call)")
        let (design, frame) = try ModelDesign.build(formula, data: table)
        #expect(Array(design.fixedColumnNames.dropFirst()) == expected.names)
        let trained = (1..<frame.fixedColumnCount).map { frame.fixedColumn($0) }
        #expect(distance(trained.flatMap { $0 }, expected.trained.flatMap { $0 }) < 1e-12)
        let new = try design.frame(
            for: DataTable(columns: [Column("x", .double(reference.new))]), containing: .prediction)
        let predicted = (1..<new.fixedColumnCount).map { new.fixedColumn($0) }
        // Far beyond the knots a cubic multiplies rounding errors.
        #expect(distance(predicted.flatMap { $0 }, expected.predicted.flatMap { $0 }) < 1e-11)
    }

    @Test func quantilesAreOfTypeSeven() throws {
        let sample = try SplineSample([3, 1, 2, .nan, 10, 4], function: "ns")
        #expect(sample.sorted == [1, 2, 3, 4, 10])
        #expect(distance(sample.quantileKnots(2, boundary: (1, 10)), [2 + 1.0 / 3, 3 + 2.0 / 3]) < 1e-15)
        #expect(distance(sample.quantileKnots(3, boundary: (1, 10)), [2, 3, 4]) < 1e-15)
        #expect(sample.quantileKnots(1, boundary: (2, 4)) == [3])
        #expect(sample.quantileKnots(0, boundary: (1, 10)) == [])
    }

    @Test func polynomialsAreOrthonormalFarFromZero() throws {
        let x = (0..<200).map { 1e6 + Double($0 * $0 % 97) }
        let basis = try PolynomialBasis(training: x, degree: 6)
        let columns = basis.columns(at: x)
        for first in 0..<6 {
            #expect(columns[first].reduce(0, +).magnitude < 1e-8)
            for second in first..<6 {
                let product = zip(columns[first], columns[second]).reduce(0.0) { $0 + $1.0 * $1.1 }
                #expect((product - (first == second ? 1 : 0)).magnitude < 1e-8)
            }
        }
    }

    @Test func bSplinesSumToOneWithDerivativesToZero() {
        let splines = BSplines(order: 4, interior: [1, 2, 2, 5], boundary: (0, 7))
        #expect(splines.count == 8)
        for x in [0.0, 0.5, 1, 2, 3.3, 5, 6.9, 7] {
            #expect((splines.values(at: x).reduce(0, +) - 1).magnitude < 1e-14)
            #expect(splines.values(at: x, derivative: 1).reduce(0, +).magnitude < 1e-13)
            #expect(splines.values(at: x, derivative: 2).reduce(0, +).magnitude < 1e-12)
            var local = [0.0, 0, 0, 0]
            let interval = splines.interval(holding: x)
            splines.evaluate(at: x, interval: interval, into: &local)
            #expect(distance(local, Array(splines.values(at: x)[(interval - 3)...interval])) < 1e-14)
        }
        #expect(splines.values(at: 3, derivative: 4) == [Double](repeating: 0, count: 8))
    }

    @Test func missingValuesStayMissing() throws {
        var raised: Int?
        let x = [1, 2, 3, 4, 5, 7, .nan, 9.5]
        let bases: [TrainedBasis] = [
            .polynomial(try PolynomialBasis(training: x, degree: 2)),
            .polynomial(PolynomialBasis(rawDegree: 2)),
            .naturalSpline(
                try NaturalSplineBasis(
                    training: x, df: 3, knots: nil, intercept: false, boundary: nil, raised: &raised)),
            .spline(
                try SplineBasis(
                    training: x, df: 5, knots: nil, degree: 3, intercept: true, boundary: nil, raised: &raised)),
        ]
        for basis in bases {
            let columns = basis.columns(at: x)
            #expect(columns.count == basis.columnCount)
            for column in columns {
                #expect(column[6].isNaN)
                #expect(column.filter(\.isNaN).count == 1)
            }
            #expect(basis.columns(at: []).allSatisfy { $0.isEmpty })
        }
        #expect(raised == nil)
    }

    @Test(arguments: [
        ("poly(x, 6)", "needs at least 7 distinct values"),
        ("poly(x, 0)", "'degree' must be a whole number of at least 1"),
        ("poly(x, \"a\")", "'degree' must be numbers"),
        ("poly(x, 2, 3, 4, 5, 6)", "too many arguments"),
        ("poly(x, z)", "several variables"),
        ("poly()", "needs a variable"),
        ("poly(t, 2)", "'t' is text where a number is needed: row 1 has 'p'"),
        ("ns(x, df = 3, wiggle = 1)", "has no argument 'wiggle'"),
        ("ns(x, knots = c(1, 99))", "must lie between"),
        ("ns(x, Boundary.knots = 3)", "must be two numbers"),
        ("ns(x, intercept = 2)", "must be TRUE or FALSE"),
        ("ns(one, 2)", "at least two distinct values"),
        ("bs(x, degree = 0)", "at least 1"),
        ("bs(x, df = 1e9)", "whole number"),
        ("scale(one)", "constant variable cannot be scaled"),
        ("log(poly(x, 2))", "cannot stand inside another expression"),
        ("I(ns(x, 3)^2)", "cannot stand inside another expression"),
        ("poly(bs(x), 2)", "cannot stand inside another expression"),
        ("offset(poly(x, 2))", "several columns where one is needed"),
    ])
    func unsuitableCallsAreRefused(call: String, message: String) throws {
        let table = try DataTable(columns: [
            Column("y", .double([1, 5, 2, 8, 4, 4])), Column("x", .double([1, 2, 3, 4, 5, 6])),
            Column("z", .double([1, 2, 2, 4, 5, 6])), Column("one", .double([1, 1, 1, 1, 1, 1])),
            Column("t", text(["p", "q", "p", "q", "p", "q"])),
        ])
        let formula = try ModelFormula(parsing: "y ~ \(call)")
        let error = #expect(throws: DesignError.self) { try ModelDesign.build(formula, data: table) }
        let text = try #require(error).description
        #expect(text.contains(message), "\(text)")
        #expect(text.contains("y ~ "))
    }

    @Test func tooFewDegreesOfFreedomAreRaisedAndSaid() throws {
        let formula = try ModelFormula(parsing: "y ~ bs(x, df = 2) + ns(z, df = 0)")
        let (design, _) = try ModelDesign.build(formula, data: ReferenceTable.table)
        #expect(design.fixedColumnNames.count == 1 + 3 + 1)
        #expect(
            design.notes == [
                .raisedDegreesOfFreedom(variable: "bs(x, df = 2)", used: 3),
                .raisedDegreesOfFreedom(variable: "ns(z, df = 0)", used: 1),
            ])
    }

    @Test func valuesBeyondTheKnotsAreSaid() throws {
        let formula = try ModelFormula(parsing: "y ~ bs(x, df = 4, Boundary.knots = c(2, 8))")
        let (design, _) = try ModelDesign.build(formula, data: ReferenceTable.table)
        guard case .beyondBoundaryKnots(_, let rows) = design.notes.first else {
            Issue.record("no note")
            return
        }
        #expect(rows > 0)
    }
}
