// `mixed pooling` as a person would run it.

import Foundation
import MixedModels
import Testing

@Suite struct PoolingCommandTests {
    private func run(_ formula: String, _ data: String, _ arguments: String...) throws -> CommandRun {
        let folder = try TemporaryFolder()
        let fit = try CommandRun(["fit", formula, data, "--save", "m.mixed"], in: folder)
        try #require(fit.status == 0, "\(fit.errors)")
        return try CommandRun(["pooling", "m.mixed"] + arguments, in: folder)
    }

    @Test func theRowsHaveTheThreePoolingsSideBySide() throws {
        let run = try run("Reaction ~ Days + (1 + Days | Subject)", "@sleepstudy_pooling", "--format", "json")
        let rows = try #require(try run.json()["rows"]?.elements)
        #expect(rows.count == 40)
        #expect(
            rows[0].members?.map(\.key)
                == ["group", "level", "term", "complete", "none", "partial", "shrinkage", "rows"])
        let slope = try #require(rows.first { $0["level"]?.string == "373" && $0["term"]?.string == "Days" })
        #expect(slope["none"] == .null && slope["shrinkage"] == .null && slope["rows"]?.number == 1)
        #expect(slope["partial"]?.number != nil)
        let other = try #require(rows.first { $0["level"]?.string == "374" && $0["term"]?.string == "Days" })
        // R 4.2.2, lme4 1.1-31: coef(lmList(Reaction ~ Days | Subject, pooled))["374", "Days"] is 2.
        #expect(abs((other["none"]?.number ?? 0) - 2) < 1e-9)
    }

    @Test func theTextSaysWhatCannotBeEstimated() throws {
        let run = try run("Reaction ~ Days + (1 + Days | Subject)", "@sleepstudy_pooling")
        let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("Group 373 has 1 row: its own 'Days' cannot be estimated from it (NA)"))
        #expect(words.contains("Shrinkage is the share"))
    }

    @Test func aLinearModelHasNothingToPool() throws {
        let run = try run("Reaction ~ Days", "@sleepstudy")
        #expect(run.status == 1)
        #expect(run.firstError.contains("the model has no groups to pool"))
    }

    @Test func anUnknownGroupIsNamed() throws {
        let run = try run("diameter ~ 1 + (1 | plate) + (1 | sample)", "@penicillin", "--group", "samples")
        #expect(run.status == 1)
        #expect(run.errors.contains("no grouping factor 'samples'") && run.errors.contains("did you mean 'sample'?"))
    }
}
