// Crossed designs of chosen sizes, and their equations as dense matrices in the order of the iterative path.

import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport

@testable import LinearMixedModels

/// What kind of crossed design to simulate.
enum CrossedKind: String, CaseIterable, CustomStringConvertible {
    case scalar, repeatedPairs, slopes, borderSlopes, threeFactors, nestedAndCrossed, nestedSlopes, twoTerms
    var description: String { rawValue }

    /// Levels and random-effects columns of each factor; a factor whose parent is named is nested in it.
    var shapes: [(levels: Int, columns: Int, parent: Int?)] {
        switch self {
        case .scalar: [(60, 1, nil), (25, 1, nil)]
        case .repeatedPairs: [(12, 1, nil), (20, 1, nil)]
        case .slopes: [(40, 2, nil), (22, 1, nil)]
        case .borderSlopes: [(50, 1, nil), (21, 2, nil)]
        case .threeFactors: [(50, 1, nil), (24, 1, nil), (7, 1, nil)]
        case .nestedAndCrossed: [(60, 1, 1), (15, 1, nil), (20, 1, nil)]
        case .nestedSlopes: [(48, 2, 1), (12, 2, 2), (4, 1, nil), (19, 2, nil)]
        case .twoTerms: [(40, 2, nil), (20, 1, nil)]
        }
    }
}

extension SimulatedDesign {
    /// A crossed design with the given standard deviations of its effects, those of the residuals being 1.
    init(
        crossed kind: CrossedKind, seed: UInt64, rows: Int = 400, deviations: [Double]? = nil, isWeighted: Bool = false,
        sizes: [Int]? = nil
    ) {
        var generator = SeededGenerator(seed: seed &* 104_729 &+ 17)
        let x = (0..<rows).map { _ in generator.normal() }
        let ones = [Double](repeating: 1, count: rows)
        fixed = [ones, x]
        response = (0..<rows).map { 12 + 0.4 * x[$0] + generator.normal() }
        factors = []
        terms = []
        weights = nil
        offset = nil
        let shapes = kind.shapes
        let levelCounts = sizes ?? shapes.map(\.levels)
        var codes = levelCounts.map { count in
            (0..<rows).map { row in
                row < count
                    ? Int32(row)
                    : Int32(
                        min(Int.random(in: 0..<count, using: &generator), Int.random(in: 0..<count, using: &generator)))
            }
        }
        for index in shapes.indices.reversed() {
            guard let parent = shapes[index].parent, index < parent else { continue }
            let owners = (0..<levelCounts[index]).map { Int32($0 * levelCounts[parent] / levelCounts[index]) }
            codes[parent] = codes[index].map { owners[Int($0)] }
        }
        // Parents of parents follow their children, finest first.
        for index in shapes.indices {
            guard let parent = shapes[index].parent else { continue }
            let owners = (0..<levelCounts[index]).map { Int32($0 * levelCounts[parent] / levelCounts[index]) }
            codes[parent] = codes[index].map { owners[Int($0)] }
        }
        for (index, shape) in shapes.enumerated() {
            let columns = [ones, x].prefix(shape.columns)
            let deviation = deviations?[index] ?? [0.8, 0.6, 0.5, 0.7][index % 4]
            let effects = (0..<levelCounts[index]).map { _ -> [Double] in
                let first = deviation * generator.normal()
                return (0..<shape.columns).map { $0 == 0 ? first : 0.4 * first + 0.4 * deviation * generator.normal() }
            }
            for row in 0..<rows {
                for column in 0..<shape.columns {
                    response[row] += effects[Int(codes[index][row])][column] * columns[column][row]
                }
            }
            factors.append(Factor(codes: codes[index], levelCount: levelCounts[index], columns: Array(columns)))
            if kind == .twoTerms, index == 0 {
                terms.append(RandomTermLayout(factor: index, columnOffset: 0, columnCount: 1))
                terms.append(RandomTermLayout(factor: index, columnOffset: 1, columnCount: 1))
            } else {
                terms.append(RandomTermLayout(factor: index, columnOffset: 0, columnCount: shape.columns))
            }
        }
        if isWeighted { weights = (0..<rows).map { _ in Double.random(in: 0.3..<3, using: &generator) } }
    }
}

/// *M = Λ'AΛ + I* as a dense matrix, the chain's effects first, and where the border begins.
func denseEquations(_ products: CrossProducts, _ layout: CrossedLayout, blocks: [Matrix]) -> (
    matrix: Matrix, border: Int
) {
    let places =
        layout.chain.map { (factor: $0.factor, order: $0.order) }
        + layout.border.map { (factor: $0.factor, order: $0.order) }
    var starts: [Int] = []
    var size = 0
    for place in places {
        starts.append(size)
        size += place.order.count * products.factors[place.factor].columnCount
    }
    let border = layout.chain.reduce(0) { $0 + $1.effectCount }
    var cross = Matrix(rows: size, columns: size)
    var relative = cross
    for (index, place) in places.enumerated() {
        let own = products.factors[place.factor]
        let k = own.columnCount
        for (position, level) in place.order.enumerated() {
            let start = starts[index] + position * k
            for column in 0..<k {
                for row in 0..<k {
                    cross[start + row, start + column] = own.diagonalBlocks[level * k * k + row + column * k]
                    relative[start + row, start + column] = blocks[place.factor][row, column]
                }
            }
        }
        for (other, otherPlace) in places.enumerated() where other != index {
            let pair = products.orientedPair(place.factor, otherPlace.factor)
            let width = products.factors[otherPlace.factor].columnCount
            var positions = [Int](repeating: 0, count: otherPlace.order.count)
            for (position, level) in otherPlace.order.enumerated() { positions[level] = position }
            for (position, level) in place.order.enumerated() {
                for entry in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                    let target = starts[other] + positions[Int(pair.columns[entry])] * width
                    for column in 0..<width {
                        for row in 0..<k {
                            cross[starts[index] + position * k + row, target + column] =
                                pair.blocks[entry * k * width + row + column * k]
                        }
                    }
                }
            }
        }
    }
    return (relative.transposed * cross * relative + .identity(size), border)
}
