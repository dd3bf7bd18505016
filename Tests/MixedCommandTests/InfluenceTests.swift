// `mixed influence` and `mixed robust` as processes.

import MixedModels
import Testing

@Suite struct InfluenceCommandTests {
    /// A folder with a saved model of the sleep study, one of crossed factors, and a plain line.
    private func folderWithModels() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, formula, data) in [
            ("sleep", "Reaction ~ Days + (1 + Days | Subject)", "@sleepstudy"),
            ("crossed", "diameter ~ 1 + (1 | plate) + (1 | sample)", "@penicillin"),
            ("line", "Reaction ~ Days", "@sleepstudy"),
        ] {
            let run = try CommandRun(["fit", formula, data, "--save", "\(name).mixed", "--quiet"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
        return folder
    }

    @Test func everyGroupInJSON() throws {
        let folder = try folderWithModels()
        let json = try CommandRun(["influence", "sleep.mixed", "--by", "Subject", "--format", "json"], in: folder)
            .json()
        let rows = json["rows"]?.elements ?? []
        #expect(rows.count == 18)
        #expect(
            rows[0].members?.map(\.key) == [
                "level", "nobs", "cooksd", "mdffits", "covtrace", "covratio", "leverage", "dfbeta_(Intercept)",
                "dfbeta_Days", "dfbetas_(Intercept)", "dfbetas_Days",
            ])
        #expect(rows[0]["level"]?.string == "308" && rows[0]["nobs"]?.integer == 10)
        // Goldens/influence.R: deletions$slopes[[1]].
        #expect(abs((rows[0]["cooksd"]?.number ?? 0) - 0.0924170) < 1e-5)
        #expect(json["refit"]?.boolean == false)
    }

    @Test func refitsAndText() throws {
        let folder = try folderWithModels()
        let json = try CommandRun(["influence", "sleep.mixed", "--refit", "--format", "json"], in: folder).json()
        #expect(json["rows"]?[0]?["rvc_Residual.var__Observation"]?.number != nil)
        #expect(json["rows"]?[0]?["converged"]?.boolean == true)
        let text = try CommandRun(["influence", "sleep.mixed"], in: folder)
        #expect(text.status == 0)
        #expect(text.output.contains("4/18 = 0.222, the usual rule of thumb"))
        #expect(text.output.contains("The 12 most influential of them"))
    }

    @Test func crossedGroupsNeedTheRows() throws {
        let folder = try folderWithModels()
        let without = try CommandRun(["influence", "crossed.mixed", "--by", "sample"], in: folder)
        #expect(without.status == 1)
        #expect(without.firstError.contains("'plate' is not nested in it"))
        #expect(without.errors.contains("hint: give the data file after the model"))
        let with = try CommandRun(
            ["influence", "crossed.mixed", "@penicillin", "--by", "sample", "--format", "json"], in: folder)
        #expect(try with.json()["rows"]?.elements?.count == 6)
        let other = try CommandRun(["influence", "crossed.mixed", "@sleepstudy", "--by", "sample"], in: folder)
        #expect(other.status == 1)
        let none = try CommandRun(["influence", "crossed.mixed"], in: folder)
        #expect(none.status == 1 && none.errors.contains("--by plate, or --by sample"))
    }

    @Test func singleRows() throws {
        let folder = try folderWithModels()
        let run = try CommandRun(["influence", "sleep.mixed", "@sleepstudy", "--format", "json"], in: folder)
        let rows = try run.json()["rows"]?.elements ?? []
        #expect(rows.count == 180)
        #expect(rows[0].members?.map(\.key) == ["row", ".fitted", ".resid", ".hat", ".cooksd"])
    }

    @Test func robustErrors() throws {
        let folder = try folderWithModels()
        let run = try CommandRun(["robust", "sleep.mixed", "--cluster", "Subject", "--format", "json"], in: folder)
        let rows = try run.json()["rows"]?.elements ?? []
        #expect(
            rows.first?.members?.map(\.key) == [
                "term", "estimate", "model.std.error", "std.error", "df", "statistic", "p.value", "conf.low",
                "conf.high",
            ])
        #expect(abs((rows.first?["df"]?.number ?? 0) - 17) < 1e-6)
        let line = try CommandRun(
            ["robust", "line.mixed", "@sleepstudy", "--cluster", "Subject", "--type", "CR1"], in: folder)
        #expect(line.status == 0 && line.output.contains("CR1: residuals are enlarged"))
        let missing = try CommandRun(["robust", "line.mixed", "--cluster", "Subject"], in: folder)
        #expect(missing.status == 1 && missing.errors.contains("name the data file too"))
        let crossed = try CommandRun(["robust", "crossed.mixed", "--cluster", "sample"], in: folder)
        #expect(crossed.status == 1 && crossed.firstError.contains("random effects of 'plate' reach across"))
    }
}
