// Summaries stay within the width they are given, and say what has to be said of every kind of fit.

import LinearMixedModels
import MixedDesign
import MixedReports
import MixedTables
import Testing

@Suite struct SummaryWidthTests {
    static let formulas = [
        "Reaction ~ Days + (1 + Days | Subject)",
        "Reaction ~ Days + (1 + Days + I(Days > 5) + I(Days > 7) | Subject)",
        "Reaction ~ ns(Days, 5) + factor(Subject)",
        "Reaction ~ Days + (1 | Subject) + (1 + Days | Subject)",
        "Reaction ~ Days + I(Days * 1) + I(Days + Days + Days + Days + Days + Days + Days + Days + Days) + (1 | Subject)",
        "Reaction ~ 0 + (1 | Subject)",
    ]

    @Test(arguments: formulas, [40, 57, 80, 132])
    func noLineIsWider(formula: String, width: Int) throws {
        let fit = try ReportedFits.fit(formula, "sleepstudy")
        let warning = "A warning with averyveryveryveryveryveryveryveryveryverylongwordthatfitsnowhere and others."
        for line in FitReport(fit, warnings: [warning]).text(width: width).split(separator: "\n") {
            #expect(line.count <= width, "\(line)")
        }
    }

    @Test func widthsThatNobodyCanReadCountAsForty() throws {
        let report = FitReport(try ReportedFits.fit("Reaction ~ Days + (1 + Days | Subject)", "sleepstudy"))
        #expect(report.text(width: 0) == report.text(width: 40))
        #expect(report.text(width: .min) == report.text(width: 40))
        #expect(!report.text(width: .max).isEmpty)
    }

    @Test func longNamesAndLevelsLoseTheirMiddle() throws {
        let long = String(repeating: "treatment", count: 12)
        let rows = (0..<40).map { "\($0 % 7 + $0 % 3),\(long)\($0 % 2),g\($0 % 5)" }
        let table = try DataTable(parsing: Array((["y,\(long),g"] + rows).joined(separator: "\n").utf8), named: "wide")
        let text = FitReport(try LinearMixedModel("y ~ \(long) + (1 | g)", data: table).fit()).text()
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(text.contains("..."))
    }

    @Test func whatFollowsFromTheStatus() throws {
        func text(_ formula: String) throws -> String {
            FitReport(try ReportedFits.fit(formula, "sleepstudy")).text(width: 1000)
        }
        #expect(
            try text(Self.formulas[0]).contains(
                "Certified optimum: no further step could lower the criterion by more than"))
        let unidentified = try text(Self.formulas[3])
        #expect(unidentified.contains("The optimum is not unique") && unidentified.contains("What to do"))
        #expect(!(try text("Reaction ~ Days")).contains("Certified"))
    }

    @Test func widerTermsHaveTheirCorrelationsBelow() throws {
        let fit = try ReportedFits.fit(Self.formulas[1], "sleepstudy")
        #expect(FitReport(fit).text(width: 55).contains("Correlation of the effects of Subject:"))
        #expect(!FitReport(fit).text(width: 90).contains("Correlation of the effects of Subject:"))
    }

    @Test func documentsHoldBothTablesAndTheNotes() throws {
        let report = FitReport(try ReportedFits.fit("Yield ~ 1 + (1 | Batch)", "dyestuff2"))
        for format in [ReportFormat.markdown, .html, .latex] {
            let text = report.rendered(as: format)
            #expect(text.contains("Random effects") && text.contains("Linear mixed model fitted by REML"))
            #expect(text.contains("6 levels of Batch") && text.contains("Singular fit"))
            #expect(text.hasSuffix("\n"))
        }
        #expect(report.rendered(as: .html).contains("Yield ~ 1 + (1 | Batch)"))
        #expect(report.rendered(as: .latex).contains(#"\textbar{}"#))
        #expect(report.rendered(as: .markdown).contains(#"(1 \| Batch)"#))
        #expect(report.rendered(as: .text) == report.text())
        #expect(try JSONValue(parsing: report.rendered(as: .json)) == report.json())
    }
}
