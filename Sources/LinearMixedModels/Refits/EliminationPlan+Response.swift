// Putting another response in the place of the one that an elimination was planned with.

internal import MixedLinearAlgebra

extension EliminationPlan {
    /// A plan that shares the structure of this one and has its own values, so that its response can be replaced.
    ///
    /// - Parameter ownsDiagonal: Whether the diagonal blocks and the pairs of the border are its own as well, so that levels
    ///   can be taken out.
    /// - Complexity: Copies the rows of the chain and the values of the border.
    func withOwnValues(ownsDiagonal: Bool = false) -> EliminationPlan {
        let chain = chain.map { factor in
            ChainFactor(
                factor: factor.factor, width: factor.width, levels: factor.levels, ancestors: factor.ancestors,
                ancestorWidths: factor.ancestorWidths, ancestorColumnCount: factor.ancestorColumnCount,
                patternStarts: factor.patternStarts,
                patternColumns: factor.patternColumns, patternPlaces: factor.patternPlaces,
                rowStarts: factor.rowStarts, rows: factor.rows.copy(),
                diagonal: ownsDiagonal ? factor.diagonal.copy() : factor.diagonal, widestRow: factor.widestRow,
                cuts: factor.cuts, touches: factor.touches)
        }
        let border = border.map { factor in
            BorderFactor(
                factor: factor.factor, width: factor.width, levels: factor.levels, columns: factor.columns,
                diagonal: ownsDiagonal ? factor.diagonal.copy() : factor.diagonal, rows: factor.rows.copy())
        }
        let borderPairs = borderPairs.map { pair in
            BorderPair(
                first: pair.first, second: pair.second, rowStarts: pair.rowStarts, levels: pair.levels,
                blocks: ownsDiagonal ? pair.blocks.copy() : pair.blocks)
        }
        return EliminationPlan(
            chain: chain, border: border, borderPairs: borderPairs, borderEffectCount: borderEffectCount,
            factorOfColumn: factorOfColumn, fixedCount: fixedCount, fixed: fixed.copy(), places: places)
    }

    /// Replaces the response of a plan that has its own values.
    ///
    /// - Complexity: Linear in the number of random effects; allocates nothing.
    func setResponse(_ response: ResponseProducts) {
        for factor in chain {
            let width = factor.width
            let source = response.effects[factor.factor].pointer
            for level in 0..<factor.levelCount {
                let target = factor.rows.pointer + factor.rowStarts.pointer[level + 1] - width
                let own = source + Int(factor.levels.pointer[level]) * width
                for element in 0..<width { target[element] = own[element] }
            }
        }
        for factor in border {
            let width = factor.width
            let source = response.effects[factor.factor].pointer
            for level in 0..<factor.levelCount {
                let target = factor.rows.pointer + ((level + 1) * tailCount - 1) * width
                let own = source + Int(factor.levels.pointer[level]) * width
                for element in 0..<width { target[element] = own[element] }
            }
        }
        for index in 0..<fixedCount { fixed.pointer[fixedCount + index * tailCount] = response.fixed.pointer[index] }
        fixed.pointer[fixedCount + fixedCount * tailCount] = response.square
    }
}
