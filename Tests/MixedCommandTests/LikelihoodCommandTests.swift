// `mixed compare`, `mixed ranova` and `mixed confint` as a person runs them.

import MixedModels
import Testing

@testable import mixed

@Suite struct LikelihoodCommandTests {
    private func folder(_ models: [(name: String, formula: String)], data: String = "@sleepstudy") throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        for (name, formula) in models {
            let run = try CommandRun(["fit", formula, data, "--save", name, "--quiet"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
        return folder
    }

    private static let pair = [
        ("b.mixed", "Reaction ~ Days + (1 + Days | Subject)"), ("a.mixed", "Reaction ~ Days + (1 | Subject)"),
    ]

    @Test func comparesModels() throws {
        let folder = try folder(Self.pair)
        let run = try CommandRun(["compare", "b.mixed", "a.mixed"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("fitted again by maximum likelihood instead of REML"))
        #expect(run.output.contains("1/2 chisq(1) + 1/2 chisq(2)"))
        // One block, with what tells models apart.
        #expect(run.output.contains("Model    npar      AIC      BIC   Chisq  Df   Naive p  Corrected\n"))
        let json = try CommandRun(["compare", "b.mixed", "a.mixed", "--format", "json"], in: folder).json()
        let rows = json["rows"]?.elements ?? []
        #expect(rows.count == 2)
        #expect(
            rows[1].members?.map(\.key).starts(with: [
                "model", "npar", "AIC", "BIC", "logLik", "deviance", "statistic", "df", "p.value",
            ]) == true)
        // By the number of parameters, whatever the order of the arguments.
        #expect(rows[0]["model"]?.string == "a.mixed" && rows[1]["npar"]?.number == 6)
        #expect(abs((rows[1]["statistic"]?.number ?? 0) - 42.1392985) < 1e-5)
        let reml = try CommandRun(["compare", "a.mixed", "b.mixed", "--reml", "--format", "json"], in: folder).json()
        #expect(abs((reml["rows"]?.elements?[1]["statistic"]?.number ?? 0) - 42.8368134) < 1e-5)
        #expect(reml["refitted"]?.elements?.isEmpty == true)
    }

    @Test func comparesBySimulation() throws {
        let folder = try folder(Self.pair + [("c.mixed", "Reaction ~ 1 + (1 | Subject)")])
        let options = ["compare", "c.mixed", "a.mixed", "b.mixed", "--bootstrap", "200", "--seed", "3"]
        let run = try CommandRun(options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Bootstrap\n"))
        // Lines break where they must.
        let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("200 responses were simulated from the smaller of two models with the seed 3"))
        // No bar where there is no terminal.
        #expect(!run.errors.contains("[#"))
        let json = try CommandRun(options + ["--threads", "1", "--format", "json"], in: folder).json()
        let again = try CommandRun(options + ["--threads", "2", "--format", "json"], in: folder).json()
        #expect(json == again)
        let rows = json["rows"]?.elements ?? []
        // Not one of the simulated statistics comes near those of the data.
        #expect(rows.dropFirst().compactMap { $0["p.bootstrap"]?.number } == [1.0 / 201, 1.0 / 201])
        #expect(rows[0]["p.bootstrap"]?.number == nil)
        #expect(json["bootstrap"]?["replicates"]?.number == 200 && json["bootstrap"]?["seed"]?.number == 3)
        let few = try CommandRun(["compare", "a.mixed", "b.mixed", "--bootstrap", "1"], in: folder)
        #expect(few.status == 1 && few.firstError.contains("at least 2 replicates"))
        let many = try CommandRun(["compare", "a.mixed", "b.mixed", "--bootstrap", "\(Int.max)"], in: folder)
        #expect(many.status == 1 && many.firstError.contains("at most 10000000 replicates"))
        for wrong in [
            ["--bootstrap", "20", "--reml"], ["--seed", "2"], ["--bootstrap", "many"], ["--threads", "0"],
        ] {
            #expect(try CommandRun(["compare", "a.mixed", "b.mixed"] + wrong, in: folder).status == 64)
        }
    }

    /// Models of which neither is part of the other have no test to simulate.
    @Test func modelsThatAreNotNestedAreNotSimulated() throws {
        let folder = try folder(
            [
                ("a.mixed", "distance ~ age + (1 | Subject)"), ("b.mixed", "distance ~ Sex + (age | Subject)"),
            ], data: "@orthodont")
        let run = try CommandRun(
            ["compare", "a.mixed", "b.mixed", "--bootstrap", "20", "--format", "json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["rows"]?.elements?[1]["p.bootstrap"] == nil)
    }

    @Test func refusesBadComparisons() throws {
        let folder = try folder(
            Self.pair + [
                ("log.mixed", "log(Reaction) ~ Days + (1 | Subject)"), ("none.mixed", "Reaction ~ 1 + (1 | Subject)"),
            ])
        let one = try CommandRun(["compare", "a.mixed"], in: folder)
        #expect(one.status == 1 && one.firstError.contains("at least two models"))
        let other = try CommandRun(["compare", "a.mixed", "log.mixed"], in: folder)
        #expect(other.status == 1 && other.firstError.contains("different responses"))
        let rows = try CommandRun(
            [
                "fit", "Reaction ~ Days + (1 | Subject)", "@sleepstudy", "--where", "Days > 0", "--save", "rows.mixed",
                "--quiet",
            ],
            in: folder)
        #expect(rows.status == 0)
        let fewer = try CommandRun(["compare", "a.mixed", "rows.mixed"], in: folder)
        #expect(fewer.status == 1 && fewer.firstError.contains("180") && fewer.firstError.contains("162"))
        let fixed = try CommandRun(["compare", "a.mixed", "none.mixed", "--reml"], in: folder)
        #expect(fixed.status == 1 && fixed.firstError.contains("different fixed effects"))
        let missing = try CommandRun(["compare", "a.mixed", "nothing.mixed"], in: folder)
        #expect(missing.status == 1 && missing.firstError.contains("nothing.mixed"))
    }

    @Test func dropsRandomTerms() throws {
        let folder = try folder(Self.pair)
        let run = try CommandRun(["ranova", "b.mixed"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Days in (1 + Days | Subject)"))
        #expect(run.output.split(separator: "\n").count { $0.hasPrefix("Without") } == 1)
        let whole = try CommandRun(["ranova", "b.mixed", "--whole-terms", "--format", "json"], in: folder).json()
        let rows = whole["rows"]?.elements ?? []
        #expect(rows[1]["term"]?.string == "(1 + Days | Subject)" && rows[1]["df"]?.number == 3)
        #expect(abs((rows[1]["statistic"]?.number ?? 0) - 150.0353915) < 1e-5)
        let linear = try self.folder([("lm.mixed", "Reaction ~ Days")])
        let none = try CommandRun(["ranova", "lm.mixed"], in: linear)
        #expect(none.status == 1 && none.firstError.contains("no random terms"))
    }

    @Test func intervalsByAllMethods() throws {
        let folder = try folder(Self.pair)
        let names = [
            "sd_(Intercept)|Subject", "cor_Days.(Intercept)|Subject", "sd_Days|Subject", "sigma", "(Intercept)", "Days",
        ]
        for method in ["wald", "profile", "bootstrap"] {
            let run = try CommandRun(
                ["confint", "b.mixed", "--method", method, "--replicates", "50", "--format", "json", "--quiet"],
                in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let rows = try run.json()["rows"]?.elements ?? []
            #expect(rows.compactMap { $0["term"]?.string } == names)
            #expect(rows[0].members?.map(\.key) == ["term", "estimate", "conf.low", "conf.high"])
        }
        let wald = try CommandRun(["confint", "b.mixed", "--method", "wald", "--format", "json"], in: folder).json()
        let days = wald["rows"]?.elements?[5]
        #expect(abs((days?["conf.low"]?.number ?? 0) - 7.4375939) < 1e-5)
        #expect(wald["rows"]?.elements?[0]["conf.low"]?.number == nil)
        let satterthwaite = try CommandRun(
            ["confint", "b.mixed", "--method", "wald", "--df", "satterthwaite", "--parm", "Days", "--format", "json"],
            in: folder
        ).json()
        #expect(satterthwaite["rows"]?.elements?.count == 1)
        #expect(abs((satterthwaite["rows"]?.elements?[0]["conf.low"]?.number ?? 0) - 7.2058) < 1e-2)
    }

    @Test func keepsThePointsOfProfiles() throws {
        let folder = try folder(Self.pair)
        let run = try CommandRun(
            ["confint", "b.mixed", "--profile-points", "points.csv", "--parm", "sigma", "--format", "json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let points = try run.json()["profile"]?.elements ?? []
        #expect(points.count > 10 && points.allSatisfy { $0["term"]?.string == "sigma" })
        let lines = try folder.text("points.csv").split(separator: "\n")
        #expect(lines.count == points.count + 1)
        #expect(lines[0].hasPrefix("term,value,zeta"))
        let same = try CommandRun(["confint", "b.mixed", "--profile-points", "b.mixed"], in: folder)
        #expect(same.status != 0)
        let wrong = try CommandRun(["confint", "b.mixed", "--parm", "sigmaa"], in: folder)
        #expect(wrong.status == 1 && wrong.firstError.contains("no parameter 'sigmaa'"))
    }

    @Test func singularParametersAreSaidToBe() throws {
        let folder = try folder([("d.mixed", "Yield ~ 1 + (1 | Batch)")], data: "@dyestuff2")
        let run = try CommandRun(["confint", "d.mixed"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("one-sided"))
        let deletions = try CommandRun(["ranova", "d.mixed"], in: folder)
        #expect(deletions.status == 0, "\(deletions.errors)")
    }
}
