// The main job in every format, and that what is printed is what was computed.

import MixedModels
import Testing

@Suite struct FormatTests {
    private static let formula = "Reaction ~ Days + (1 + Days | Subject)"

    private func run(_ options: String...) throws -> CommandRun {
        let run = try CommandRun(["fit", Self.formula, "@sleepstudy"] + options)
        #expect(run.status == 0)
        #expect(run.errors == "")
        return run
    }

    @Test func text() throws {
        let output = try run().output
        for part in [
            "Linear mixed model fitted by REML", Self.formula, "180 rows", "18 levels of Subject", "1743.63", "251.405",
            "10.467", "Satterthwaite", "Certified optimum",
        ] {
            #expect(output.contains(part))
        }
        #expect(output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(output.hasSuffix("\n"))
    }

    @Test func jsonHasTheContractsKeys() throws {
        let json = try run("--format", "json").json()
        let keys = json.members?.map(\.key) ?? []
        for key in [
            "formula", "kind", "family", "link", "method", "nobs", "dropped", "groups", "status", "criterion", "logLik",
            "AIC", "BIC", "df_residual", "sigma", "theta", "tidy", "warnings", "evaluations", "seconds",
        ] {
            #expect(keys.contains(key), "\(key)")
        }
        #expect(json["kind"]?.string == "lmm")
        #expect(json["nobs"]?.integer == 180)
        #expect(json["groups"]?["Subject"]?.integer == 18)
        #expect(json["status"]?.string == "converged")
        #expect(abs((json["criterion"]?.number ?? 0) - 1743.6282719) < 1e-6)
        let days = json["tidy"]?[1]
        #expect(days?["term"]?.string == "Days")
        #expect(abs((days?["estimate"]?.number ?? 0) - 10.4672859596) < 1e-8)
        #expect((json["seconds"]?["fit"]?.number ?? -1) > 0)
    }

    @Test func csv() throws {
        let lines = try run("--format", "csv").output.split(separator: "\n")
        #expect(
            lines.first
                == "effect,component,group,term,estimate,std.error,df,statistic,p.value,conf.low,conf.high")
        #expect(lines.count == 7)
        #expect(lines[2].hasPrefix("fixed,cond,NA,Days,10.467285"))
    }

    @Test func documents() throws {
        #expect(try run("--format", "markdown").output.contains("| Days"))
        #expect(try run("--format", "html").output.contains("<table"))
        #expect(try run("--format", "latex").output.contains("\\begin{tabular}"))
    }

    @Test func unknownFormat() throws {
        let run = try CommandRun(["fit", Self.formula, "@sleepstudy", "--format", "pdf"])
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(run.errors.contains("'pdf'"))
        #expect(run.errors.contains("latex"))
    }

    @Test func maximumLikelihood() throws {
        let json = try run("--ml", "--format", "json").json()
        #expect(json["method"]?.string == "ML")
        #expect(abs((json["criterion"]?.number ?? 0) - 1751.9393445) < 1e-6)
    }

    @Test func degreesOfFreedomAndLevel() throws {
        let residual = try run("--df", "residual", "--level", "0.5", "--format", "json").json()["tidy"]?[1]
        #expect(residual?["df"]?.number == 178)
        let low = residual?["conf.low"]?.number ?? 0
        let high = residual?["conf.high"]?.number ?? 0
        // R 4.2: 2 * qt(0.75, 178) * 1.5457888962
        #expect(abs(high - low - 2.089506) < 1e-5)
        let normal = try run("--df", "asymptotic", "--format", "json").json()["tidy"]?[1]
        #expect(normal?["df"]?.isNull == true)
    }

    @Test func linearModel() throws {
        let run = try CommandRun(["fit", "Reaction ~ Days", "@sleepstudy", "--format", "json"])
        #expect(run.status == 0)
        let json = try run.json()
        #expect(json["kind"]?.string == "lm")
        #expect(abs((json["sigma"]?.number ?? 0) - 47.71474) < 1e-4)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        func estimates(_ threads: String) throws -> JSONValue? {
            try run("--threads", threads, "--format", "json").json()["tidy"]
        }
        #expect(try estimates("1") == estimates("2"))
    }

    @Test func widthComesFromTheEnvironment() throws {
        let run = try CommandRun(
            ["fit", Self.formula, "@sleepstudy"], environment: ["COLUMNS": "60"])
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
    }
}
