// Designs whose border is about one tile, or several: against dense matrices, and bit for bit over numbers of threads.

import Foundation
import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

/// A design with given numbers of levels and columns; `parents` nests a factor in another one.
private func design(
    _ shapes: [(levels: Int, columns: Int)], nesting: [Int: Int] = [:], rows: Int, seed: UInt64 = 7
) -> SimulatedDesign {
    var generator = SeededGenerator(seed: seed)
    var result = SimulatedDesign(.scalar, seed: seed, rows: rows)
    let columns = result.fixed
    result.factors = []
    result.terms = []
    for (index, shape) in shapes.enumerated() {
        var codes = (0..<rows).map { row -> Int32 in
            // Every level occurs; the first ones more often than the last.
            row < shape.levels
                ? Int32((row * 17 + index) % shape.levels)
                : Int32(Double(shape.levels) * pow(Double.random(in: 0..<1, using: &generator), 1.7))
        }
        if let finer = nesting[index] {
            let fine = result.factors[finer]
            codes = fine.codes.map { ($0 * 7 + 3) % Int32(shape.levels) }
        }
        // Levels are numbered as they occur.
        var numbers: [Int32: Int32] = [:]
        for code in codes where numbers[code] == nil { numbers[code] = Int32(numbers.count) }
        let effects = (0..<numbers.count).map { _ in 0.7 * generator.normal() }
        for row in 0..<rows {
            codes[row] = numbers[codes[row]] ?? 0
            result.response[row] += effects[Int(codes[row])]
        }
        result.factors.append(
            .init(codes: codes, levelCount: numbers.count, columns: Array(columns.prefix(shape.columns))))
        result.terms.append(RandomTermLayout(factor: index, columnOffset: 0, columnCount: shape.columns))
    }
    return result
}

private let tile = TiledMatrix.tileSize

enum LargeDesign: String, CaseIterable, CustomStringConvertible {
    /// With three fixed effects and the response: one tile less a column, exactly one, and one and a column, or two.
    case almostOneTile, oneTile, responseInSecondTile, oneFixedEffectInSecondTile
    case crossed, crossedSlopes, dense, denseSlopes, nestedAndCrossed, threeCrossed, nestedSlopes, manyTrees

    var description: String { rawValue }

    var simulated: SimulatedDesign {
        switch self {
        case .almostOneTile: design([(310, 1), (tile - 5, 1)], rows: 800)
        case .oneTile: design([(310, 1), (tile - 4, 1)], rows: 800)
        case .responseInSecondTile: design([(310, 1), (tile - 3, 1)], rows: 800)
        case .oneFixedEffectInSecondTile: design([(310, 1), (tile - 2, 1)], rows: 800)
        case .crossed: design([(320, 1), (301, 1)], rows: 900)
        case .crossedSlopes: design([(180, 2), (139, 2)], rows: 800)
        case .dense: design([(330, 1), (300, 1)], rows: 40_000)
        case .denseSlopes: design([(130, 2), (140, 2)], rows: 20_000)
        case .nestedAndCrossed: design([(420, 1), (40, 2), (270, 1)], nesting: [1: 0], rows: 900)
        case .threeCrossed: design([(260, 2), (201, 1), (23, 3)], rows: 900)
        case .nestedSlopes: design([(400, 2), (80, 2), (9, 1)], nesting: [1: 0, 2: 1], rows: 1200)
        case .manyTrees: design([(9000, 1), (900, 1)], nesting: [1: 0], rows: 12000)
        }
    }

    /// Whether the covariance matrix of the rows is small enough to be formed.
    var isSmall: Bool { self != .dense && self != .denseSlopes && self != .manyTrees }
}

func deviance(
    _ design: SimulatedDesign, _ method: EstimationMethod, threads: Int = 2,
    peeling: EliminationOrder.Peeling = .whereItPays
) -> ProfiledDeviance {
    ProfiledDeviance(
        CrossProducts(design), terms: design.terms, method: method, threads: threads, peeling: peeling)
}

@Suite struct TiledEliminationTests {
    @Test(arguments: LargeDesign.allCases.filter(\.isSmall), [EstimationMethod.restrictedLikelihood, .likelihood])
    func objectiveEqualsDenseFormula(_ large: LargeDesign, method: EstimationMethod) {
        let design = large.simulated
        let relative = design.someRelativeFactors(seed: 5)
        for peeling in [EliminationOrder.Peeling.never, .always] {
            let deviance = deviance(design, method, peeling: peeling)
            let expected = denseDeviance(
                design, relativeFactors: relative, method: method,
                columnScales: deviance.products.factors.map(\.columnScales))
            let value = deviance.value(at: relative)?.deviance ?? .nan
            #expect(abs(value - expected) < 1e-10 * abs(expected), "\(value) instead of \(expected)")
        }
    }

