// Saving a model and asking it: what comes back is what was fitted, and damaged files are refused.

import MixedModels
import Testing

@Suite struct SavedModelTests {
    private static let formula = "Reaction ~ Days + (1 + Days | Subject)"

    /// A folder with the saved model `m.mixed`.
    private func folderWithModel() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", Self.formula, "@sleepstudy", "--save", "m.mixed"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func summaryIsThatOfTheFit() throws {
        let folder = try folderWithModel()
        let fitted = try CommandRun(["fit", Self.formula, "@sleepstudy"], in: folder)
        let saved = try CommandRun(["summary", "m.mixed"], in: folder)
        #expect(saved.status == 0)
        #expect(saved.errors == "")
        #expect(saved.output == fitted.output)
    }

    @Test func summaryTakesOptions() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(["summary", "m.mixed", "--df", "residual", "--format", "json"], in: folder)
        #expect(try run.json()["tidy"]?[0]?["df"]?.number == 178)
        #expect(try run.json()["seconds"]?.isNull == true)
    }

    @Test func notesAreSavedToo() throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        let options = ["--levels", "SES=Low,High", "--save", "m.mixed", "--quiet"]
        #expect(try CommandRun(["fit", "score ~ SES", "data.csv"] + options, in: folder).status == 0)
        let run = try CommandRun(["summary", "m.mixed"], in: folder)
        #expect(run.errors.contains("note: --levels: 10 values of 'SES' not among the levels given"))
        #expect(run.output.contains("10 values of 'SES'"))
    }

    @Test func randomEffects() throws {
        let folder = try folderWithModel()
        let json = try CommandRun(["ranef", "m.mixed", "--format", "json"], in: folder).json()
        let rows = json["rows"]?.elements ?? []
        #expect(rows.count == 36)
        #expect(rows[0].members?.map(\.key) == ["group", "level", "term", "estimate", "std.error"])
        #expect(rows[0]["level"]?.string == "308")
        // lme4 1.1-31: ranef(lmer(Reaction ~ Days + (1 + Days | Subject), sleepstudy))$Subject[1, 1]
        #expect(abs((rows[0]["estimate"]?.number ?? 0) - 2.2585509) < 1e-3)
        let text = try CommandRun(["ranef", "m.mixed"], in: folder)
        #expect(text.status == 0)
        #expect(text.output.contains("308"))
    }

    @Test func groupCoefficients() throws {
        let folder = try folderWithModel()
        let rows = try CommandRun(["coef", "m.mixed", "--format", "json"], in: folder).json()["rows"]?.elements ?? []
        #expect(rows.count == 36)
        #expect(abs((rows[0]["estimate"]?.number ?? 0) - 253.66366) < 1e-3)
        let csv = try CommandRun(["coef", "m.mixed", "--format", "csv", "-o", "c.csv"], in: folder)
        #expect(csv.status == 0)
        #expect(csv.output == "")
        #expect(try folder.text("c.csv").hasPrefix("group,level,term,estimate"))
    }

    @Test func modelsWithoutRandomEffects() throws {
        let folder = try TemporaryFolder()
        _ = try CommandRun(["fit", "Reaction ~ Days", "@sleepstudy", "--save", "lm.mixed"], in: folder)
        for subcommand in ["summary", "ranef", "coef"] {
            let run = try CommandRun([subcommand, "lm.mixed"], in: folder)
            #expect(run.status == 0, "\(subcommand)")
            #expect(!run.output.isEmpty)
        }
    }

    // MARK: Files that are no models

    @Test func missingModel() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(["summary", "n.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(run.errors == "error: n.mixed: there is no such file; did you mean 'm.mixed'?\n")
    }

    @Test func dataInsteadOfAModel() throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        let run = try CommandRun(["summary", "data.csv"], in: folder)
        #expect(run.status == 1)
        #expect(
            run.errors == """
                error: 'data.csv' is not a saved model
                  hint: a model is saved by: mixed fit FORMULA DATA --save FILE

                """)
    }

    @Test func formulaInsteadOfAModel() throws {
        let run = try CommandRun(["ranef", "y ~ x"])
        #expect(run.status == 1)
        #expect(run.firstError == "error: 'y ~ x' is a formula, and a saved model is needed")
    }

    @Test(arguments: [0.02, 0.3, 0.5, 0.9, 0.999])
    func truncatedModel(_ share: Double) throws {
        let folder = try folderWithModel()
        let bytes = try folder.bytes("m.mixed")
        try folder.write(Array(bytes.prefix(Int(Double(bytes.count) * share))), to: "m.mixed")
        let run = try CommandRun(["summary", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(
            run.errors == "error: 'm.mixed' is cut short: part of the saved model is missing. Save the model again\n")
    }

    @Test func damagedModel() throws {
        let folder = try folderWithModel()
        var bytes = try folder.bytes("m.mixed")
        bytes[bytes.count / 2] ^= 0x10
        try folder.write(bytes, to: "m.mixed")
        let run = try CommandRun(["coef", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError.hasPrefix("error: 'm.mixed' is damaged: its checksum does not match"))
    }

    @Test func modelOfANewerVersion() throws {
        let folder = try folderWithModel()
        var bytes = try folder.bytes("m.mixed")
        // The version is the number after the ten bytes of the mark; the preamble ends in its checksum.
        bytes[10] = 99
        let checksum = Self.crc32(bytes.prefix(26))
        for index in 0..<4 { bytes[26 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        try folder.write(bytes, to: "m.mixed")
        let run = try CommandRun(["summary", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(
            run.firstError
                == "error: 'm.mixed' was written by a newer version (format 99); this is format 2: update mixed")
    }

    /// The checksum of zlib and PNG, bit by bit.
    private static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
        }
    }
}
