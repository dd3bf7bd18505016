// The part of the cross-products that depends on the response: all that a refit with another response needs.

package import MixedDesign
internal import MixedLinearAlgebra

/// *Z'Wỹ*, *X̃'Wỹ* and *ỹ'Wỹ*, in memory that is written again for every replicate.
///
/// - **Scale:** as the cross-products: columns and response as mapped by their transform.
package final class ResponseProducts {
    /// For each grouping factor *Z'Wỹ*, level after level.
    let effects: [Storage<Double>]
    /// *X̃'Wỹ* of the columns that are not aliased.
    let fixed: Storage<Double>
    /// *ỹ'Wỹ*.
    var square = 0.0

    package init(_ products: CrossProducts, fixedColumns: [Int]) {
        effects = products.factors.map { Storage(zeros: $0.levelCount * $0.columnCount) }
        fixed = Storage(zeros: fixedColumns.count)
    }

    /// Takes over the response of some cross-products of the same design.
    func copy(from products: CrossProducts, fixedColumns: [Int]) {
        let last = products.fixedColumnCount
        for (index, column) in fixedColumns.enumerated() { fixed.pointer[index] = products.fixed[column, last] }
        square = products.fixed[last, last]
        for (factor, blocks) in products.factors.enumerated() {
            let width = blocks.columnCount
            for level in 0..<blocks.levelCount {
                let start = (level + 1) * width * (last + 1) - width
                for element in 0..<width {
                    effects[factor].pointer[level * width + element] = blocks.fixedBlocks[start + element]
                }
            }
        }
    }
}

extension CrossProducts {
    /// The same design with another response; columns that are aliased keep their products with the old one, which
    /// nothing reads.
    ///
    /// - Complexity: Copies the blocks of the factors with the fixed effects.
    package func replacing(_ response: ResponseProducts, fixedColumns: [Int]) -> CrossProducts {
        let last = fixedColumnCount
        var fixed = fixed
        for (index, column) in fixedColumns.enumerated() {
            fixed[column, last] = response.fixed.pointer[index]
            fixed[last, column] = response.fixed.pointer[index]
        }
        fixed[last, last] = response.square
        let factors = zip(factors, response.effects).map { factor, effects -> FactorCrossProducts in
            let width = factor.columnCount
            var blocks = factor.fixedBlocks
            for level in 0..<factor.levelCount {
                let start = (level + 1) * width * (last + 1) - width
                for element in 0..<width { blocks[start + element] = effects.pointer[level * width + element] }
            }
            return FactorCrossProducts(
                columnCount: width, rowCounts: factor.rowCounts, columnScales: factor.columnScales,
                diagonalBlocks: factor.diagonalBlocks, fixedBlocks: blocks)
        }
        return CrossProducts(
            rowCount: rowCount, sumOfLogWeights: sumOfLogWeights, transform: transform, fixed: fixed,
            originalSquaredNorms: originalSquaredNorms, moments: moments, factors: factors, pairs: pairs)
    }
}
