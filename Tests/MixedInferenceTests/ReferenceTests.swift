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
/// lmer's optimiser stops with θ up to about 10⁻⁵ off, which moves the criterion by its square only; the stored numbers
/// have ten digits.
private enum Agreement {
    /// The criterion is flat at the optimum: ours may be lower by what lmer left on the table.
    static let criterionAbove = 1e-6
    static let criterion = 1e-8
    /// Estimates and standard errors follow θ.
    static let estimate = 1e-5
    /// Degrees of freedom in lmerTest come from numerical derivatives.
    static let degreesOfFreedom = 1e-4
    /// A tail probability multiplies the relative error of its statistic by the square of that.
    static let pValue = 1e-3
}

@Suite struct ReferenceTests {
    @Test(arguments: ReferenceCase.bundledNames)
    func bundledCase(name: String) throws { try check(name) }

    @Test(.enabled(if: ReferenceFolder.hasShared, "the course data are not here"), arguments: ReferenceCase.courseNames)
    func courseCase(name: String) throws { try check(name) }

    private func check(_ name: String) throws {
        let reference = try ReferenceCase.load(name)
        let (fit, frame) = try ReferenceFits.fit(reference)
        var differences = Differences()
        compareFit(fit, with: reference, &differences)
        try compareCoefficients(fit, with: reference, &differences)
        compareVariances(fit, with: reference, &differences)
        compareRandomEffects(fit, with: reference, &differences)
        let scale = fit.residualStandardDeviation
        let fitted = fit.fittedValues(frame)
        differences.compare(
            "fitted", Array(fitted.prefix(reference.fittedHead.count)), reference.fittedHead,
            relative: Agreement.estimate, absolute: Agreement.estimate * scale)
        let population = fit.fittedValues(frame, includingRandomEffects: false)
        differences.compare(
            "population", Array(population.prefix(reference.populationHead.count)), reference.populationHead,
            relative: Agreement.estimate, absolute: Agreement.estimate * scale)
        #expect(differences.isEmpty, "\(name)\n\(differences)")
        #expect(differences.comparisons > 10)
    }

    private func compareFit(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ differences: inout Differences
    ) {
        if let rows = reference.observationCount { #expect(fit.rowCount == rows) }
        if let criterion = reference.criterion {
            #expect(fit.criterion <= criterion + Agreement.criterionAbove)
            differences.compare("criterion", fit.criterion, criterion, relative: Agreement.criterion)
        }
        if let value = reference.aic { differences.compare("AIC", fit.akaikeInformation, value, relative: Agreement.criterion) }
        if let value = reference.bic { differences.compare("BIC", fit.bayesianInformation, value, relative: Agreement.criterion) }
        if let value = reference.logLikelihood {
            differences.compare("logLik", fit.logLikelihood, value, relative: Agreement.criterion)
        }
        if let value = reference.sigma {
            differences.compare("sigma", fit.residualStandardDeviation, value, relative: Agreement.estimate)
        }
        differences.compare("theta", fit.theta, reference.theta, relative: Agreement.estimate, absolute: 2e-5)
        let explained = fit.explainedVariance
        for (key, value) in [
            ("R2_marginal", explained.marginalRSquared), ("R2_conditional", explained.conditionalRSquared),
            ("ICC", explained.intraclassCorrelation), ("RMSE", fit.residuals?.rootMeanSquare ?? .nan),
        ] {
            // R's packages give no conditional share for a singular fit; ours is the marginal one then.
            if let expected = reference.performance[key], expected.isFinite {
                differences.compare(key, value, expected, relative: Agreement.estimate, absolute: 1e-8)
            }
        }
        for (name, count) in reference.groups {
            #expect(fit.design.groupingFactors.first { $0.name == name }?.levels.count == count, "\(name)")
        }
        if case .notConverged(let reason) = fit.status { Issue.record("\(reference.name): \(reason)") }
        if reference.isSingular == false, case .singular = fit.status { Issue.record("\(reference.name) is not singular") }
    }

    private func compareCoefficients(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ differences: inout Differences
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
            let small = Agreement.estimate * test.standardError
            try compare("Estimate", test.estimate, relative: Agreement.estimate, absolute: small)
            try compare("Std. Error", test.standardError, relative: Agreement.estimate)
            try compare("df", test.degreesOfFreedom, relative: Agreement.degreesOfFreedom)
            try compare("t value", test.statistic, relative: Agreement.estimate, absolute: Agreement.estimate)
            try compare("Pr(>|t|)", test.pValue, relative: Agreement.pValue, absolute: 1e-280)
        }
        for (row, values) in reference.covariance.enumerated() {
            for (column, value) in values.enumerated() {
                let scale = fit.standardErrors[row] * fit.standardErrors[column]
                differences.compare(
                    "vcov[\(row),\(column)]", fit.coefficientCovariance[row, column], value,
                    relative: 2 * Agreement.estimate, absolute: 2 * Agreement.estimate * scale)
            }
        }
    }

    private func compareVariances(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ differences: inout Differences
    ) {
        // The rows come term by term: the standard deviations, then the correlations.
        var expected = reference.varianceComponents.filter { $0.group != "Residual" }[...]
        for term in fit.varianceComponents {
            for (index, deviation) in term.standardDeviations.enumerated() {
                guard let row = expected.popFirst() else { continue }
                #expect(row.first == term.columnNames[index])
                differences.compare(
                    "sd \(term.group) \(term.columnNames[index])", deviation, row.standardDeviationOrCorrelation,
                    relative: 2 * Agreement.estimate, absolute: 1e-6 * fit.residualStandardDeviation)
            }
            let correlations = term.correlations
            for column in term.columnNames.indices {
                for other in column + 1..<max(term.columnNames.count, column + 1) {
                    guard let row = expected.popFirst() else { continue }
                    differences.compare(
                        "cor \(term.group)", correlations[other, column], row.standardDeviationOrCorrelation,
                        relative: 2 * Agreement.estimate, absolute: 5e-5)
                }
            }
        }
        #expect(expected.isEmpty)
    }

    private func compareRandomEffects(
        _ fit: LinearMixedModelFit, with reference: ReferenceCase, _ differences: inout Differences
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
                        relative: 2 * Agreement.estimate, absolute: 2 * Agreement.estimate * fit.residualStandardDeviation)
                    if position < column.conditionalStandardDeviations.count {
                        differences.compare(
                            "condsd \(effects.group) \(level)", deviations[index][row, place],
                            column.conditionalStandardDeviations[position], relative: 2 * Agreement.estimate,
                            absolute: 1e-6 * fit.residualStandardDeviation)
                    }
                }
            }
        }
    }
}
