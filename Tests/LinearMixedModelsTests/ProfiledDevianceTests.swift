// The objective against dense matrices, its gradient and Hessian against differences.

import Foundation
import MixedDesign
import MixedLinearAlgebra
import Testing

@testable import LinearMixedModels

private let methods: [EstimationMethod] = [.restrictedLikelihood, .likelihood]

@Suite struct ProfiledDevianceTests {
    @Test(arguments: DesignKind.allCases, methods)
    func objectiveEqualsDenseFormula(kind: DesignKind, method: EstimationMethod) {
        for isWeighted in [false, true] {
            let design = SimulatedDesign(kind, seed: 11, isWeighted: isWeighted)
            let products = CrossProducts(design)
            let deviance = ProfiledDeviance(products, terms: design.terms, method: method, threads: 1)
            let relative = design.someRelativeFactors(seed: 5)
            let expected = denseDeviance(
                design, relativeFactors: relative, method: method, columnScales: products.factors.map(\.columnScales))
            let value = deviance.value(at: relative)?.deviance ?? .nan
            #expect(abs(value - expected) < 1e-10 * abs(expected), "\(value) instead of \(expected)")
        }
    }

    @Test(arguments: DesignKind.allCases, methods)
    func derivativesEqualDifferences(kind: DesignKind, method: EstimationMethod) throws {
        let design = SimulatedDesign(kind, seed: 23, isWeighted: kind == .slope)
        let deviance = ProfiledDeviance(CrossProducts(design), terms: design.terms, method: method, threads: 1)
        let chart = CovarianceChart(around: design.someRelativeFactors(seed: 9), floors: design.terms.map { _ in 1e-6 })
        let expansion = try #require(deviance.expansion(at: chart.relativeFactors(), curvature: .exact))
        let (gradient, hessian) = expansion.derivatives(along: chart.parameters.map { chart.tangent(of: $0) })
        let step = 1e-4
        // Fourth-order central differences: truncation and rounding both near 1e-10.
        func derivative(_ function: (Double) throws -> [Double]) rethrows -> [Double] {
            let far = try zip(function(2 * step), function(-2 * step)).map { $0 - $1 }
            let near = try zip(function(step), function(-step)).map { $0 - $1 }
            return zip(near, far).map { (8 * $0 - $1) / (12 * step) }
        }
        for (index, parameter) in chart.parameters.enumerated() {
            let slope = try derivative { offset in
                [try #require(deviance.value(at: chart.relativeFactors(after: [(parameter, offset)]))).deviance]
            }
            #expect(abs(slope[0] - gradient[index]) < 1e-6 * (1 + abs(gradient[index])))
            let column = try derivative { offset -> [Double] in
                let moved = chart.relativeFactors(after: [(parameter, offset)])
                let there = try #require(deviance.expansion(at: moved, curvature: .averageInformation))
                return chart.parameters.map { other in
                    var lower = chart.terms[other.term].lower
                    if other.term == parameter.term { lower[parameter.row, parameter.column] += offset }
                    let tangent = CovarianceChart.logarithmicTangent(lower, row: other.row, column: other.column)
                    return 2 * there.scores[other.term].inner(tangent)
                }
            }
            let scale = 1 + hessian.diagonal.map(abs).max()!
            for other in chart.parameters.indices {
                #expect(
                    abs(column[other] - hessian[index, other]) < 1e-7 * scale,
                    "\(parameter) \(chart.parameters[other]): \(hessian[index, other]) instead of \(column[other])")
            }
        }
    }
}
