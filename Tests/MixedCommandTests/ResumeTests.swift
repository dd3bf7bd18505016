// Searches that begin where that of a saved model ended.

import MixedModels
import Testing

@Suite struct ResumeTests {
    private static let formula = "Reaction ~ Days + (1 + Days | Subject)"

    private func saved(_ formula: String = formula) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", formula, "@sleepstudy", "--save", "m.mixed"], in: folder)
        try #require(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func aSavedModelGoesOnWithoutData() throws {
        let folder = try saved()
        let run = try CommandRun(
            ["fit", "--resume", "m.mixed", "--save", "m.mixed", "--format", "json"], in: folder)
        try #require(run.status == 0, "\(run.errors)")
        let result = try run.json()
        #expect(result["status"]?.string == "converged")
        #expect(abs((result["criterion"]?.number ?? 0) - 1743.6282719599) < 1e-6)
        #expect(try CommandRun(["summary", "m.mixed"], in: folder).status == 0)
    }

    @Test func aRelatedModelBeginsThere() throws {
        let folder = try saved()
        let run = try CommandRun(
            [
                "fit", "Reaction ~ Days + I(Days^2) + (1 + Days | Subject)", "@sleepstudy", "--resume", "m.mixed",
                "--format", "json",
            ], in: folder)
        let alone = try CommandRun(
            ["fit", "Reaction ~ Days + I(Days^2) + (1 + Days | Subject)", "@sleepstudy", "--format", "json"], in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
        let (warm, cold) = (try run.json()["criterion"]?.number ?? 0, try alone.json()["criterion"]?.number ?? 1)
        #expect(abs(warm - cold) < 1e-8 * abs(cold))
    }

    @Test func otherTermsAreNamed() throws {
        let folder = try saved("Reaction ~ Days + (1 | Subject)")
        let run = try CommandRun(["fit", Self.formula, "@sleepstudy", "--resume", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError.contains("it has nothing for (1 + Days | Subject)"))
        #expect(run.firstError.contains("it has (1 | Subject), which the model has not"))
    }

    @Test(arguments: [["--ml"], ["--weights", "w"], ["--na", "9"], ["--levels", "a=b,c"], ["--contrasts", "a=sum"]])
    func optionsThatMakeAnotherModelAreRefused(options: [String]) throws {
        let run = try CommandRun(["fit", "--resume", "m.mixed"] + options, in: saved())
        #expect(run.status == 1)
        #expect(run.firstError.contains("\(options[0]) makes another model"))
    }

    @Test func wrongUsage() throws {
        let folder = try saved()
        #expect(try CommandRun(["fit", Self.formula, "--resume", "m.mixed"], in: folder).status == 64)
        #expect(try CommandRun(["fit"], in: folder).status == 64)
        #expect(try CommandRun(["fit", Self.formula], in: folder).status == 64)
        #expect(try CommandRun(["fit", "--resume", "nothing.mixed"], in: folder).status == 1)
        try folder.write(SmallData.schools, to: "data.csv")
        let data = try CommandRun(["fit", "--resume", "data.csv"], in: folder)
        #expect(data.status == 1 && data.firstError.contains("is not a saved model"))
    }
}
