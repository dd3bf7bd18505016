// The forecast of an elimination against the plan that it forecasts.

import MixedDesign
import MixedLinearAlgebra
import Testing

@testable import LinearMixedModels

@Suite struct EliminationForecastTests {
    @Test(arguments: DesignKind.allCases)
    func agreesWithThePlan(kind: DesignKind) {
        let products = CrossProducts(SimulatedDesign(kind, seed: 3))
        let forecast = EliminationForecast(products)
        let plan = EliminationPlan(products, fixedColumns: products.fixedColumnBasis().mapped)
        #expect(forecast.borderSize == plan.borderSize)
        #expect(forecast.peeledEffectCount == 0)
        #expect(forecast.chainEffectCount == plan.chain.reduce(0) { $0 + $1.levelCount * $1.width })
        var updates = 0.0
        for factor in plan.chain {
            for level in 0..<factor.levelCount {
                let columns = Double(factor.columnCount(level))
                updates += Double(factor.width) * columns * (columns + 1) / 2
            }
        }
        // What a level touches through finer ones only is touched by itself, too: the rows are the same.
        #expect(forecast.pairUpdates == updates)
        #expect(forecast.operationsPerGradient > forecast.operationsPerObjective)
    }

    @Test func countsNeedNoCrossProducts() {
        // 100 users, each with 50 of 2,000 films; a tenth of the films have one user.
        let films = (0..<2000).map { Int32($0 % 10 == 0 ? 1 : 3) }
        let forecast = EliminationForecast(
            factors: [.init(levelCount: 3000, columnCount: 1), .init(levelCount: 2000, columnCount: 1)],
            pairs: [
                PairCounts(
                    first: 0, second: 1, neighboursOfFirst: [Int32](repeating: 50, count: 3000),
                    neighboursOfSecond: films)
            ], fixedCount: 2)
        #expect(forecast.peeledEffectCount == 200)
        #expect(forecast.borderSize == 1802)
        #expect(forecast.chainEffectCount == 3200)
        #expect(forecast.pairUpdates == 3000 * 53 * 54 / 2)
        #expect(forecast.bytes > 16 * 1802 * 1803 / 2)
    }

    @Test func linearModelHasOnlyFixedEffects() {
        let forecast = EliminationForecast(factors: [], pairs: [], fixedCount: 4)
        #expect(forecast.borderSize == 4)
        #expect(forecast.chainEffectCount == 0)
        #expect(forecast.pairUpdates == 0)
    }
}
