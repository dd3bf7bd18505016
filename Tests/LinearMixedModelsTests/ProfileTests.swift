import Foundation
import MixedDesign
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Test func profileInsteval() throws {
    func time<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
        let t = Date()
        let r = try body()
        print("TIME", name, (Date().timeIntervalSince(t) * 1e5).rounded() / 100, "ms")
        return r
    }
    for (file, formula) in [("insteval", "y ~ service + (1 | s) + (1 | d) + (1 | dept)")] {
        let path = try ReferenceFolder.dataPath("standard/\(file).csv")
        let table = try time("read") { try DataTable(contentsOf: path) }
        for _ in 0..<2 {
            let model = try time("design") { try LinearMixedModel(formula, data: table) }
            let products = time("products") { CrossProducts(FrameRows(model.design, model.frame)) }
            let deviance = time("plan") { ProfiledDeviance(products, terms: LinearMixedModelFit.layout(model.design), method: .restrictedLikelihood, threads: 2) }
            let start = time("start") { deviance.momentStart() }
            _ = time("factor") { deviance.value(at: start) }
            _ = time("factor") { deviance.value(at: start) }
            time("solveResponse") { deviance.factorization.solveResponse() }
            time("invertBorder") { deviance.factorization.invertBorder(.withFixedEffects) }
            time("rescale") { deviance.factorization.rescaleBorderInverse() }
            _ = time("selected") { deviance.factorization.selectedInverse(.withFixedEffects) }
            _ = time("expansion AI") { deviance.expansion(at: start, curvature: .averageInformation) }
            _ = time("expansion exact") { deviance.expansion(at: start, curvature: .exact) }
            _ = time("sensitivity") { deviance.coefficientSensitivity() }
            let d2 = ProfiledDeviance(products, terms: LinearMixedModelFit.layout(model.design), method: .restrictedLikelihood, threads: 2)
            _ = time("minimize") { d2.minimize() }
            let fit = try time("fit") { try model.fit() }
            _ = time("fitted") { fit.fittedValues(model.frame) }
        }
    }
}
