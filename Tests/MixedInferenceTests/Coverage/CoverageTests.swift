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
        let fit = try design.fit()
        #expect(fit.status == .converged, "the truth is not to lie on the boundary: \(fit.theta)")
        let shares = try coverage(fit, simulations: 2000, method: .restrictedLikelihood, count: fit.coefficients.count)
        {
            refit in
            zip(refit.coefficientTests(), fit.coefficients).map { $0.lowerLimit <= $1 && $1 <= $0.upperLimit }
        }
        for (name, share) in zip(fit.coefficientNames, shares) {
            #expect(abs(share - 0.95) < 0.017, "\(design), \(name): \(share)")
        }
    }

    /// Six hundred responses of each design with three times as many groups: profile intervals of a coefficient and of σ
    /// cover 95% of the time.
    ///
    /// Profiles are of the likelihood and rely on its limit: with 27 to 54 groups they cover about 94%. The Monte Carlo
    /// standard error of the share is 0.0089; three of them, 0.027, are allowed.
    @Test(.tags(.slow), arguments: CoverageDesign.allCases)
    func profileIntervalsCover(_ design: CoverageDesign) throws {
        let fit = try design.fit(multiple: 3)
        #expect(fit.status == .converged, "the truth is not to lie on the boundary: \(fit.theta)")
        let truths = [
            design.coefficient: try #require(fit[coefficient: design.coefficient]),
            "sigma": fit.residualStandardDeviation,
        ]
        let names = [design.coefficient, "sigma"]
        let shares = try coverage(fit, simulations: 600, method: .likelihood, count: names.count) { refit in
            guard let profiles = try? refit.profile(names, threads: 1).profiles else { return [false, false] }
            return names.map { name in
                guard let profile = profiles.first(where: { $0.name == name }), let truth = truths[name] else {
                    return false
                }
                return profile.lower.value <= truth && truth <= profile.upper.value
            }
        }
        for (name, share) in zip(names, shares) {
            #expect(abs(share - 0.95) < 0.027, "\(design), \(name): \(share)")
        }
    }

    /// The shares of simulations in which each of some intervals covers.
    ///
    /// - Parameter covers: Whether each interval of a fit does.
    private func coverage(
        _ fit: LinearMixedModelFit, simulations: Int, method: EstimationMethod, count: Int,
        covers: @Sendable (LinearMixedModelFit) -> [Bool]
    ) throws -> [Double] {
        let model = RefitModel(fit)
        let simulator = try #require(model.simulator(fit, isConditional: false))
        let covered = Storage<UInt8>(zeros: simulations * count)
        let failures = Storage<UInt8>(zeros: simulations)
        ParallelLoop.forEachRange(simulations, smallest: 50, threads: 2) { range in
            let workspace = simulator.workspace()
            let response = model.workspace().response
            for index in range {
                var stream = RandomStream(seed: 2024, stream: UInt64(index))
                simulator.draw(&stream, workspace, into: response)
                guard
                    let refit = try? LinearMixedModelFit(
                        design: fit.design, products: model.crossProducts(with: response), method: method, threads: 1)
                else {
                    failures.pointer[index] = 1
                    continue
                }
                for (place, isCovered) in covers(refit).enumerated() {
                    covered.pointer[place * simulations + index] = isCovered ? 1 : 0
                }
            }
        }
        #expect((0..<simulations).allSatisfy { failures.pointer[$0] == 0 })
        return (0..<count).map { place in
            let total = (0..<simulations).reduce(0) { $0 + Int(covered.pointer[place * simulations + $1]) }
            return Double(total) / Double(simulations)
        }
    }
}
