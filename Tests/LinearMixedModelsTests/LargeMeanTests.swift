// Models without a fixed intercept of a response far from zero: the random intercepts take its mean for their deviation,
// thousands of residual standard deviations, while the slopes' stays small.

import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct LargeMeanTests {
    /// *y ~ 0 + x + (1 + x | g)*, or *(1 | g)*, with weights and a mean of 5000.
    private static func design(seed: UInt64) -> SimulatedDesign {
        var generator = SeededGenerator(seed: seed)
        let groups = [6, 18, 60, 300][Int(seed) % 4]
        let size = [4, 10, 25][Int(seed / 4) % 3]
        let deviation: Double = [20.0, 100, 500][Int(seed / 12) % 3]
        let hasSlopes = seed % 5 != 0
        let correlation: Double = [0, 0.5, -0.5][Int(seed) % 7 % 3]
        let rows = groups * size
        let codes = (0..<rows).map { Int32($0 / size) }
        let x = (0..<rows).map { row -> Double in
            let jitter: Double = 0.5 * generator.normal()
            return Double(row % size) + jitter
        }
        let rest: Double = (1 - correlation * correlation).squareRoot()
        let slopeDeviation: Double = hasSlopes ? 0.3 * deviation : 0
        var effects: [(intercept: Double, slope: Double)] = []
        for _ in 0..<groups {
            let first: Double = generator.normal()
            let own: Double = rest * generator.normal()
            let second: Double = correlation * first + own
            let scaled: Double = 1.5 * deviation * first
            effects.append((intercept: scaled, slope: slopeDeviation * second))
        }
        let weights = (0..<rows).map { _ in Double.random(in: 0.3..<3, using: &generator) }
        var design = SimulatedDesign(.slope, seed: 1)
        design.fixed = [x]
        design.response = (0..<rows).map { row -> Double in
            let own = effects[Int(codes[row])]
            let error: Double = deviation * generator.normal()
            let slope: Double = 10 + own.slope
            let mean: Double = 5000 + own.intercept + slope * x[row]
            return mean + error / weights[row].squareRoot()
        }
        design.weights = weights
        let ones = [Double](repeating: 1, count: rows)
        let columns = hasSlopes ? [ones, x] : [ones]
        design.factors = [.init(codes: codes, levelCount: groups, columns: columns)]
        design.terms = [RandomTermLayout(factor: 0, columnOffset: 0, columnCount: columns.count)]
        return design
    }

    @Test(arguments: Array(0..<60))
    func coldFitIsTheBest(seed: Int) throws {
        let design = Self.design(seed: UInt64(seed))
        let products = CrossProducts(design)
        let method: EstimationMethod = seed % 2 == 0 ? .restrictedLikelihood : .likelihood
        let deviance = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
        let cold = try #require(deviance.minimize())
        #expect(cold.hasConverged && cold.newtonDecrement < 1e-10)
        #expect(deviance.evaluationCount <= 80)
        var lowest = cold.deviance
        for scale in [0.3, 0.9, 1, 1.1, 3] {
            for turn in [0.0, 0.01, -1] {
                let start = cold.relativeFactors.map { relative -> Matrix in
                    var start = scale * relative
                    for column in 0..<start.columnCount where start[column, column] == 0 {
                        start[column, column] = 0.01
                    }
                    if start.rowCount == 2 { start[1, 0] += turn * (abs(start[1, 0]) + abs(start[1, 1])) }
                    return start
                }
                guard let warm = deviance.descend(from: start, settings: .init()) else { continue }
                lowest = min(lowest, warm.deviance)
            }
        }
        // r² is what cancellation leaves of y'y: the objective itself is known to no more digits than this.
        #expect(cold.deviance <= lowest + 1e-10 * abs(lowest))
    }

    /// The objective of the model that starts from what a saved fit holds is not lower.
    @Test(arguments: [3, 14, 27, 38])
    func warmStartFindsTheSame(seed: Int) throws {
        let design = Self.design(seed: UInt64(seed))
        let products = CrossProducts(design)
        let deviance = ProfiledDeviance(products, terms: design.terms, method: .restrictedLikelihood, threads: 1)
        let cold = try #require(deviance.minimize())
        let warm = try #require(deviance.minimize(startingFrom: cold.relativeFactors))
        #expect(isClose(cold.deviance, warm.deviance, relative: 1e-10))
        let found = zip(cold.relativeFactors, warm.relativeFactors).map { ($0 - $1).storage.map(abs).max() ?? 0 }
        let size = cold.relativeFactors.map { $0.storage.map(abs).max() ?? 0 }
        #expect(zip(found, size).allSatisfy { $0 <= 1e-4 * $1 })
    }
}
