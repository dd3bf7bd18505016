// Putting another response in the place of the one that an elimination was planned with.

internal import MixedLinearAlgebra

extension EliminationPlan {
    /// A plan that shares the structure of this one and has its own values, so that its response can be replaced.
    ///
    /// - Parameter ownsDiagonal: Whether the diagonal blocks are its own as well, so that levels can be taken out.
    /// - Complexity: Copies the rows of the chain and the values of the border.
    func withOwnValues(ownsDiagonal: Bool = false) -> EliminationPlan {
        let chain = chain.map { factor -> ChainFactor in
            let rows = Storage<Double>(zeros: factor.rows.count)
            rows.copy(from: factor.rows)
            var diagonal = factor.diagonal
            if ownsDiagonal {
                diagonal = Storage(zeros: factor.diagonal.count)
                diagonal.copy(from: factor.diagonal)
            }
            return ChainFactor(
                factor: factor.factor, width: factor.width, levelCount: factor.levelCount, ancestors: factor.ancestors,
                ancestorWidths: factor.ancestorWidths, patternStarts: factor.patternStarts,
                patternColumns: factor.patternColumns, patternPlaces: factor.patternPlaces,
                rowStarts: factor.rowStarts, rows: rows, diagonal: diagonal)
        }
        let values = Storage<Double>(zeros: borderValues.count)
        values.copy(from: borderValues)
        return EliminationPlan(
            chain: chain, border: border, borderEffectCount: borderEffectCount, fixedCount: fixedCount,
            borderPlaces: borderPlaces, borderValues: values)
    }

    /// For each column of the border, the response's last, where among `borderValues` its product with the response is.
    func responseEntries() -> Storage<Int> {
        let entries = Storage<Int>(zeros: borderStride)
        for index in 0..<borderPlaces.count {
            let place = borderPlaces.pointer[index]
            if place % borderStride == borderSize { entries.pointer[place / borderStride] = index }
        }
        return entries
    }

    /// Replaces the response of a plan that has its own values.
    ///
    /// - Parameter entries: What `responseEntries` returned.
    /// - Complexity: Linear in the number of random effects; allocates nothing.
    func setResponse(_ response: ResponseProducts, entries: Storage<Int>) {
        for factor in chain {
            let width = factor.width
            let source = response.effects[factor.factor].pointer
            for level in 0..<factor.levelCount {
                let target = factor.rows.pointer + factor.rowStarts.pointer[level + 1] - width
                for element in 0..<width { target[element] = source[level * width + element] }
            }
        }
        for factor in border {
            let source = response.effects[factor.factor].pointer
            for index in 0..<factor.levelCount * factor.width {
                borderValues.pointer[entries.pointer[factor.offset + index]] = source[index]
            }
        }
        for index in 0..<fixedCount {
            borderValues.pointer[entries.pointer[borderEffectCount + index]] = response.fixed.pointer[index]
        }
        borderValues.pointer[entries.pointer[borderSize]] = response.square
    }
}
