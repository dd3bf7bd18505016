// What needs the rows: fitted values and residuals, batch by batch in the order of the input.

public import MixedDesign
internal import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The fitted values *Xβ̂ + Zb̂* (with any offset) for the rows of a frame, in their order.
    ///
    /// - Parameter includingRandomEffects: Whether the levels' own effects count; levels that the model has not seen have
    ///   none.
    /// - **Scale:** units of the response.
    /// - Complexity: O(rows × columns), with memory for one batch of design rows.
    public func fittedValues(_ frame: ModelFrame, includingRandomEffects: Bool = true) -> [Double] {
        let batchSize = 2048
        let kept = coefficientNames.map { name in design.fixedColumnNames.firstIndex(of: name) ?? 0 }
        var fitted = frame.offset ?? [Double](repeating: 0, count: frame.rowCount)
        var batch = [Double](repeating: 0, count: batchSize * max(frame.fixedColumnCount, 1))
        var random = (0..<frame.groupingFactorCount).map {
            [Double](repeating: 0, count: batchSize * frame.randomColumnCount(factor: $0))
        }
        let codes = (0..<frame.groupingFactorCount).map { frame.codes(factor: $0) }
        var start = 0
        while start < frame.rowCount {
            let rows = start..<min(start + batchSize, frame.rowCount)
            let count = rows.count
            batch.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                frame.fillFixed(rows: rows, into: base, leadingDimension: count)
                for (index, column) in kept.enumerated() {
                    let coefficient = coefficients[index]
                    for row in 0..<count { fitted[start + row] += coefficient * base[row + column * count] }
                }
            }
            for factor in random.indices where includingRandomEffects {
                let effects = randomEffects[factor].values
                random[factor].withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return }
                    frame.fillRandom(factor: factor, rows: rows, into: base, leadingDimension: count)
                    for column in 0..<effects.columnCount {
                        for row in 0..<count {
                            let level = Int(codes[factor][start + row])
                            if level >= 0 { fitted[start + row] += effects[level, column] * base[row + column * count] }
                        }
                    }
                }
            }
            start = rows.upperBound
        }
        return fitted
    }

    /// The residuals *y − ŷ* for the rows of a frame that has a response, in their order.
    public func residualValues(_ frame: ModelFrame) -> [Double] {
        zip(frame.response, fittedValues(frame)).map { $0 - $1 }
    }

    /// The same fit with a summary of its residuals.
    func addingResiduals(of frame: ModelFrame) -> LinearMixedModelFit {
        let residuals = residualValues(frame)
        let sigma = residualStandardDeviation
        let sumOfSquares = residuals.reduce(0) { $0 + $1 * $1 }
        var scaled = residuals
        for row in scaled.indices { scaled[row] *= (frame.weights?[row].squareRoot() ?? 1) / sigma }
        let summary = ResidualSummary(
            scaledQuantiles: scaled.withUnsafeMutableBufferPointer { Self.quartiles(of: $0) },
            rootMeanSquare: (sumOfSquares / Double(max(residuals.count, 1))).squareRoot())
        return with(residuals: summary)
    }

    /// The five quantiles of some values by R's rule 7, by selection rather than sorting.
    static func quartiles(of values: UnsafeMutableBufferPointer<Double>) -> [Double] {
        guard !values.isEmpty else { return [] }
        let last = Double(values.count - 1)
        return [0, 0.25, 0.5, 0.75, 1].map { share in
            let position = last * share
            let lower = Int(position.rounded(.down))
            let low = select(lower, of: values)
            let fraction = position - Double(lower)
            return fraction > 0 ? low + fraction * (select(lower + 1, of: values) - low) : low
        }
    }

    /// The value that would stand at an index if the values were sorted; reorders the values.
    private static func select(_ index: Int, of values: UnsafeMutableBufferPointer<Double>) -> Double {
        var low = 0
        var high = values.count - 1
        while low < high {
            let pivot = values[(low + high) / 2]
            var left = low
            var right = high
            while left <= right {
                while values[left] < pivot { left += 1 }
                while values[right] > pivot { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if index <= right { high = right } else if index >= left { low = left } else { break }
        }
        return values[index]
    }
}
