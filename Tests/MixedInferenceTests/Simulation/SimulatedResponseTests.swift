// Responses drawn row by row.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedInference
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct SimulatedResponseTests {
    private func sleepstudy(_ formula: String = "Reaction ~ Days + (Days | Subject)") throws -> (
        LinearMixedModelFit, DataTable, ModelFrame
    ) {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv"))
        let model = try LinearMixedModel(formula, data: data)
        return (try model.fit(), data, model.frame)
    }

    @Test func sameSeedSameResponses() throws {
        let (fit, data, frame) = try sleepstudy()
        let first = try fit.simulatedResponses(for: data, replicates: 3, seed: 5)
        #expect(first == (try fit.simulatedResponses(for: data, replicates: 3, seed: 5)))
        #expect(first.rows == Array(0..<180))
        #expect(first.values == (try fit.simulatedResponses(frame: frame, replicates: 3, seed: 5)))
        #expect(first.values[0] != first.values[1])
        #expect(first.values[0] != (try fit.simulatedResponses(for: data, seed: 6)).values[0])
    }

    /// The variance of a row over 4,000 draws is zΣz' + σ², or σ² when the random effects are kept; within five Monte Carlo
    /// standard errors.
    @Test(arguments: [false, true])
    func variancesAreThoseOfTheModel(_ conditional: Bool) throws {
        let (fit, data, frame) = try sleepstudy()
        let draws = 4000
        let values = try fit.simulatedResponses(for: data, replicates: draws, conditional: conditional).values
        let fitted = fit.fittedValues(frame, includingRandomEffects: conditional)
        let sigma = fit.residualStandardDeviation
        let covariance = fit.varianceComponents[0].covariance
        for row in [0, 9, 57, 179] {
            let days = Double(row % 10)
            let random = covariance[0, 0] + 2 * days * covariance[1, 0] + days * days * covariance[1, 1]
            let variance = sigma * sigma + (conditional ? 0 : random)
            var sum = 0.0
            var squares = 0.0
            for draw in values {
                let deviation = draw[row] - fitted[row]
                sum += deviation
                squares += deviation * deviation
            }
            #expect(abs(sum / Double(draws)) < 5 * (variance / Double(draws)).squareRoot())
            #expect(abs(squares / Double(draws) / variance - 1) < 5 * (2 / Double(draws)).squareRoot())
        }
    }

    /// Refits to simulated rows and to simulated cross-products have the same distribution: means of σ̂ and of the slope's
    /// standard deviation over 300 of each, within five Monte Carlo standard errors.
    @Test func refitsToRowsAreLikeRefitsToCrossProducts() throws {
        let (fit, data, _) = try sleepstudy()
        let draws = 300
        let responses = try fit.simulatedResponses(for: data, replicates: draws, seed: 8).values
        var sigmas: [Double] = []
        var slopes: [Double] = []
        for response in responses {
            let table = try data.replacing(Column("Reaction", .double(response)))
            let refit = try LinearMixedModel("Reaction ~ Days + (Days | Subject)", data: table).fit(threads: 1)
            sigmas.append(refit.residualStandardDeviation)
            slopes.append(refit.varianceComponents[0].standardDeviations[1])
        }
        let sample = try fit.bootstrap(replicates: 3000)
        for (name, values) in [("sigma", sigmas), ("sd_Days|Subject", slopes)] {
            let row = try #require(try sample.intervals().first { $0.term == name })
            let mean = values.reduce(0, +) / Double(draws)
            let error = row.standardError * (1 / Double(draws) + 1 / 3000.0).squareRoot()
            #expect(abs(mean - row.estimate - row.bias) < 5 * error, "\(name)")
        }
    }

    @Test func newLevelsHaveEffectsOfTheirOwn() throws {
        let (fit, _, _) = try sleepstudy("Reaction ~ Days + (1 | Subject)")
        let table = try DataTable(columns: [
            Column("Days", .double([0, 0, 0, 0])),
            Column("Subject", .categorical(.init(codes: [0, 0, 1, 2], levels: ["new", "other", "308"], kind: .text))),
        ])
        let draws = 2000
        let simulated = try fit.simulatedResponses(for: table, replicates: draws, conditional: true)
        #expect(simulated.newLevels == ["Subject": ["new", "other"]])
        // Rows of one new level share its effect, those of different levels do not.
        let center = fit.coefficients[0]
        func product(_ first: Int, _ second: Int) -> Double {
            simulated.values.reduce(0) { $0 + ($1[first] - center) * ($1[second] - center) } / Double(draws)
        }
        let between = fit.varianceComponents[0].covariance[0, 0]
        let total = between + fit.residualStandardDeviation * fit.residualStandardDeviation
        let error = total / Double(draws).squareRoot()
        #expect(abs(product(0, 1) - between) < 8 * error)
        #expect(abs(product(0, 2)) < 5 * error)
    }

    @Test func weightsAndMissingValues() throws {
        let data = try DataTable(contentsOf: ReferenceFolder.dataPath("standard/sleepstudy.csv"))
        let weighted = try data.replacing(Column("w", .double((0..<180).map { $0 < 90 ? 1 : 100 })))
        let options = DesignOptions(weights: try TableExpression(parsing: "w"))
        let fit = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: weighted, options: options).fit()
        let fitted = try fit.simulatedResponses(for: weighted, replicates: 200, conditional: true).values
        func spread(_ row: Int) -> Double {
            let mean = fitted.reduce(0) { $0 + $1[row] } / 200
            return fitted.reduce(0) { $0 + ($1[row] - mean) * ($1[row] - mean) } / 199
        }
        #expect(abs(spread(0) / spread(100) / 100 - 1) < 0.6)
        var days = [Double](repeating: 1, count: 180)
        days[3] = .nan
        let partial = try weighted.replacing(Column("Days", .double(days)))
        let simulated = try fit.simulatedResponses(for: partial)
        #expect(simulated.rows.count == 179 && !simulated.rows.contains(3))
    }

    @Test(arguments: [0, -1, Int.max])
    func impossibleNumbersOfReplicates(_ count: Int) throws {
        let (fit, data, _) = try sleepstudy()
        #expect(throws: SimulationError.self) { try fit.simulatedResponses(for: data, replicates: count) }
    }
}
