// Small seeded random designs, and the objective computed the slow way from dense matrices.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport

extension SeededGenerator {
    /// A standard normal number, near enough: the sum of twelve uniform ones.
    mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
    }
}

/// A design held as plain columns.
struct SimulatedDesign: DesignRows {
    struct Factor {
        var codes: [Int32]
        var levelCount: Int
        /// The random-effects columns.
        var columns: [[Double]]
    }

    var fixed: [[Double]]
    var response: [Double]
    var factors: [Factor]
    var terms: [RandomTermLayout]
    var weights: [Double]?
    var offset: [Double]?

    var rowCount: Int { response.count }
    var fixedColumnCount: Int { fixed.count }
    var constantCombination: [Double]? {
        guard let first = fixed.first, first.allSatisfy({ $0 == 1 }) else { return nil }
        return fixed.indices.map { $0 == 0 ? 1 : 0 }
    }
    var factorShapes: [FactorShape] {
        factors.map { FactorShape(levelCount: $0.levelCount, columnCount: $0.columns.count) }
    }

    func codes(factor: Int) -> [Int32] { factors[factor].codes }

    func fillFixed(rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int) {
        for (column, values) in fixed.enumerated() {
            for row in rows { destination[row - rows.lowerBound + column * leadingDimension] = values[row] }
        }
    }

    func fillRandom(
        factor: Int, rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int
    ) {
        for (column, values) in factors[factor].columns.enumerated() {
            for row in rows { destination[row - rows.lowerBound + column * leadingDimension] = values[row] }
        }
    }
}

/// What kind of design to simulate.
enum DesignKind: String, CaseIterable, CustomStringConvertible {
    case scalar, slope, threeSlopes, crossed, nested, nestedSlopes, crossedSlopes, nestedAndCrossed, twoTerms,
        threeLevels
    var description: String { rawValue }

    /// Number of levels and of random-effects columns of each factor.
    var shapes: [(levels: Int, columns: Int)] {
        switch self {
        case .scalar: [(12, 1)]
        case .slope: [(14, 2)]
        case .threeSlopes: [(20, 3)]
        case .crossed: [(15, 1), (8, 1)]
        case .nested: [(20, 1), (5, 1)]
        case .nestedSlopes: [(24, 2), (6, 2)]
        case .crossedSlopes: [(14, 2), (7, 2)]
        case .nestedAndCrossed: [(24, 1), (6, 2), (7, 1)]
        case .twoTerms: [(16, 2)]
        case .threeLevels: [(36, 1), (12, 2), (4, 1)]
        }
    }

    var isNested: Bool {
        switch self {
        case .nested, .nestedSlopes, .nestedAndCrossed, .threeLevels: true
        default: false
        }
    }
}

extension SimulatedDesign {
    /// A random design of a kind, unbalanced, with variances that are often zero.
    init(_ kind: DesignKind, seed: UInt64, rows: Int = 160, isWeighted: Bool = false) {
        var generator = SeededGenerator(seed: seed &* 7919 &+ UInt64(DesignKind.allCases.firstIndex(of: kind) ?? 0))
        let x = (0..<rows).map { _ in generator.normal() }
        let w = (0..<rows).map { _ in 3 + 2 * generator.normal() }
        let ones = [Double](repeating: 1, count: rows)
        fixed = [ones, x, w]
        response = (0..<rows).map { 40 + 0.5 * x[$0] - 0.2 * w[$0] + generator.normal() }
        factors = []
        terms = []
        for (index, shape) in kind.shapes.enumerated() {
            var codes: [Int32]
            if index > 0, kind.isNested, !(kind == .nestedAndCrossed && index == 2) {
                let finer = factors[index - 1]
                let parents = (0..<finer.levelCount).map { Int32($0 * shape.levels / finer.levelCount) }
                codes = finer.codes.map { parents[Int($0)] }
            } else {
                // Every level occurs; the rest is unbalanced.
                codes = (0..<rows).map { row in
                    row < shape.levels
                        ? Int32(row)
                        : Int32(
                            min(
                                Int.random(in: 0..<shape.levels, using: &generator),
                                Int.random(in: 0..<shape.levels, using: &generator)))
                }
            }
            let columns = [ones, x, w].prefix(shape.columns)
            let choices = [0, 0, 0.1, 0.4, 1, 3]
            let deviations = (0..<shape.columns).map { _ in choices[Int.random(in: 0..<6, using: &generator)] }
            let common = [0, 0.6, 1][Int.random(in: 0..<3, using: &generator)]
            let effects = (0..<shape.levels).map { _ -> [Double] in
                let shared = generator.normal()
                return deviations.map {
                    $0 * (common * shared + (1 - common * common).squareRoot() * generator.normal())
                }
            }
            for row in 0..<rows {
                for column in 0..<shape.columns {
                    response[row] += effects[Int(codes[row])][column] * columns[column][row]
                }
            }
            factors.append(Factor(codes: codes, levelCount: shape.levels, columns: Array(columns)))
            if kind == .twoTerms {
                terms.append(RandomTermLayout(factor: index, columnOffset: 0, columnCount: 1))
                terms.append(RandomTermLayout(factor: index, columnOffset: 1, columnCount: 1))
            } else {
                terms.append(RandomTermLayout(factor: index, columnOffset: 0, columnCount: shape.columns))
            }
        }
        if isWeighted { weights = (0..<rows).map { _ in Double.random(in: 0.3..<3, using: &generator) } }
    }