    /// Gradient and Hessian against differences of the objective and of the gradient.
    @Test(arguments: LargeDesign.allCases, [EliminationOrder.Peeling.never, .always])
    func derivativesEqualDifferences(_ large: LargeDesign, peeling: EliminationOrder.Peeling) throws {
        let design = large.simulated
        let method: EstimationMethod = large == .crossed ? .likelihood : .restrictedLikelihood
        let deviance = deviance(design, method, peeling: peeling)
        let chart = CovarianceChart(around: design.someRelativeFactors(seed: 9), floors: design.terms.map { _ in 1e-6 })
        let expansion = try #require(deviance.expansion(at: chart.relativeFactors(), curvature: .exact))
        let (gradient, hessian) = expansion.derivatives(along: chart.parameters.map { chart.tangent(of: $0) })
        let scale = 1 + hessian.diagonal.map(abs).max()!
        let step = 1e-4
        for (index, parameter) in chart.parameters.enumerated() {
            func gradients(_ offset: Double) throws -> (Double, [Double]) {
                let moved = chart.relativeFactors(after: [(parameter, offset)])
                let there = try #require(deviance.expansion(at: moved, curvature: .averageInformation))
                let slopes = chart.parameters.map { other in
                    var lower = chart.terms[other.term].lower
                    if other.term == parameter.term { lower[parameter.row, parameter.column] += offset }
                    let tangent = CovarianceChart.logarithmicTangent(lower, row: other.row, column: other.column)
                    return 2 * there.scores[other.term].inner(tangent)
                }
                return (there.value.deviance, slopes)
            }
            let points = try [-2, -1, 1, 2].map { try gradients($0 * step) }
            let slope = (8 * (points[2].0 - points[1].0) - (points[3].0 - points[0].0)) / (12 * step)
            #expect(abs(slope - gradient[index]) < 1e-6 * (1 + abs(gradient[index]) + 1e-3 * scale))
            for other in chart.parameters.indices {
                let near = points[2].1[other] - points[1].1[other]
                let far = points[3].1[other] - points[0].1[other]
                let column = (8 * near - far) / (12 * step)
                #expect(
                    abs(column - hessian[index, other]) < 1e-7 * scale,
                    "\(parameter) \(chart.parameters[other]): \(hessian[index, other]) instead of \(column)")
            }
        }
    }

    @Test(arguments: LargeDesign.allCases)
    func threadsDoNotChangeABit(_ large: LargeDesign) throws {
        let design = large.simulated
        let relative = design.someRelativeFactors(seed: 3)
        var expected: DevianceExpansion?
        for threads in [1, 2, 3, 7] {
            let deviance = deviance(design, .restrictedLikelihood, threads: threads, peeling: .always)
            let expansion = try #require(deviance.expansion(at: relative, curvature: .exact))
            if let expected {
                #expect(expansion.value.deviance == expected.value.deviance)
                #expect(expansion.scores == expected.scores)
                #expect(expansion.traces == expected.traces)
                #expect(expansion.averageInformation == expected.averageInformation)
                #expect(expansion.quadraticForms == expected.quadraticForms)
            } else {
                expected = expansion
            }
        }
    }

    /// Conditional standard deviations, and covariances between single levels, do not depend on who is eliminated when.
    @Test(arguments: LargeDesign.allCases.filter(\.isSmall))
    func peelingChangesNothing(_ large: LargeDesign) throws {
        let design = large.simulated
        let relative = design.someRelativeFactors(seed: 5)
        let results = try [EliminationOrder.Peeling.never, .always].map { peeling in
            let deviance = deviance(design, .restrictedLikelihood, peeling: peeling)
            let expansion = try #require(deviance.expansion(at: relative, curvature: .exact))
            let effects = deviance.factorization.effects.map { storage in
                (0..<storage.count).map { storage.pointer[$0] }
            }
            _ = deviance.value(at: relative)
            return (expansion, effects, deviance.conditionalDeviations(), deviance.coefficientSensitivity())
        }
        func close(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-9) -> Bool {
            let scale = 1e-12 + (left.map(abs).max() ?? 0)
            return left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < tolerance * scale }
        }
        let (first, second) = (results[0], results[1])
        #expect(abs(first.0.value.deviance - second.0.value.deviance) < 1e-11 * abs(first.0.value.deviance))
        for (left, right) in zip(first.0.scores, second.0.scores) { #expect(close(left.storage, right.storage)) }
        #expect(close(first.0.traces?.storage ?? [], second.0.traces?.storage ?? []))
        #expect(close(first.0.averageInformation.storage, second.0.averageInformation.storage))
        for (left, right) in zip(first.1, second.1) { #expect(close(left, right)) }
        for (left, right) in zip(first.2, second.2) { #expect(close(left.storage, right.storage)) }
        for (left, right) in zip(first.3, second.3) { #expect(close(left.storage, right.storage)) }
    }

    /// Levels with a single partner come off the border, all others stay.
    @Test func peelingTakesLevelsWithOnePartner() {
        let products = CrossProducts(LargeDesign.crossed.simulated)
        let pairs = OrientedPairs(products)
        let order = EliminationOrder(products, pairs: pairs, peeling: .always)
        let counts = pairs.neighbourCounts(order.positions[0].factor, order.positions[1].factor)
        #expect(order.positions.count == 2)
        #expect(Set(order.positions[0].levels) == Set((0..<Int32(counts.count)).filter { counts[Int($0)] == 1 }))
        #expect(order.border[0].levels.count + order.positions[0].levels.count == counts.count)
        #expect(order.borderEffectCount == order.border[0].levels.count)
    }

    /// Levels of a large border are in the order of their numbers of partners, so that the full tiles come together.
    @Test func largeBordersAreSorted() {
        let products = CrossProducts(LargeDesign.crossed.simulated)
        let pairs = OrientedPairs(products)
        let order = EliminationOrder(products, pairs: pairs, peeling: .never)
        let counts = pairs.neighbourCounts(order.border[0].factor, order.positions[0].factor)
        let sorted = order.border[0].levels.map { counts[Int($0)] }
        #expect(sorted == sorted.sorted(by: >))
        #expect(order.border[0].columns == (0..<Int32(sorted.count)).map { $0 })
    }
}
