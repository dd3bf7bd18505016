// The object that other programs read: its keys, their order, and the numbers of R's packages under them.

import LinearMixedModels
import MixedInference
import MixedReports
import MixedTestSupport
import Testing

@Suite struct JSONContractTests {
    static let keys = [
        "formula", "kind", "family", "link", "method", "nobs", "dropped", "groups", "status", "criterion", "logLik",
        "AIC",
        "BIC", "df_residual", "sigma", "theta", "tidy", "warnings", "evaluations", "seconds", "certificate", "r2",
        "icc",
        "singular", "aliased", "droppedByColumn", "computation",
    ]
    static let tidyKeys = [
        "effect", "component", "group", "term", "estimate", "std.error", "df", "statistic", "p.value", "conf.low",
        "conf.high",
    ]

    @Test(arguments: ReferenceCase.bundledNames)
    func theNumbersAreThoseOfR(name: String) throws {
        let reference = try ReferenceCase.load(name)
        let json = FitReport(try ReportedFits.fit(reference)).json()
        #expect(json.members?.map(\.key) == Self.keys)
        #expect(try JSONValue(parsing: json.text(.pretty)) == json)
        #expect(json["kind"]?.string == "lmm")
        #expect(json["method"]?.string == (reference.isREML == false ? "ML" : "REML"))
        #expect(json["nobs"]?.integer == reference.observationCount)
        #expect(json["groups"]?.members?.map(\.key) == reference.groups.map(\.name))
        #expect(json["groups"]?.members?.map(\.value.integer) == reference.groups.map(\.levelCount))
        #expect(["converged", "singular", "unidentified"].contains(json["status"]?.string))

        var differences = Differences()
        func compare(_ key: String, _ value: JSONValue?, _ expected: Double?, relative: Double, absolute: Double = 0) {
            guard let expected, expected.isFinite else { return }
            differences.compare(key, value?.number ?? .nan, expected, relative: relative, absolute: absolute)
        }
        compare("criterion", json["criterion"], reference.criterion, relative: 1e-8)
        compare("logLik", json["logLik"], reference.logLikelihood, relative: 1e-8)
        compare("AIC", json["AIC"], reference.aic, relative: 1e-8)
        compare("BIC", json["BIC"], reference.bic, relative: 1e-8)
        compare("sigma", json["sigma"], reference.sigma, relative: 1e-5)
        // performance 0.10.2 counts one term of each grouping factor only, and has no conditional share for a singular fit.
        if Set(reference.varianceComponents.map(\.group)).count == reference.groups.count + 1 {
            let explained = json["r2"]
            compare(
                "marginal", explained?["marginal"], reference.performance["R2_marginal"], relative: 1e-5, absolute: 1e-8
            )
            compare("conditional", explained?["conditional"], reference.performance["R2_conditional"], relative: 1e-5)
            compare("icc", json["icc"], reference.performance["ICC"], relative: 1e-5)
        }
        for (index, theta) in reference.theta.enumerated() {
            compare("theta", json["theta"]?[index], theta, relative: 1e-5, absolute: 2e-5)
        }
        let rows = json["tidy"]?.elements ?? []
        #expect(rows.allSatisfy { $0.members?.map(\.key) == Self.tidyKeys })
        let fixed = rows.filter { $0["effect"]?.string == "fixed" }
        #expect(fixed.compactMap { $0["term"]?.string } == reference.coefficients.terms)
        #expect(fixed.allSatisfy { $0["component"]?.string == "cond" && $0["group"]?.isNull == true })
        for row in fixed {
            let term = row["term"]?.string ?? ""
            let error = try reference.coefficients.value(term, "Std. Error")
            compare(
                term, row["estimate"], try reference.coefficients.value(term, "Estimate"), relative: 1e-5,
                absolute: 1e-5 * error)
            compare("\(term) error", row["std.error"], error, relative: 1e-5)
            compare("\(term) df", row["df"], try reference.coefficients.value(term, "df"), relative: 1e-3)
            compare(
                "\(term) p", row["p.value"], try reference.coefficients.value(term, "Pr(>|t|)"), relative: 2e-2,
                absolute: 1e-12)
        }
        let parameters = rows.filter { $0["effect"]?.string == "ran_pars" }
        #expect(parameters.count == reference.theta.count + 1)
        for component in reference.varianceComponents {
            // R numbers the terms of a group (Subject, Subject.1) here as in `tidy`.
            let term =
                component.group == "Residual"
                ? "sd__Observation"
                : component.second.map { "cor__\(component.first ?? "").\($0)" } ?? "sd__\(component.first ?? "")"
            let row = parameters.first { $0["group"]?.string == component.group && $0["term"]?.string == term }
            #expect(row != nil, "\(component.group) \(term)")
            compare(
                "\(component.group) \(term)", row?["estimate"], component.standardDeviationOrCorrelation,
                relative: 1e-4,
                absolute: 1e-4)
        }
        #expect(differences.isEmpty, "\(name)\n\(differences)")
    }

