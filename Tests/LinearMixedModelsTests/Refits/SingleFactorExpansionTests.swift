// The quick way through designs with one grouping factor against the general one.

import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct SingleFactorExpansionTests {
    @Test(arguments: [DesignKind.scalar, .slope, .threeSlopes, .twoTerms], EstimationMethod.allCasesHere)
    func equalsTheGeneralExpansion(_ kind: DesignKind, _ method: EstimationMethod) throws {
        for seed in 0..<6 {
            let design = SimulatedDesign(kind, seed: UInt64(seed), isWeighted: seed % 2 == 1)
            let deviance = ProfiledDeviance(CrossProducts(design), terms: design.terms, method: method, threads: 1)
            let value = try #require(deviance.value(at: design.someRelativeFactors(seed: UInt64(seed + 70))))
            let quick = deviance.singleFactorExpansion(value, isExact: true)
            let quickEffects = (0..<deviance.factorization.effects[0].count).map {
                deviance.factorization.effects[0].pointer[$0]
            }
            let general = try #require(deviance.generalExpansion(value, curvature: .exact))
            let effects = (0..<quickEffects.count).map { deviance.factorization.effects[0].pointer[$0] }
            var differences = Differences()
            differences.compare("effects", quickEffects, effects, relative: 1e-9, absolute: 1e-11)
            for (index, score) in quick.scores.enumerated() {
                differences.compare(
                    "score", score.storage, general.scores[index].storage, relative: 1e-9, absolute: 1e-9)
            }
            let traces = try #require(quick.traces)
            differences.compare(
                "traces", traces.storage, try #require(general.traces).storage, relative: 1e-9, absolute: 1e-10)
            differences.compare(
                "information", quick.averageInformation.storage, general.averageInformation.storage, relative: 1e-9,
                absolute: 1e-10)
            differences.compare("forms", quick.quadraticForms, general.quadraticForms, relative: 1e-9)
            #expect(differences.isEmpty, "\(kind) \(method) \(seed): \(differences)")
        }
    }
}

extension EstimationMethod {
    /// Both methods.
    static let allCasesHere: [EstimationMethod] = [.restrictedLikelihood, .likelihood]
}
