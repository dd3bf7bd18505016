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

    /// The five quantiles of some values by R's rule 7, by selection rather than sorting; reorders the values.
    ///
    /// - Complexity: O(n): the median divides the values, and the others are sought in their halves.
    static func quartiles(of values: UnsafeMutableBufferPointer<Double>) -> [Double] {
        guard !values.isEmpty else { return [] }
        let last = values.count - 1
        /// A quantile that is known to stand in a range, left of which nothing is larger, and right of which nothing smaller.
        func quantile(_ share: Double, in range: Range<Int>) -> (value: Double, place: Int) {
            let position = Double(last) * share
            let place = Int(position.rounded(.down))
            let value = select(place, of: values, in: range)
            let fraction = position - Double(place)
            guard fraction > 0 else { return (value, place) }
            let rest = place + 1 < range.upperBound ? place + 1..<range.upperBound : place + 1..<values.count
            return (value + fraction * ((values[rest].min() ?? value) - value), place)
        }
        let median = quantile(0.5, in: 0..<values.count)
        let lower = quantile(0.25, in: 0..<median.place + 1)
        let upper = quantile(0.75, in: median.place..<values.count)
        let smallest = values[...lower.place].min() ?? lower.value
        let largest = values[upper.place...].max() ?? upper.value
        return [smallest, lower.value, median.value, upper.value, largest]
    }

    /// The value that would stand at an index if the values were sorted, when it is known to be in a range; reorders that.
    private static func select(
        _ index: Int, of values: UnsafeMutableBufferPointer<Double>, in range: Range<Int>
    ) -> Double {
        var low = range.lowerBound
        var high = range.upperBound - 1
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
