// `mixed means`, `mixed slopes` and `mixed effects` as a person runs them.

import MixedModels
import Testing

@Suite struct MeansCommandTests {
    /// A folder with a saved model `m.mixed`.
    private func folder(_ formula: String, _ data: String = "@oats", _ options: String...) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", formula, data, "--save", "m.mixed", "--quiet"] + options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    private static let oats = "yield ~ factor(nitro) * Variety + (1 | Block/Variety)"

    @Test func meansAndContrasts() throws {
        let folder = try folder(Self.oats)
        let run = try CommandRun(
            ["means", "m.mixed", "--by", "Variety", "--contrasts", "pairwise", "--format", "json"], in: folder)
        let json = try run.json()
        #expect(run.status == 0, "\(run.errors)")
        #expect(json["rows"]?[0]?.members?.map(\.key) == ["Variety", "emmean", "SE", "df", "lower.CL", "upper.CL"])
        #expect(json["rows"]?.elements?.count == 3)
        let contrasts = json["contrasts"]
        #expect(
            contrasts?[0]?.members?.map(\.key) == [
                "contrast", "estimate", "SE", "df", "lower.CL", "upper.CL", "t.ratio", "p.value",
            ])
        #expect(contrasts?[0]?["contrast"]?.string == "Golden Rain - Marvellous")
        // emmeans 1.8.4.1: -5.291667
        #expect(abs((contrasts?[0]?["estimate"]?.number ?? 0) + 5.2916667) < 1e-6)
        let notes = json["notes"]?.elements?.compactMap(\.string) ?? []
        #expect(notes.contains("Averaged over nitro, all levels weighted alike."))
        #expect(notes.contains { $0.contains("Tukey's method for all pairs of 3 means") })
        #expect(notes.contains { $0.contains("interaction factor(nitro):Variety") })
    }

    @Test func simpleEffects() throws {
        let folder = try folder(Self.oats)
        let run = try CommandRun(
            [
                "means", "m.mixed", "--by", "nitro", "--within", "Variety", "--contrasts", "poly", "--joint",
                "--format", "json",
            ],
            in: folder)
        let json = try run.json()
        #expect(json["rows"]?.elements?.count == 12)
        #expect(json["contrasts"]?.elements?.count == 9)
        #expect(json["contrasts"]?[0]?["Variety"]?.string == "Golden Rain")
        #expect(json["joint_tests"]?.elements?.count == 3)
        #expect(
            json["joint_tests"]?[0]?.members?.map(\.key) == [
                "model term", "Variety", "df1", "df2", "F.ratio", "p.value",
            ])
        let text = try CommandRun(
            ["means", "m.mixed", "--by", "nitro", "--within", "Variety", "--contrasts", "poly"], in: folder)
        #expect(text.output.contains("Marginal means of yield by nitro and Variety"))
        #expect(text.output.contains("quadratic"))
    }

    @Test func ownContrasts() throws {
        let folder = try folder(Self.oats)
        let run = try CommandRun(
            [
                "means", "m.mixed", "--by", "nitro", "--contrast", "some vs none: -3 1 1 1", "--contrast",
                "sum: 1 1 1 1",
                "--adjust", "holm", "--df", "kenward-roger", "--format", "json",
            ], in: folder)
        let json = try run.json()
        #expect(run.status == 0, "\(run.errors)")
        #expect(json["contrasts"]?[0]?["contrast"]?.string == "some vs none")
        let notes = json["notes"]?.elements?.compactMap(\.string) ?? []
        #expect(notes.contains { $0.hasPrefix("The weights of 'sum' do not sum to zero") })
        #expect(notes.contains { $0.contains("Holm") })
        #expect(notes.contains { $0.contains("Kenward") })
    }

    @Test func responseScale() throws {
        let folder = try folder("log(yield) ~ Variety + (1 | Block)")
        let run = try CommandRun(
            [
                "means", "m.mixed", "--by", "Variety", "--bias-adjust", "total", "--contrasts", "pairwise", "--format",
                "json",
            ],
            in: folder)
        let json = try run.json()
        #expect(json["rows"]?[0]?["response"]?.number ?? 0 > 80)
        #expect((json["rows"]?[0]?["bias.adjusted"]?.number ?? 0) > (json["rows"]?[0]?["response"]?.number ?? 0))
        #expect(json["contrasts"]?[0]?["ratio"] != nil)
        #expect(json["contrasts"]?[0]?["contrast"]?.string == "Golden Rain / Marvellous")
        let text = try CommandRun(["means", "m.mixed", "--by", "Variety"], in: folder)
        #expect(text.output.contains("--response shows them on the response's own scale"))
    }

    @Test func slopes() throws {
        let folder = try folder("distance ~ age * Sex + (age | Subject)", "@orthodont")
        let run = try CommandRun(
            ["slopes", "m.mixed", "--of", "age", "--by", "Sex", "--contrasts", "pairwise", "--format", "json"],
            in: folder)
        let json = try run.json()
        #expect(json["rows"]?[0]?.members?.map(\.key) == ["Sex", "age.trend", "SE", "df", "lower.CL", "upper.CL"])
        #expect(json["contrasts"]?.elements?.count == 1)
        let text = try CommandRun(["slopes", "m.mixed", "--of", "age", "--by", "Sex"], in: folder)
        #expect(text.output.hasPrefix("Slopes of age by Sex, for distance\n"))
    }

    @Test func johnsonNeyman() throws {
        let folder = try folder("angle ~ as.numeric(temp) * replicate + (1 | recipe)", "@cake")
        let run = try CommandRun(["slopes", "m.mixed", "--of", "temp", "--johnson-neyman", "replicate"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Johnson-Neyman regions of replicate"))
        let sentences = run.output.split(separator: "\n").joined(separator: " ")
        #expect(sentences.contains("everywhere within the data; in the data replicate goes from 1 to 15."))
    }

    @Test func effects() throws {
        let folder = try folder("distance ~ age * Sex + (age | Subject)", "@orthodont")
        let run = try CommandRun(
            ["effects", "m.mixed", "--terms", "age [8:14 by=2], Sex", "--format", "json"], in: folder)
        let rows = try run.json()["rows"]?.elements ?? []
        #expect(rows.count == 8)
        #expect(rows[0].members?.map(\.key) == ["x", "predicted", "std.error", "conf.low", "conf.high", "group"])
        let csv = try CommandRun(["effects", "m.mixed", "--terms", "age", "--average", "--format", "csv"], in: folder)
        #expect(csv.output.hasPrefix("x,predicted,std.error,conf.low,conf.high\n"))
    }

    @Test(
        arguments: [
            (
                ["means", "--by", "variety"],
                "error: 'variety' is not a variable of the model's fixed effects\n  hint: did you mean 'Variety'?\n"
            ),
            (
                ["means", "--by", "Block"],
                "error: 'Block' is a grouping factor of the random effects; marginal means are averages over its levels\n"
            ),
            (["means", "--by", "Variety", "--at", "nitro=0.3"], "error: 'nitro' has no level '0.3'\n"),
            (["means", "--by", "Variety", "--at", "Variety"], "error: --at: There is no '=' after 'Variety'\n"),
            (
                ["means", "--by", "nitro", "--contrast", "a: 1 -1"],
                "error: The contrast 'a' has 2 weights for 4 means\n"
            ),
            (["means", "--by", "nitro", "--contrast", "a: one two"], "error: 'a: one two' is not a contrast\n"),
            (["means", "--by", "nitro,,Variety"], "error: --by: A value is missing here\n"),
            (["slopes", "--of", "Variety"], "error: 'Variety' has levels; a slope is of a variable of numbers\n"),
            (["effects", "--terms", "Variety [Low"], "error: 'Variety [Low': a bracket is never closed\n"),
        ] as [([String], String)])
    func badInput(_ arguments: [String], _ beginning: String) throws {
        let folder = try folder(Self.oats)
        let run = try CommandRun([arguments[0], "m.mixed"] + arguments.dropFirst(), in: folder)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix(beginning), "\(run.errors)")
    }

    @Test(
        arguments: [
            ["means", "--adjust", "holm"], ["means", "--contrasts", "all"], ["means", "--reference", "a"],
            ["means", "--contrasts", "poly", "--contrast", "a: 1 -1"], ["effects"], ["slopes"],
        ])
    func wrongUsage(_ arguments: [String]) throws {
        let run = try CommandRun([arguments[0], "m.mixed"] + arguments.dropFirst())
        #expect(run.status == 64)
    }

    @Test func cellsWithoutData() throws {
        let folder = try TemporaryFolder()
        var rows = ["y,a,b,g"]
        for row in 0..<60 where !(row % 3 == 2 && row % 2 == 1) {
            rows.append("\(10 + row % 3 + row % 7),a\(row % 3),b\(row % 2),g\(row % 5)")
        }
        try folder.write(rows.joined(separator: "\n") + "\n", to: "d.csv")
        _ = try CommandRun(["fit", "y ~ a * b + (1 | g)", "d.csv", "--save", "m.mixed"], in: folder)
        let run = try CommandRun(["means", "m.mixed", "--by", "a", "--contrasts", "pairwise"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Not estimable (NA): a = a2: there are no rows with a = a2, b = b1."))
        #expect(run.output.contains("NA"))
    }
}
