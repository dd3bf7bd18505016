// The root of a design's cross-products where the border has several tiles, against its columns.

import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct LargeDesignRootTests {
    @Test(arguments: [LargeDesign.crossed, .crossedSlopes, .nestedAndCrossed, .oneFixedEffectInSecondTile])
    func squareIsTheCrossProducts(_ large: LargeDesign) {
        let products = CrossProducts(large.simulated)
        let basis = products.fixedColumnBasis()
        let plan = EliminationPlan(products, fixedColumns: basis.mapped, peeling: .always)
        let root = DesignRoot(BlockFactorization(plan, products: products, threads: 2))
        var generator = SeededGenerator(seed: 4)
        let (vector, half, result) = (DesignRoot.Vector(plan), DesignRoot.Vector(plan), DesignRoot.Vector(plan))
        for part in vector.chain + [vector.border] {
            for index in 0..<part.count { part.pointer[index] = Double.random(in: -1..<1, using: &generator) }
        }
        root.multiplyTransposed(vector, into: half)
        root.multiply(half, into: result)

        // v'A v from the blocks of the cross-products, and v'GG'v.
        func value(_ factor: Int, _ level: Int, _ effect: Int) -> Double {
            switch plan.place(ofLevel: level, factor: factor) {
            case .chain(let position, let place):
                vector.chain[position].pointer[place * products.factors[factor].columnCount + effect]
            case .border(let column): vector.border.pointer[column + effect]
            }
        }
        var expected = 0.0
        for (index, factor) in products.factors.enumerated() {
            let width = factor.columnCount
            let stride = width * (products.fixedColumnCount + 1)
            for level in 0..<factor.levelCount {
                for left in 0..<width {
                    for right in 0..<width {
                        expected +=
                            factor.diagonalBlocks[level * width * width + left + right * width]
                            * value(index, level, left) * value(index, level, right)
                    }
                    for (place, column) in basis.mapped.enumerated() {
                        expected +=
                            2 * factor.fixedBlocks[level * stride + left + column * width] * value(index, level, left)
                            * vector.border.pointer[plan.borderEffectCount + place]
                    }
                }
            }
        }
        for pair in products.pairs {
            let widths = (products.factors[pair.first].columnCount, products.factors[pair.second].columnCount)
            for level in 0..<products.factors[pair.first].levelCount {
                for place in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                    for left in 0..<widths.0 {
                        for right in 0..<widths.1 {
                            expected +=
                                2 * pair.blocks[place * widths.0 * widths.1 + left + right * widths.0]
                                * value(pair.first, level, left)
                                * value(pair.second, Int(pair.columns[place]), right)
                        }
                    }
                }
            }
        }
        for (left, first) in basis.mapped.enumerated() {
            for (right, second) in basis.mapped.enumerated() {
                expected +=
                    products.fixed[first, second] * vector.border.pointer[plan.borderEffectCount + left]
                    * vector.border.pointer[plan.borderEffectCount + right]
            }
        }
        var found = 0.0
        for (own, image) in zip(vector.chain + [vector.border], result.chain + [result.border]) {
            for index in 0..<own.count { found += own.pointer[index] * image.pointer[index] }
        }
        #expect(abs(found - expected) < 1e-10 * abs(expected))
    }
}
