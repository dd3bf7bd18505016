// Whether intervals cover the truth as often as they promise, in simulations from known parameters.

import LinearMixedModels
import MixedInference
import MixedLinearAlgebra
import MixedNumerics
import MixedTestSupport
import Testing

@Suite struct CoverageTests {
    /// Two thousand responses of each design: intervals with Satterthwaite's degrees of freedom cover 95% of the time.
    ///
    /// The Monte Carlo standard error of a coverage of 0.95 is √(0.95 · 0.05 / 2000) = 0.0049; with eleven coefficients, three
    /// and a half of them, 0.017, are exceeded by chance once in two hundred runs (and the seed is fixed).
    @Test(.tags(.slow), arguments: CoverageDesign.allCases)
    func satterthwaiteIntervalsCover(_ design: CoverageDesign) throws {
        let simulations = 2000
        let fit = try design.fit()
        #expect(fit.status == .converged, "the truth is not to lie on the boundary: \(fit.theta)")
        let model = RefitModel(fit)
        let simulator = try #require(model.simulator(fit, isConditional: false))
        let covered = Storage<UInt8>(zeros: simulations * fit.coefficients.count)
        let failures = Storage<UInt8>(zeros: simulations)
        ParallelLoop.forEachRange(simulations, smallest: 100, threads: 2) { range in
            let workspace = simulator.workspace()
            let response = model.workspace().response
            for index in range {
                var stream = RandomStream(seed: 2024, stream: UInt64(index))
                simulator.draw(&stream, workspace, into: response)
                guard
                    let refit = try? LinearMixedModelFit(
                        design: fit.design, products: model.crossProducts(with: response), method: fit.method,
                        threads: 1)
                else {
                    failures.pointer[index] = 1
                    continue
                }
                for (place, test) in refit.coefficientTests().enumerated() {
                    let truth = fit.coefficients[place]
                    let isCovered = test.lowerLimit <= truth && truth <= test.upperLimit
                    covered.pointer[place * simulations + index] = isCovered ? 1 : 0
                }
            }
        }
        #expect((0..<simulations).allSatisfy { failures.pointer[$0] == 0 })
        for (place, name) in fit.coefficientNames.enumerated() {
            let count = (0..<simulations).reduce(0) { $0 + Int(covered.pointer[place * simulations + $1]) }
            let share = Double(count) / Double(simulations)
            #expect(abs(share - 0.95) < 0.017, "\(design), \(name): \(share)")
        }
    }
}
