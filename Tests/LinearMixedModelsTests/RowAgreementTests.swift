// The rows are asked once more whether they agree with what was computed from their sums.

import MixedDesign
import MixedSyntax
import MixedTables
import Testing

@testable import LinearMixedModels

@Suite struct RowAgreementTests {
    static let formulas = [
        "y ~ x1 * x2 + f + (1 + x2 | g) + (1 | h)", "y ~ f * d + x1 + (1 + f | h)",
        "y ~ x1 + I((x1 - 1e4)^2) + (1 | g/c)",
        "y ~ x1 + f", "log(y) ~ factor(c) * x2 + (x2 || g) + (1 | g:h)",
    ]

    private func agreement(
        _ formula: String, _ table: DataTable, options: DesignOptions = .init()
    ) throws -> RowAgreement {
        let fit = try LinearMixedModel(formula, data: table, options: options).fit()
        return try #require(fit.residuals?.agreement)
    }

    @Test(arguments: formulas) func rowsAgree(_ formula: String) throws {
        let agreement = try agreement(formula, CubeTable.rows())
        // The response is near 10⁶ with unit noise: its residuals have ten digits.
        #expect(agreement.residualSumOfSquares < 1e-10)
        #expect(agreement.largestStep < 1e-7)
        #expect(agreement.holds)
    }

    @Test func rowsWithWeightsAndOffsetsAgree() throws {
        let options = DesignOptions(
            weights: try TableExpression(parsing: "w"), offset: try TableExpression(parsing: "o"))
        let agreement = try agreement("y ~ x1 + f + (1 + x2 | g) + (1 | h)", CubeTable.rows(), options: options)
        #expect(agreement.residualSumOfSquares < 1e-10)
        #expect(agreement.largestStep < 1e-7)
    }

    @Test func singularFitsAgree() throws {
        var values = [Double]()
        for row in 0..<120 { values.append(Double((row * 7919) % 120) / 10 + (row % 2 == 0 ? 0.01 : 0)) }
        let table = try DataTable(columns: [
            Column("y", .double(values)), Column("g", .integer((0..<120).map { $0 % 12 })),
        ])
        let fit = try LinearMixedModel("y ~ 1 + (1 | g)", data: table).fit()
        let agreement = try #require(fit.residuals?.agreement)
        #expect(agreement.residualSumOfSquares < 1e-12 && agreement.largestStep < 1e-9)
    }

    /// Other rows than those of the sums: the step is about what the estimates would move by.
    @Test func otherRowsDisagree() throws {
        let table = try CubeTable.rows()
        let formula = "y ~ x1 + x2 + (1 | g)"
        let design = try ModelDesign.build(ModelFormula(parsing: formula), data: table)
        let fit = try LinearMixedModelFit(
            design: design.design, products: CrossProducts(FrameRows(design.design, design.frame)),
            method: .restrictedLikelihood, threads: 1)
        guard case .double(var response)? = table["y"]?.values else { return }
        response[17] += 0.5 * fit.residualStandardDeviation
        let columns = table.columns.map { $0.name == "y" ? Column("y", .double(response)) : $0 }
        let frame = try ModelDesign.build(
            ModelFormula(parsing: formula), data: DataTable(columns: columns)
        ).frame
        let agreement = try #require(fit.addingResiduals(of: frame).residuals?.agreement)
        #expect(!agreement.holds)
        let other = try LinearMixedModelFit(
            design: design.design, products: CrossProducts(FrameRows(design.design, frame)),
            method: .restrictedLikelihood, threads: 1)
        let moved = zip(zip(fit.coefficients, other.coefficients), fit.standardErrors).map { abs($0.0 - $0.1) / $1 }
        let longest = moved.max() ?? 0
        #expect(agreement.largestStep > 0.3 * longest && agreement.largestStep < 30 * longest)
    }
}
