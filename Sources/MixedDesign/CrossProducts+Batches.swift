// A second look at the rows: batches as they entered the cross-products, for the few questions that need them.

internal import MixedLinearAlgebra

/// Some consecutive rows, mapped, scaled and multiplied by the roots of their weights.
package struct MappedBatch {
    /// Which rows these are.
    package let rows: Range<Int>
    /// The fixed-effects columns and, last, the response, row after row.
    package let fixed: [Double]
    /// For each grouping factor its random-effects columns, column after column; empty where they were not asked for.
    package let random: [[Double]]
}

extension CrossProducts {
    /// Passes on the rows of a design as they entered these cross-products, in batches.
    ///
    /// - Parameter includingRandomEffects: Whether the columns of the grouping factors are needed.
    /// - Complexity: O(rows × columns), with memory for one batch.
    package func forEachBatch(
        of design: some DesignRows, includingRandomEffects: Bool, _ body: (MappedBatch) -> Void
    ) {
        let size = CrossProductsAccumulator.batchSize
        let columns = fixedColumnCount
        let width = columns + 1
        let response = design.response
        let weights = design.weights
        let offset = design.offset
        var batch = [Double](repeating: 0, count: size * width)
        var start = 0
        while start < design.rowCount {
            let rows = start..<min(start + size, design.rowCount)
            let count = rows.count
            let roots = weights.map { weights in rows.map { weights[$0].squareRoot() } }
            var rowMajor = [Double](repeating: 0, count: count * width)
            batch.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                design.fillFixed(rows: rows, into: base, leadingDimension: count)
                let last = base + columns * count
                for row in 0..<count { last[row] = response[start + row] - (offset?[start + row] ?? 0) }
                transform.apply(to: base, rows: count, leadingDimension: count)
                for column in 0..<width {
                    let values = base + column * count
                    for row in 0..<count { rowMajor[row * width + column] = values[row] * (roots?[row] ?? 1) }
                }
            }
            let random =
                !includingRandomEffects ? [] : factors.indices.map { randomColumns($0, rows, roots, of: design) }
            body(MappedBatch(rows: rows, fixed: rowMajor, random: random))
            start = rows.upperBound
        }
    }

    private func randomColumns(
        _ factor: Int, _ rows: Range<Int>, _ roots: [Double]?, of design: some DesignRows
    ) -> [Double] {
        let scales = factors[factor].columnScales
        var values = [Double](repeating: 0, count: rows.count * scales.count)
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            design.fillRandom(factor: factor, rows: rows, into: base, leadingDimension: rows.count)
            for (column, scale) in scales.enumerated() {
                let target = base + column * rows.count
                for row in 0..<rows.count { target[row] *= (roots?[row] ?? 1) / scale }
            }
        }
        return values
    }
}
