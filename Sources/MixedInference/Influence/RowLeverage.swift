// The leverage of single rows: how far each pulls its own fitted value.

public import LinearMixedModels
public import MixedDesign
internal import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The hat values of rows: the diagonal of *H = [ZΛ X]C⁻¹[ZΛ X]'*, lme4's `hatvalues`.
    ///
    /// They add up to the effective number of parameters of the fitted values.
    /// - **Shape:** one value a row, in the order of the frame.
    /// - Complexity: One pass; for each row the square of the columns that its levels touch.
    /// - Throws: `GroupingError`.
    public func leverages(_ frame: ModelFrame, threads: Int = 2) throws(GroupingError) -> [Double] {
        do throws(FitError) { try requireFactorization(for: .influence) } catch { throw .fit(error) }
        guard let equations = RowEquations(self, threads: threads) else { throw .notSolvable }
        let design = FrameRows(design, frame)
        let codes = products.factors.indices.map { design.codes(factor: $0) }
        let width = products.fixedColumnCount + 1
        var result = [Double](repeating: 0, count: frame.rowCount)
        products.forEachBatch(of: design, includingRandomEffects: true) { batch in
            let count = batch.rows.count
            result.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                ParallelLoop.forEachRange(count, smallest: 64, threads: threads) { range in
                    for row in range {
                        var effects: [(factor: Int, level: Int, values: [Double])] = []
                        for factor in products.factors.indices {
                            let level = Int(codes[factor][batch.rows.lowerBound + row])
                            guard level >= 0 else { continue }
                            let k = products.factors[factor].columnCount
                            let values = (0..<k).map { batch.random[factor][row + $0 * count] }
                            effects.append((factor, level, equations.scaled(values, factor: factor)))
                        }
                        let vector = RowEquations.Vector(
                            effects: effects, fixed: equations.columns.map { batch.fixed[row * width + $0] })
                        base[batch.rows.lowerBound + row] = equations.leverage(vector)
                    }
                }
            }
        }
        return result
    }
}
