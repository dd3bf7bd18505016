// The rows and names of `tidy` against those of R's broom.mixed.

import LinearMixedModels
import MixedReports
import MixedTestSupport
import Testing

@Suite struct TidyTests {
    /// A model and its rows as R gives them.
    struct Golden: Sendable, CustomTestStringConvertible {
        let formula: String
        let data: String
        let rows: [(group: String?, term: String, estimate: Double)]
        var testDescription: String { formula }
    }

    // R 4.2.2, lme4 1.1-31, broom.mixed 0.2.9.4:
    //   as.data.frame(tidy(lmer(formula, data)))[c("group", "term", "estimate")]
    // with `Block` of nlme's Oats as a plain factor. lmer stops with θ up to 10⁻⁵ off.
    static let goldens = [
        Golden(
            formula: "Reaction ~ Days + (1 + Days | Subject)", data: "sleepstudy",
            rows: [
                (nil, "(Intercept)", 251.40510485), (nil, "Days", 10.46728596),
                ("Subject", "sd__(Intercept)", 24.74065799), ("Subject", "cor__(Intercept).Days", 0.06555124),
                ("Subject", "sd__Days", 5.92213766), ("Residual", "sd__Observation", 25.59179572),
            ]),
        Golden(
            formula: "Reaction ~ Days + (1 + Days || Subject)", data: "sleepstudy",
            rows: [
                (nil, "(Intercept)", 251.405105), (nil, "Days", 10.467286), ("Subject", "sd__(Intercept)", 25.051328),
                ("Subject.1", "sd__Days", 5.988187), ("Residual", "sd__Observation", 25.565279),
            ]),
        Golden(
            formula: "yield ~ nitro + (1 | Block/Variety)", data: "oats",
            rows: [
                (nil, "(Intercept)", 81.87222), (nil, "nitro", 73.66667),
                ("Variety:Block", "sd__(Intercept)", 11.00465),
                ("Block", "sd__(Intercept)", 14.50575), ("Residual", "sd__Observation", 12.86698),
            ]),
        Golden(
            formula: "diameter ~ 1 + (1 | plate) + (1 | sample)", data: "penicillin",
            rows: [
                (nil, "(Intercept)", 22.9722222), ("plate", "sd__(Intercept)", 0.8467025),
                ("sample", "sd__(Intercept)", 1.9316138), ("Residual", "sd__Observation", 0.5499227),
            ]),
        Golden(
            formula: "Yield ~ 1 + (1 | Batch)", data: "dyestuff2",
            rows: [
                (nil, "(Intercept)", 5.665600), ("Batch", "sd__(Intercept)", 0),
                ("Residual", "sd__Observation", 3.715684),
            ]),
    ]

    @Test(arguments: goldens)
    func rowsAreThoseOfR(golden: Golden) throws {
        let table = FitReport(try ReportedFits.fit(golden.formula, golden.data)).tidy
        #expect(table.rows.map { $0[2] } == golden.rows.map { $0.group.map(ReportTable.Cell.text) ?? .missing })
        #expect(table.rows.map { $0[3] } == golden.rows.map { .text($0.term) })
        for (row, expected) in zip(table.rows, golden.rows) {
            let estimate = Self.number(row[4])
            #expect(isClose(estimate, expected.estimate, relative: 3e-4, absolute: 1e-6), "\(expected.term)")
            #expect(row[0] == (expected.group == nil ? "fixed" : "ran_pars"))
            #expect(row[1] == "cond")
        }
    }

    /// With more than two effects the correlations of each follow its standard deviation.
    @Test func correlationsFollowTheirFirstEffect() throws {
        let fit = try ReportedFits.fit("Reaction ~ Days + (1 + factor(Days > 4) + Days | Subject)", "sleepstudy")
        // R: tidy(lmer(Reaction ~ Days + (1 + f + Days | Subject))) with f <- factor(Days > 4)
        #expect(
            FitReport(fit).tidy.rows.dropFirst(2).map { $0[3] } == [
                "sd__(Intercept)", "cor__(Intercept).factor(Days > 4)TRUE", "cor__(Intercept).Days",
                "sd__factor(Days > 4)TRUE", "cor__factor(Days > 4)TRUE.Days", "sd__Days", "sd__Observation",
            ])
    }

    @Test func termsOfOneGroupAreNumbered() throws {
        let fit = try ReportedFits.fit(
            "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject) + (0 + I(Days^2) | Subject)", "sleepstudy")
        #expect(
            FitReport(fit).tidy.rows.dropFirst(2).map { $0[2] } == ["Subject", "Subject.1", "Subject.2", "Residual"])
    }

    /// R, `lm(Reaction ~ Days + I(2 * Days) + factor(Days > 4), sleepstudy)`: the third coefficient is NA.
    @Test func aliasedCoefficientsKeepTheirPlace() throws {
        let fit = try ReportedFits.fit("Reaction ~ Days + I(2 * Days) + factor(Days > 4)", "sleepstudy")
        let report = FitReport(fit)
        let rows = report.tidy.rows
        #expect(rows.map { $0[3] } == ["(Intercept)", "Days", "I(2 * Days)", "factor(Days > 4)TRUE"])
        #expect(rows[2][4...].allSatisfy { $0 == .missing })
        for (row, estimate) in [(0, 252.46935166666667), (1, 9.58041361111111), (3, 5.85335750000002)] {
            let value = Self.number(rows[row][4])
            #expect(isClose(value, estimate, relative: 1e-10))
        }
        let json = report.json()
        #expect(json["aliased"] == ["I(2 * Days)"])
        #expect(json["tidy"]?[2]?["estimate"]?.isNull == true)
    }

    @Test func csvHasUnixLines() throws {
        let csv = FitReport(try ReportedFits.fit("Reaction ~ Days", "sleepstudy")).rendered(as: .csv)
        let lines = csv.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[3].isEmpty && !csv.contains("\r"))
        #expect(
            lines[0]
                == "effect,component,group,term,estimate,std.error,df,statistic,p.value,conf.low,conf.high")
        #expect(lines[1].hasPrefix("fixed,cond,NA,(Intercept),251.405"))
    }

    private static func number(_ cell: ReportTable.Cell) -> Double {
        if case .number(let value) = cell { value } else { .nan }
    }
}
