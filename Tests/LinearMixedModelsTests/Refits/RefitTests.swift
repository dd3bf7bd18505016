// Refits of a model to another response against fits that begin from nothing.

import MixedDesign
import MixedLinearAlgebra
import MixedNumerics
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct RefitTests {
    /// Thirty responses of every kind of design: the same minimum as a search that knows nothing of the first response.
    @Test(arguments: DesignKind.allCases)
    func equalsAFitFromNothing(_ kind: DesignKind) throws {
        var total = 0
        for seed in 0..<6 {
            let method: EstimationMethod = seed % 2 == 0 ? .restrictedLikelihood : .likelihood
            let design = SimulatedDesign(kind, seed: UInt64(seed), rows: 120, isWeighted: seed % 3 == 1)
            let simulation = try #require(SimulatedFit(design, method: method))
            let workspace = simulation.model.workspace()
            let scratch = simulation.simulator.workspace()
            for replicate in 0..<5 {
                var stream = RandomStream(seed: UInt64(seed), stream: UInt64(replicate))
                simulation.simulator.draw(&stream, scratch, into: workspace.response)
                let refit = workspace.refit()
                #expect(refit.outcome != .notConverged, "\(kind) \(seed) \(replicate)")
                let fresh = ProfiledDeviance(
                    simulation.products.replacing(
                        workspace.response, fixedColumns: simulation.model.deviance.fixedColumns),
                    terms: design.terms, method: method, threads: 1)
                let minimum = try #require(fresh.minimize())
                #expect(
                    abs(refit.criterion - minimum.deviance) < 1e-7,
                    "\(kind) \(seed) \(replicate): \(refit.criterion) against \(minimum.deviance)")
                #expect((refit.outcome == .singular) == !minimum.singularTerms.isEmpty)
                total += refit.evaluations
            }
        }
        // Many of these designs are singular, which takes more than the three or four of a regular one.
        #expect(Double(total) / 30 < 10, "\(kind): \(Double(total) / 30) evaluations a refit")
    }

    /// The response that a model was fitted to gives the fit back.
    @Test func theOriginalResponseGivesTheFitBack() throws {
        let design = SimulatedDesign(.nestedAndCrossed, seed: 4)
        let simulation = try #require(SimulatedFit(design, method: .restrictedLikelihood))
        let workspace = simulation.model.workspace()
        workspace.setResponse(of: simulation.products)
        let refit = workspace.refit()
        #expect(abs(refit.criterion - simulation.minimum.deviance) < 1e-9)
    }
}

/// A simulated design, fitted, with what simulates from it.
struct SimulatedFit {
    let products: CrossProducts
    let minimum: DevianceMinimum
    let model: RefitModel
    let simulator: ResponseSimulator
    /// The coefficients of the mapped columns and the standard deviation of the mapped response.
    let coefficients: [Double]
    let sigma: Double

    init?(_ design: SimulatedDesign, method: EstimationMethod, effects: [[Double]]? = nil, sigma given: Double? = nil) {
        products = CrossProducts(design)
        let deviance = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
        guard let minimum = deviance.minimize(), let value = deviance.currentValue(at: minimum.relativeFactors) else {
            return nil
        }
        self.minimum = minimum
        deviance.factorization.solveResponse()
        coefficients = deviance.mappedCoefficients
        let estimated = (value.residualSumOfSquares / Double(deviance.residualRows)).squareRoot()
        sigma = given ?? estimated
        model = RefitModel(deviance, optimum: minimum.relativeFactors)
        let factorization = BlockFactorization(deviance.plan, products: products, threads: 1)
        simulator = ResponseSimulator(
            root: DesignRoot(factorization), terms: design.terms, relativeFactors: minimum.relativeFactors,
            coefficients: coefficients, sigma: sigma, effects: effects, rowCount: design.rowCount)
    }
}
