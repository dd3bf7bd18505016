// Kenward and Roger's and Satterthwaite's tests against pbkrtest and lmerTest on tightly converged fits.

import LinearMixedModels
import MixedInference
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@Suite struct KenwardRogerTests {
    @Test(arguments: AnovaGolden.cases)
    func coefficients(golden: AnovaGolden.Case) throws {
        let fit = try fit(golden)
        var differences = Differences()
        // The reference is converged to about 10⁻¹⁰ in its criterion.
        #expect(fit.criterion <= golden.criterion + 1e-8)
        differences.compare("criterion", fit.criterion, golden.criterion, relative: 1e-10)
        differences.compare("theta", fit.theta, golden.theta, relative: 1e-6, absolute: 1e-7)
        for (method, expected) in [
            (DegreesOfFreedomMethod.satterthwaite, golden.satterthwaite), (.kenwardRoger, golden.kenwardRoger),
        ] {
            let tests = try fit.inference(method).coefficientTests()
            #expect(tests.count == expected.count)
            for (test, row) in zip(tests, expected) {
                differences.compare("\(method) se \(test.term)", test.standardError, row.se, relative: 1e-6)
                // On the boundary lmerTest differentiates numerically across it.
                differences.compare(
                    "\(method) df \(test.term)", test.degreesOfFreedom, row.df,
                    relative: golden.theta.contains { abs($0) < 1e-6 } ? 1e-5 : 2e-6)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: AnovaGolden.cases)
    func adjustedCovariance(golden: AnovaGolden.Case) throws {
        let inference = try fit(golden).inference(.kenwardRoger)
        var differences = Differences()
        for (row, values) in golden.adjusted.enumerated() {
            for (column, value) in values.enumerated() {
                let scale = (golden.adjusted[row][row] * golden.adjusted[column][column]).squareRoot()
                differences.compare(
                    "[\(row),\(column)]", inference.covariance[row, column], value, relative: 1e-6,
                    absolute: 1e-7 * scale)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: AnovaGolden.cases)
    func hypothesisOfSeveralRows(golden: AnovaGolden.Case) throws {
        let fit = try fit(golden)
        let rows = golden.hypothesis.rows
        var matrix = Matrix(rows: rows.count, columns: fit.coefficients.count)
        for (row, values) in rows.enumerated() {
            for (column, value) in values.enumerated() { matrix[row, column] = value }
        }
        let hypothesis = LinearHypothesis(label: "L", matrix: matrix)
        var differences = Differences()
        for (method, expected) in [
            (DegreesOfFreedomMethod.satterthwaite, golden.hypothesis.satterthwaite),
            (.kenwardRoger, golden.hypothesis.kenwardRoger),
        ] {
            let test = try fit.inference(method).test(hypothesis)
            #expect(Double(test.numeratorDegreesOfFreedom) == expected.NumDF)
            differences.compare(
                "\(method) DenDF", test.denominatorDegreesOfFreedom, expected.DenDF,
                relative: golden.theta.contains { abs($0) < 1e-6 } ? 1e-5 : 2e-6)
            differences.compare("\(method) F", test.statistic, expected.statistic, relative: 2e-6)
            if let scale = expected.scale {
                let unscaled = test.meanSquare / (fit.residualStandardDeviation * fit.residualStandardDeviation)
                differences.compare("scale", test.statistic / unscaled, scale, relative: 1e-6)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: AnovaGolden.cases)
    func tables(golden: AnovaGolden.Case) throws {
        let fit = try fit(golden)
        var differences = Differences()
        for (name, type, method, expected) in [
            ("I", HypothesisType.sequential, DegreesOfFreedomMethod.satterthwaite, golden.I),
            ("II", .withoutContaining, .satterthwaite, golden.II), ("III", .balanced, .satterthwaite, golden.III),
            ("II KR", .withoutContaining, .kenwardRoger, golden.II_kr),
            ("III KR", .balanced, .kenwardRoger, golden.III_kr),
        ] where !expected.isEmpty || golden.weights == nil {
            let analysis = try fit.anova(type: type, degreesOfFreedom: method)
            #expect(analysis.tests.map(\.label) == expected.map(\.term))
            #expect(analysis.residuals == nil)
            for (test, row) in zip(analysis.tests, expected) {
                let label = "\(name) \(row.term)"
                #expect(test.numeratorDegreesOfFreedom == row.NumDF, "\(label)")
                differences.compare("\(label) sumsq", test.sumOfSquares, row.sumsq, relative: 5e-6)
                differences.compare("\(label) meansq", test.meanSquare, row.meansq, relative: 5e-6)
                differences.compare("\(label) DenDF", test.denominatorDegreesOfFreedom, row.DenDF, relative: 5e-6)
                differences.compare("\(label) F", test.statistic, row.statistic, relative: 5e-6)
                differences.compare("\(label) p", test.pValue, row.p, relative: 2e-4, absolute: 1e-12)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    private func fit(_ golden: AnovaGolden.Case) throws -> LinearMixedModelFit {
        try AnovaGolden.fit(
            golden.formula, golden.data, weights: golden.weights, factors: golden.factors, contrasts: golden.contrasts)
    }
}