    @Test func aLinearModel() throws {
        let report = FitReport(try ReportedFits.fit("Reaction ~ Days", "sleepstudy"), seconds: (read: 0.5, fit: 0.25))
        let json = report.json()
        #expect(json.members?.map(\.key) == Self.keys)
        #expect(json["kind"]?.string == "lm" && json["method"]?.string == "ML")
        #expect(json["family"]?.string == "gaussian" && json["link"]?.string == "identity")
        #expect(json["groups"] == .object([]) && json["theta"] == [])
        #expect(json["df_residual"]?.integer == 178)
        #expect(isClose(json["logLik"]?.number ?? .nan, -950.146528178182, relative: 1e-12))
        #expect(isClose(json["AIC"]?.number ?? .nan, 1906.29305635636, relative: 1e-12))
        #expect(isClose(json["BIC"]?.number ?? .nan, 1915.87192690903, relative: 1e-12))
        #expect(json["seconds"]?.text() == #"{"read":0.5,"fit":0.25}"#)
        #expect(json["tidy"]?.elements?.map { $0["effect"]?.string } == ["fixed", "fixed"])
        #expect(json["tidy"]?[0]?["df"]?.number == 178)
        #expect(json["icc"]?.isNull == true && json["certificate"]?.isNull == true)
    }

    @Test func whatWasLeftOutIsCounted() throws {
        let fit = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: ReportedFits.withMissingValues()).fit()
        let json = FitReport(fit, warnings: ["A remark.", "A remark."]).json()
        #expect(json["nobs"]?.integer == 153)
        #expect(json["dropped"]?.integer == 27)
        #expect(json["droppedByColumn"]?.text() == #"{"Reaction":26,"Days":1}"#)
        #expect(json["warnings"] == ["A remark."])
        #expect(json["seconds"]?.isNull == true)
    }

    @Test func aSingularFitNamesItsDirections() throws {
        let json = FitReport(try ReportedFits.fit("Yield ~ 1 + (1 | Batch)", "dyestuff2")).json()
        #expect(json["status"]?.string == "singular")
        #expect(json["singular"]?.elements?.count == 1)
        #expect(json["singular"]?[0]?.string?.contains("(Intercept)") == true)
        #expect((json["certificate"]?["smallestBoundaryScore"]?.number ?? -1) >= 0)
        #expect(json["theta"] == [0.0])
    }

    @Test func testsByTheNormalDistributionHaveNoDegreesOfFreedom() throws {
        let fit = try ReportedFits.fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        let row = FitReport(fit, inference: try fit.inference(.asymptotic), level: 0.9).json()["tidy"]?[1]
        #expect(row?["df"]?.isNull == true)
        let error = row?["std.error"]?.number ?? .nan
        let width = (row?["conf.high"]?.number ?? .nan) - (row?["conf.low"]?.number ?? .nan)
        #expect(isClose(width, 2 * 1.6448536269514722 * error, relative: 1e-12))
    }
}
