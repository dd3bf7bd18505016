// Profile likelihood against lme4, against its definition, and at the ends of parameters' ranges.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct ProfileTests {
    /// lme4 interpolates ζ by splines through points about 0.15 apart; its minimisations stop at 1e-6 of the deviance or so.
    @Test func equalsLme4() throws {
        var differences = Differences()
        for example in try RecordedResults.load("profile.json", as: LikelihoodGoldens.Profiles.self).cases {
            let fit = try LikelihoodGoldens.fit(example.formula, example.data)
            let profile = try fit.profile(level: example.level)
            #expect(profile.profiles.map(\.name) == example.rows.map(\.term))
            #expect(!profile.hasLowerDeviance)
            for (found, row) in zip(profile.profiles, example.rows) {
                let label = "\(example.formula) \(example.level) \(row.term)"
                let width = row.upper - row.lower
                if example.formula.hasPrefix("distance ~ age + (age"), row.term.hasPrefix("cor_") {
                    // Without the intercepts' variance, which leaves the correlation free, the deviance is 2.24 above the
                    // minimum, less than 3.84: no correlation is ruled out. lme4's splines end at -0.889.
                    #expect(found.lower.value == -1 && found.lower.kind == .boundary)
                    #expect(found.upper.value == 1 && found.upper.kind == .boundary)
                    continue
                }
                differences.compare(
                    "\(label) lower", found.lower.value, row.lower, relative: 1e-4, absolute: 1e-4 * width)
                differences.compare(
                    "\(label) upper", found.upper.value, row.upper, relative: 1e-4, absolute: 1e-4 * width)
            }
        }
        #expect(differences.comparisons > 60)
        #expect(differences.isEmpty, "\(differences)")
    }

    /// `confint(fit, oldNames = FALSE)` with lme4's default profile: points so far apart that splines through ζ are off by
    /// up to a thousandth of the interval, most where it ends near zero.
    @Test(arguments: ReferenceCase.bundledNames + ReferenceCase.courseNames)
    func equalsTheReference(_ name: String) throws {
        let reference = try ReferenceCase.load(name)
        guard let intervals = reference.profileIntervals, !intervals.isEmpty else { return }
        let (fit, _) = try ReferenceFits.fit(reference)
        let profile = try fit.profile()
        #expect(profile.profiles.map(\.name) == intervals.terms)
        var differences = Differences()
        for parameter in profile.profiles {
            let lower = try intervals.value(parameter.name, "2.5 %")
            let upper = try intervals.value(parameter.name, "97.5 %")
            differences.compare(
                "\(name) \(parameter.name) lower", parameter.lower.value, lower, relative: 0,
                absolute: 1e-3 * (upper - lower))
            differences.compare(
                "\(name) \(parameter.name) upper", parameter.upper.value, upper, relative: 0,
                absolute: 1e-3 * (upper - lower))
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    /// *d(v)* at the ends of the interval is *d̂ + z²*: by the definition, from the fit of another model.
    @Test func endsOfCoefficientsMeetTheDefinition() throws {
        let table = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv"))
        let fit = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: table).fit()
        let profile = try fit.profile(["Days", "(Intercept)"])
        #expect(profile.profiles.map(\.name) == ["(Intercept)", "Days"])
        for parameter in profile.profiles {
            for limit in [parameter.lower, parameter.upper] {
                let formula =
                    parameter.name == "Days"
                    ? "Reaction ~ 1 + offset(\(limit.value) * Days) + (Days | Subject)"
                    : "Reaction ~ 0 + Days + offset(\(limit.value) + 0 * Days) + (Days | Subject)"
                let held = try LinearMixedModel(formula, data: table, method: .likelihood).fit()
                // 1.959963984540054² = 3.841458820694124
                #expect(
                    isClose(held.criterion - profile.deviance, 3.841458820694124, absolute: 1e-7),
                    "\(parameter.name) \(limit)")
            }
        }
    }

    /// Every point of the profiles of variance parameters is a minimum: no neighbour that keeps the parameter is lower.
    @Test(arguments: [
        ("Reaction ~ Days + (Days | Subject)", "standard/sleepstudy.csv"),
        ("Reaction ~ Days + (Days || Subject)", "standard/sleepstudy.csv"),
        ("diameter ~ 1 + (1 | plate) + (1 | sample)", "standard/penicillin.csv"),
        ("distance ~ age * Sex + (1 + age | Subject)", "standard/orthodont.csv"),
    ])
    func pointsAreMinimaByDenseEvaluation(_ formula: String, _ file: String) throws {
        let fit = try LikelihoodGoldens.fit(formula, file)
        let profile = try fit.profile()
        let evaluation = DevianceOfParameters(try fit.refitting(method: .likelihood))
        var checked = 0
        for (index, parameter) in profile.profiles.enumerated() {
            for point in parameter.points where point.zeta != 0 {
                let isInside = point.parameters[..<evaluation.varianceCount].allSatisfy { $0.isFinite && $0 != 0 }
                guard isInside else { continue }
                let here = evaluation.deviance(point.parameters)
                #expect(
                    isClose(here, profile.deviance + point.zeta * point.zeta, relative: 1e-9),
                    "\(parameter.name) at \(point.value): \(here)")
                for other in point.parameters.indices where other != index {
                    for sign in [-1.0, 1] {
                        var moved = point.parameters
                        moved[other] += sign * 1e-3 * max(abs(moved[other]), 1e-2)
                        guard let value = evaluation.checkedDeviance(moved) else { continue }
                        #expect(value > here - 1e-8, "\(parameter.name) at \(point.value), parameter \(other)")
                        checked += 1
                    }
                }
            }
        }
        #expect(checked > 200)
    }

    @Test func singularParametersHaveOneSidedIntervals() throws {
        let fit = try LikelihoodGoldens.fit("Yield ~ 1 + (1 | Batch)", "standard/dyestuff2.csv")
        let profile = try fit.profile()
        let deviation = profile.profiles[0]
        #expect(deviation.estimate == 0)
        #expect(deviation.lower.value == 0 && deviation.lower.kind == .estimateAtBoundary)
        #expect(deviation.upper.kind == .likelihood && deviation.isOneSided)
        #expect(profile.notes.contains { $0.contains("one-sided") })
        #expect(deviation.points.allSatisfy { $0.zeta >= 0 })
    }

    @Test func aCorrelationWithAnEffectThatDoesNotVary() throws {
        var generator = SeededGenerator(seed: 5)
        let rows = 120
        let codes = (0..<rows).map { Int32($0 % 12) }
        let x = (0..<rows).map { Double($0 / 12) - 4.5 }
        let shift = (0..<12).map { _ in Double.random(in: -2..<2, using: &generator) }
        // The residuals alternate, so that slopes differ less than by chance.
        let y = (0..<rows).map { row -> Double in
            10 + shift[Int(codes[row])] + 0.3 * x[row] + ((row / 12) % 2 == 0 ? 1 : -1) * 0.5
                + Double.random(in: -0.1..<0.1, using: &generator)
        }
        let table = try DataTable(columns: [
            Column("x", .double(x)), Column("y", .double(y)),
            Column("g", .categorical(.init(codes: codes, levels: (0..<12).map { "g\(10 + $0)" }, kind: .factor))),
        ])
        let fit = try LinearMixedModel("y ~ x + (1 + x | g)", data: table).fit()
        let profile = try fit.profile()
        let correlation = profile.profiles[1]
        #expect(correlation.name == "cor_x.(Intercept)|g")
        if correlation.isUndefined {
            #expect(correlation.lower.value == -1 && correlation.upper.value == 1)
            #expect(profile.notes.contains { $0.contains("estimated not to vary") })
        } else {
            #expect(correlation.lower.value >= -1 && correlation.upper.value <= 1)
        }
        #expect(profile.profiles[2].lower.value == 0)
    }

    @Test func threadsDoNotChangeABit() throws {
        let fit = try LikelihoodGoldens.fit("Reaction ~ Days + (Days | Subject)", "standard/sleepstudy.csv")
        let one = try fit.profile(threads: 1)
        let two = try fit.profile(threads: 2)
        for (left, right) in zip(one.profiles, two.profiles) {
            #expect(left.lower == right.lower && left.upper == right.upper)
            // Descriptions, because a correlation that is not defined equals nothing.
            #expect("\(left.points)" == "\(right.points)")
        }
    }

    @Test func refusals() throws {
        let fit = try LikelihoodGoldens.fit("Reaction ~ Days + (1 | Subject)", "standard/sleepstudy.csv")
        #expect(throws: ProfileError.level(1)) { try fit.profile(level: 1) }
        #expect(throws: ProfileError.self) { try fit.profile(["days"]) }
    }

    /// A linear model has a likelihood as well.
    @Test func linearModels() throws {
        let fit = try LikelihoodGoldens.fit("Reaction ~ Days", "standard/sleepstudy.csv")
        let profile = try fit.profile()
        #expect(profile.profiles.map(\.name) == ["sigma", "(Intercept)", "Days"])
        let rows = 180.0
        // d(b) − d̂ = n log(1 + t²/(n − p)) with t = (b − β̂)/SE.
        let days = profile.profiles[2]
        let t = (days.upper.value - fit.coefficients[1]) / fit.standardErrors[1]
        #expect(isClose(rows * log1p(t * t / (rows - 2)), 3.841458820694124, relative: 1e-7))
    }
}