    /// Some relative factors, not singular, not diagonal.
    func someRelativeFactors(seed: UInt64) -> [Matrix] {
        var generator = SeededGenerator(seed: seed)
        return terms.map { term in
            var relative = Matrix(rows: term.columnCount, columns: term.columnCount)
            for column in 0..<term.columnCount {
                for row in column..<term.columnCount {
                    relative[row, column] =
                        row == column ? Double.random(in: 0.3..<1.2, using: &generator) : 0.3 * generator.normal()
                }
            }
            return relative
        }
    }
}

/// The deviance from the dense covariance matrix of the rows: *V = W⁻¹ + ZΛΛ'Z'*.
func denseDeviance(
    _ design: SimulatedDesign, relativeFactors: [Matrix], method: EstimationMethod, columnScales: [[Double]]
) -> Double {
    let rows = design.rowCount
    var covariance = Matrix(rows: rows, columns: rows)
    for row in 0..<rows { covariance[row, row] = 1 / (design.weights?[row] ?? 1) }
    for (term, relative) in zip(design.terms, relativeFactors) {
        let factor = design.factors[term.factor]
        let sigma = relative * relative.transposed
        for first in 0..<rows {
            for second in 0..<rows where factor.codes[first] == factor.codes[second] {
                for left in 0..<term.columnCount {
                    for right in 0..<term.columnCount {
                        let scale =
                            columnScales[term.factor][term.columnOffset + left]
                            * columnScales[term.factor][term.columnOffset + right]
                        covariance[first, second] +=
                            factor.columns[term.columnOffset + left][first]
                            * factor.columns[term.columnOffset + right][second] * sigma[left, right] / scale
                    }
                }
            }
        }
    }
    guard let decomposition = CholeskyDecomposition(covariance) else { return .nan }
    let y = zip(design.response, design.offset ?? [Double](repeating: 0, count: rows)).map { $0 - $1 }
    let solvedFixed = design.fixed.map { decomposition.solve($0) }
    let solvedResponse = decomposition.solve(y)
    func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
    let count = design.fixed.count
    var gram = Matrix(rows: count, columns: count)
    for first in 0..<count {
        for second in 0..<count { gram[first, second] = dot(design.fixed[first], solvedFixed[second]) }
    }
    let sides = design.fixed.map { dot($0, solvedResponse) }
    guard let fixedDecomposition = CholeskyDecomposition(gram) else { return .nan }
    let coefficients = fixedDecomposition.solve(sides)
    let residual = dot(y, solvedResponse) - dot(coefficients, sides)
    let residualRows = Double(method == .restrictedLikelihood ? rows - count : rows)
    var deviance = decomposition.logDeterminant + residualRows * (1 + log(2 * Double.pi * residual / residualRows))
    if method == .restrictedLikelihood { deviance += fixedDecomposition.logDeterminant }
    return deviance
}
