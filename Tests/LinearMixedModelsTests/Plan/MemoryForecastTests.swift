// The memory that is forecast against the memory that is allocated.

import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct MemoryForecastTests {
    private func forecast(_ design: SimulatedDesign, _ products: CrossProducts) -> EliminationMemory {
        EliminationForecast(DesignCounts(products, terms: design.terms), threads: 2).memory
    }

    /// The share by which a forecast of an exact fit may miss.
    private static let exactTolerance = 0.05
    /// The share by which a forecast of an iterative fit, which has many small parts, may be too high.
    private static let iterativeExcess = 0.2

    @Test(arguments: LargeDesign.allCases)
    func layoutAndFactorisation(_ large: LargeDesign) throws {
        let design = large.simulated
        let products = CrossProducts(design)
        let forecast = forecast(design, products)
        let deviance = ProfiledDeviance(
            products, terms: design.terms, method: .restrictedLikelihood, threads: 2)
        let plan = StoredBytes(of: deviance.plan).total
        #expect(abs(forecast.plan / plan - 1) < Self.exactTolerance, "\(forecast.plan) for \(plan)")
        #expect(deviance.expansion(at: design.someRelativeFactors(seed: 2), curvature: .exact) != nil)
        let all = StoredBytes(of: deviance.plan, deviance.factorization).total
        // The border's inverse stays with the factorisation.
        var expected = forecast.plan + forecast.factorization
        if !deviance.plan.hasSingleFactor {
            expected += 8 * Double(TiledMatrix.elementCount(size: deviance.plan.borderSize))
        }
        #expect(abs(expected / all - 1) < Self.exactTolerance, "\(expected) for \(all)")
    }

    @Test(arguments: LargeDesign.allCases.filter { $0 != .manyTrees })
    func inverseAndHessian(_ large: LargeDesign) throws {
        let design = large.simulated
        let products = CrossProducts(design)
        let forecast = forecast(design, products)
        let deviance = ProfiledDeviance(
            products, terms: design.terms, method: .restrictedLikelihood, threads: 2)
        #expect(deviance.value(at: design.someRelativeFactors(seed: 2)) != nil)
        let inverse = deviance.factorization.selectedInverse(.withFixedEffects)
        let border = 8 * Double(TiledMatrix.elementCount(size: deviance.plan.borderSize))
        let blocks = StoredBytes(of: inverse).total
        #expect(forecast.inverse >= border + blocks)
        #expect(forecast.inverse < 1.25 * (border + blocks), "\(forecast.inverse) for \(border + blocks)")
        let tangents = StoredBytes(
            of: BlockFactorization.ChainTangents(deviance.plan, directions: deviance.directions, keepsHalves: false)
        ).total
        let chain = Set(deviance.plan.chain.map(\.factor))
        let active = deviance.directions.count { chain.contains($0.factor) }
        let squares = 8 * Double(active * deviance.plan.borderSize * deviance.plan.borderSize)
        // Where the border is small the right-hand sides of the average information are more.
        let effects = products.factors.reduce(0) { $0 + $1.levelCount * $1.columnCount }
        let most = max(tangents + squares, 16 * Double(effects * deviance.directions.count))
        #expect(forecast.hessian >= 0.99 * (tangents + squares))
        #expect(forecast.hessian < 1.6 * most, "\(forecast.hessian) for \(most)")
    }

    @Test(arguments: CrossedKind.allCases)
    func iterativeFit(_ kind: CrossedKind) throws {
        let sizes = kind.shapes.map { 20 * $0.levels }
        let design = SimulatedDesign(crossed: kind, seed: 5, rows: 8000, sizes: sizes)
        let products = CrossProducts(design)
        let forecast = IterativeForecast(DesignCounts(products, terms: design.terms))
        let equations = IterativeEquations(
            products, terms: design.terms, method: .restrictedLikelihood, threads: 2)
        let probes = ProbeSolutions(
            equations.matrix, equations.preconditioner, equations.solver,
            probes: ScoreProbes(equations.layout, count: IterativeSettings().probes))
        let state = try #require(equations.solve(at: design.someRelativeFactors(seed: 3), tolerance: 1e-4))
        let traces = try #require(probes.estimate(equations.directions, tolerance: 1e-3))
        #expect(equations.expansion(state, traces: traces, tolerance: 1e-3) != nil)
        let stored = StoredBytes(of: equations, probes, skipping: ["products", "fixedBasis"]).total
        let expected = forecast.layoutBytes + forecast.probeBytes
        #expect(expected > 0.97 * stored, "\(expected) for \(stored)")
        #expect(expected < (1 + Self.iterativeExcess) * stored, "\(expected) for \(stored)")
    }

    @Test func crossProducts() {
        let design = LargeDesign.nestedAndCrossed.simulated
        let products = CrossProducts(design)
        let parts = StoredBytes(of: products.factors, products.pairs, products.fixed).total
        #expect(abs(products.byteCount - parts) <= 0.001 * parts)
    }
}
