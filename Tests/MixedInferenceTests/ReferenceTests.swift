// Every reference case of a linear (mixed) model against R's results, each quantity to a tolerance with a reason.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTestSupport
import Testing

/// How closely a result can agree with the stored one.
///
/// The bundled references are converged to rounding. Others come from lmer's default optimiser: where its criterion is
/// above ours by *d*, its θ is off by about *√d* standard errors, and what follows from θ with it. Nothing excuses a
/// criterion of ours that is higher.
private struct Agreement {
    /// What lmer left on the table: never negative by more than rounding.
    let excess: Double
    /// Estimates and standard errors, relative.
    var estimate: Double { 1e-5 + excess.squareRoot() }
    /// Degrees of freedom in lmerTest come from numerical derivatives.
    var degreesOfFreedom: Double { 1e-4 + excess.squareRoot() }
    /// A tail probability multiplies the relative error of its statistic, by up to a hundred in these tables.
    var pValue: Double { 100 * estimate }
    /// The criterion, where the reference is converged.
    static let criterion = 1e-8
    static let criterionAbove = 1e-6

    init(_ fit: LinearMixedModelFit, _ reference: ReferenceCase) {
        excess = max(0, (reference.criterion ?? fit.criterion) - fit.criterion - 1e-9)
    }
}

@Suite struct ReferenceTests {
    @Test(arguments: ReferenceCase.bundledNames)
    func bundledCase(name: String) throws { try check(name) }

    @Test(.enabled(if: ReferenceFolder.hasShared, "the course data are not here"), arguments: ReferenceCase.courseNames)
    func courseCase(name: String) throws { try check(name) }

    private func check(_ name: String) throws {
        let reference = try ReferenceCase.load(name)
        let (fit, frame) = try ReferenceFits.fit(reference)
        let agreement = Agreement(fit, reference)
        var differences = Differences()
        compareFit(fit, with: reference, agreement, &differences)
        try compareCoefficients(fit, with: reference, agreement, &differences)
        compareVariances(fit, with: reference, agreement, &differences)
        compareRandomEffects(fit, with: reference, agreement, &differences)
        let scale = fit.residualStandardDeviation
        let fitted = fit.fittedValues(frame)
        differences.compare(
            "fitted", Array(fitted.prefix(reference.fittedHead.count)), reference.fittedHead,
            relative: agreement.estimate, absolute: agreement.estimate * scale)
        let population = fit.fittedValues(frame, includingRandomEffects: false)
        differences.compare(
            "population", Array(population.prefix(reference.populationHead.count)), reference.populationHead,
            relative: agreement.estimate, absolute: agreement.estimate * scale)
        #expect(differences.isEmpty, "\(name)\n\(differences)")
        #expect(differences.comparisons > 10)
    }

