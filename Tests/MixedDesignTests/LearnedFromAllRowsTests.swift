// Means, knots and orthogonal polynomials come from all rows in which the variable itself is known, as in R.

import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedDesign

@Suite struct LearnedFromAllRowsTests {
    /// R 4.2.2, with d <- data.frame(y = c(1,3,2,5,4,6,8,7), x = c(1:7, NA), z = c(NA,1,2,1,2,1,2,1)):
    /// model.matrix(y ~ scale(x) + z, d), model.matrix(y ~ ns(x, df = 2) + z, d), and model.matrix(y ~ poly(x, 2) + z,
    /// d[1:7, ]): row 1 is left out for z and still counts in what is learned.
    @Test(arguments: [
        ("y ~ scale(x) + z", 8, 1, [-0.92582010, -0.46291005, 0, 0.46291005, 0.92582010, 1.38873015]),
        ("y ~ poly(x, 2) + z", 7, 1, [-0.37796447, -0.18898224, 0, 0.18898224, 0.37796447, 0.56694671]),
    ])
    func rowsDroppedForOthersCount(formula: String, rows: Int, column: Int, expected: [Double]) throws {
        let table = try DataTable(columns: [
            Column("y", .double([1, 3, 2, 5, 4, 6, 8, 7])), Column("x", .double([1, 2, 3, 4, 5, 6, 7, .nan])),
            Column("z", .double([.nan, 1, 2, 1, 2, 1, 2, 1])),
        ]).selecting(rows: Array(0..<rows))
        let built = try ModelDesign.build(ModelFormula(parsing: formula), data: table)
        #expect(built.frame.rowCount == 6)
        for (got, wanted) in zip(built.frame.fixedColumn(column), expected) { #expect(abs(got - wanted) < 1e-8) }
    }
}
