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
        // Those of the levels that come off: a user, two coefficients and the response.
        #expect(forecast.pairUpdates == 3000 * 53 * 54 / 2 + 200 * 4 * 5 / 2)
        #expect(forecast.bytes > 16 * 1802 * 1803 / 2)
    }

    @Test(arguments: LargeDesign.allCases)
    func agreesWithThePlanOfLargeDesigns(_ large: LargeDesign) {
        let design = large.simulated
        let products = CrossProducts(design)
        let forecast = EliminationForecast(DesignCounts(products, terms: design.terms))
        let plan = EliminationPlan(products, fixedColumns: products.fixedColumnBasis().mapped)
        #expect(forecast.borderSize == plan.borderSize)
        #expect(forecast.isTiled == (plan.borderStride > TiledMatrix.tileSize))
        #expect(forecast.hasSingleFactor == plan.hasSingleFactor)
        #expect(forecast.levelCount == plan.chain.reduce(0) { $0 + $1.levelCount })
        #expect(forecast.rowElements == plan.chain.reduce(0) { $0 + Double($1.rows.count) })
        let directions = SymmetricDirection.all(of: design.terms)
        let chain = Set(plan.chain.map(\.factor))
        #expect(forecast.chainDirectionCount == directions.count { chain.contains($0.factor) })
        #expect(forecast.borderDirectionCount == directions.count { !chain.contains($0.factor) })
    }

    @Test func countsSeeNestedAndCrossedFactors() {
        let products = CrossProducts(LargeDesign.nestedAndCrossed.simulated)
        let counts = DesignCounts(products)
        #expect(counts.chain == [0, 1] && counts.border == [2])
        #expect(counts.isNested(0, in: 1) && !counts.isNested(1, in: 0) && !counts.isNested(0, in: 2))
        #expect(counts.crossedEffectCount == CrossedLayout.borderEffectCount(of: products))
        for pair in products.pairs { #expect(counts.pair(pair.second, pair.first)?.count == pair.pairCount) }
        let smaller = counts.withoutSlopes(of: 1)
        #expect(smaller.effectCount == counts.effectCount - products.factors[1].levelCount)
        #expect(smaller.directionCount == counts.directionCount - 2)
    }

    @Test func linearModelHasOnlyFixedEffects() {
        let forecast = EliminationForecast(factors: [], pairs: [], fixedCount: 4)
        #expect(forecast.borderSize == 4)
        #expect(forecast.chainEffectCount == 0)
        #expect(forecast.pairUpdates == 0)
    }
}