    private func compareFit(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ agreement: Agreement,
        _ differences: inout Differences
    ) {
        if let rows = reference.observationCount { #expect(fit.rowCount == rows) }
        for (name, value, expected) in [
            ("criterion", fit.criterion, reference.criterion), ("AIC", fit.akaikeInformation, reference.aic),
            ("BIC", fit.bayesianInformation, reference.bic), ("logLik", fit.logLikelihood, reference.logLikelihood),
        ] {
            guard let expected else { continue }
            differences.compare(name, value, expected, relative: Agreement.criterion, absolute: agreement.excess + 1e-9)
        }
        if let criterion = reference.criterion { #expect(fit.criterion <= criterion + Agreement.criterionAbove) }
        if let value = reference.sigma {
            differences.compare("sigma", fit.residualStandardDeviation, value, relative: agreement.estimate)
        }
        differences.compare(
            "theta", fit.theta, reference.theta, relative: agreement.estimate, absolute: agreement.estimate)
        if let expected = reference.performance["RMSE"] {
            differences.compare(
                "RMSE", fit.residuals?.rootMeanSquare ?? .nan, expected, relative: agreement.estimate)
        }
        // performance 0.10.2 counts one term of each grouping factor only, and gives no conditional share for a singular
        // fit; `ExplainedVarianceTests` covers those by their definition.
        if fit.varianceComponents.count == fit.randomEffects.count {
            let explained = fit.explainedVariance
            for (key, value) in [
                ("R2_marginal", explained.marginalRSquared), ("R2_conditional", explained.conditionalRSquared),
                ("ICC", explained.intraclassCorrelation),
            ] {
                if let expected = reference.performance[key], expected.isFinite {
                    differences.compare(key, value, expected, relative: agreement.estimate, absolute: 1e-8)
                }
            }
        }
        for (name, count) in reference.groups {
            #expect(fit.design.groupingFactors.first { $0.name == name }?.levels.count == count, "\(name)")
        }
        if case .notConverged(let reason) = fit.status { Issue.record("\(reference.name): \(reason)") }
        if reference.isSingular == false, case .singular = fit.status {
            Issue.record("\(reference.name) is not singular")
        }
    }

    private func compareCoefficients(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ agreement: Agreement,
        _ differences: inout Differences
    ) throws {
        let tests = fit.coefficientTests()
        #expect(tests.map(\.term) == reference.coefficients.terms)
        for test in tests {
            let table = reference.coefficients
            func compare(_ column: String, _ value: Double, relative: Double, absolute: Double = 0) throws {
                guard table.columnNames.contains(column) else { return }
                differences.compare(
                    "\(test.term) \(column)", value, try table.value(test.term, column), relative: relative,
                    absolute: absolute)
            }
            let small = agreement.estimate * test.standardError
            try compare("Estimate", test.estimate, relative: agreement.estimate, absolute: small)
            try compare("Std. Error", test.standardError, relative: agreement.estimate)
            try compare("df", test.degreesOfFreedom, relative: agreement.degreesOfFreedom)
            try compare("t value", test.statistic, relative: agreement.estimate, absolute: agreement.estimate)
            try compare("Pr(>|t|)", test.pValue, relative: agreement.pValue, absolute: 1e-280)
        }
        for (row, values) in reference.covariance.enumerated() {
            for (column, value) in values.enumerated() {
                let scale = fit.standardErrors[row] * fit.standardErrors[column]
                differences.compare(
                    "vcov[\(row),\(column)]", fit.coefficientCovariance[row, column], value,
                    relative: 2 * agreement.estimate, absolute: 2 * agreement.estimate * scale)
            }
        }
    }

    private func compareVariances(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ agreement: Agreement,
        _ differences: inout Differences
    ) {
        // The rows come term by term: the standard deviations, then the correlations.
        var expected = reference.varianceComponents.filter { $0.group != "Residual" }[...]
        for term in fit.varianceComponents {
            for (index, deviation) in term.standardDeviations.enumerated() {
                guard let row = expected.popFirst() else { continue }
                #expect(row.first == term.columnNames[index])
                differences.compare(
                    "sd \(term.group) \(term.columnNames[index])", deviation, row.standardDeviationOrCorrelation,
                    relative: 2 * agreement.estimate, absolute: agreement.estimate * fit.residualStandardDeviation)
            }
            let correlations = term.correlations
            for column in term.columnNames.indices {
                for other in column + 1..<max(term.columnNames.count, column + 1) {
                    guard let row = expected.popFirst() else { continue }
                    differences.compare(
                        "cor \(term.group)", correlations[other, column], row.standardDeviationOrCorrelation,
                        relative: 2 * agreement.estimate, absolute: 2 * agreement.estimate)
                }
            }
        }
        #expect(expected.isEmpty)
    }

    private func compareRandomEffects(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ agreement: Agreement,
        _ differences: inout Differences
    ) {
        let deviations = fit.conditionalStandardDeviations()
        for effects in reference.randomEffects {
            guard let index = fit.randomEffects.firstIndex(where: { $0.group == effects.group }) else {
                Issue.record("no random effects of \(effects.group)")
                continue
            }
            let own = fit.randomEffects[index]
            for column in effects.columns {
                guard let place = own.columnNames.firstIndex(of: column.name) else {
                    Issue.record("no effect \(column.name)")
                    continue
                }
                for (position, level) in effects.levels.enumerated() {
                    guard let row = own.levels.firstIndex(of: level) else {
                        Issue.record("no level \(level) of \(effects.group)")
                        continue
                    }
                    differences.compare(
                        "\(effects.group) \(level) \(column.name)", own.values[row, place], column.modes[position],
                        relative: 2 * agreement.estimate,
                        absolute: 2 * agreement.estimate * fit.residualStandardDeviation)
                    if position < column.conditionalStandardDeviations.count {
                        differences.compare(
                            "condsd \(effects.group) \(level)", deviations[index][row, place],
                            column.conditionalStandardDeviations[position], relative: 2 * agreement.estimate,
                            absolute: 1e-6 * fit.residualStandardDeviation)
                    }
                }
            }
        }
    }
}
