// Fits that would take more memory than they may are refused, and say what to do.

import MixedDesign
import MixedLinearAlgebra
import MixedTables
import Testing

@testable import LinearMixedModels

@Suite struct MemoryRefusalTests {
    private func model(films: Int = 300) throws -> LinearMixedModel {
        try LinearMixedModel(
            "score ~ age + (1 | rater) + (1 | film)", data: FitPlanTests.ratings(raters: 3 * films, films: films))
    }

    private func shortage(_ body: () throws(FitError) -> Void) throws -> MemoryShortage {
        do throws(FitError) {
            try body()
        } catch .notEnoughMemory(let shortage) {
            return shortage
        }
        throw FitError.noResidualVariance
    }

    @Test(arguments: [SolverChoice.exact, .iterative, .automatic])
    func aSmallLimitRefuses(solver: SolverChoice) throws {
        let model = try model()
        let shortage = try shortage { () throws(FitError) in
            _ = try model.fit(solver: solver, memory: .bytes(1_000_000))
        }
        #expect(shortage.available == 1e6)
        #expect(shortage.needed > 1e6)
        switch shortage.work {
        case .iteration: #expect(solver == .iterative)
        case .factorization(let equations, let bytes):
            #expect(solver != .iterative)
            #expect(equations == 302)
            #expect(bytes ?? 0 > 1e6)
        case .reading: Issue.record("nothing was read")
        }
        #expect(shortage.description.contains("1 MB can be had"))
        #expect(shortage.hint.contains("allow more with --memory"))
    }

    @Test func thereIsRoomForAFit() throws {
        let model = try model()
        let fit = try model.fit(memory: .bytes(1 << 50))
        #expect(try model.fit(memory: .unlimited).criterion == fit.criterion)
        #expect(try model.fit().criterion == fit.criterion)
    }

    @Test func theWayOutIsNamedWhereThereIsOne() throws {
        // Between the bytes of the two ways.
        let model = try model(films: 12_500)
        let products = CrossProducts(FrameRows(model.design, model.frame))
        let counts = DesignCounts(products, terms: LinearMixedModelFit.layout(model.design))
        let forecast = FitForecast(counts, threads: 2)
        let limit = FitForecast.resident(products) + 0.5 * (forecast.bytes(.exact) + forecast.bytes(.iterative))
        let refused = try shortage { () throws(FitError) in
            _ = try LinearMixedModelFit(
                design: model.design, products: products, method: .likelihood, solver: .exact,
                memory: .bytes(Int(limit)), threads: 2)
        }
        #expect(refused.hint.contains("--solver iterative"))
        #expect(refused.needed > 2e9)
        let fit = try LinearMixedModelFit(
            design: model.design, products: products, method: .likelihood, solver: .iterative,
            memory: .bytes(Int(limit)), threads: 2)
        #expect(fit.computation.isIterative)
    }

    @Test func nestedGroupsAreRefusedAsWell() throws {
        let model = try LinearMixedModel(
            "score ~ age + (1 | town/rater)", data: FitPlanTests.ratings(raters: 400, films: 60))
        let shortage = try shortage { () throws(FitError) in _ = try model.fit(memory: .bytes(1000)) }
        #expect(!shortage.hint.contains("iterative"))
    }

    @Test func cubesAreRefusedAsWell() throws {
        let cube = try DataCube(
            "score ~ age + (1 | rater) + (1 | film)", data: FitPlanTests.ratings(raters: 900, films: 300))
        #expect(throws: FitError.self) { try cube.fit("score ~ 1 + (1 | film)", memory: .bytes(1000)) }
        #expect(try cube.fit("score ~ 1 + (1 | film)", memory: .bytes(1 << 50)).rowCount == 3600)
        let plan = try cube.plan(memory: .bytes(1000), machine: plainMachine)
        #expect(plan.ways.allSatisfy { !$0.fitsInMemory })
        #expect(plan.borderSize == 302)
        #expect(try cube.fit(solver: .iterative).computation.isIterative)
    }
}
