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
        visitFittedValues(frame, includingRandomEffects: includingRandomEffects) { _, _, _ in }
    }

    /// For each estimated coefficient its column among those of the design.
    var estimatedColumns: [Int] {
        coefficientNames.map { name in design.fixedColumnNames.firstIndex(of: name) ?? 0 }
    }

    /// Computes the fitted values and shows each batch of them.
    ///
    /// - Parameter body: Told the rows, their fixed-effects columns one after the other, and the fitted values of all rows
    ///   so far.
    @discardableResult
    func visitFittedValues(
        _ frame: ModelFrame, includingRandomEffects: Bool = true,
        _ body: (_ rows: Range<Int>, _ fixed: UnsafePointer<Double>, _ fitted: UnsafePointer<Double>) -> Void
    ) -> [Double] {
        let batchSize = 2048
        let kept = estimatedColumns
        var fitted = frame.offset ?? [Double](repeating: 0, count: frame.rowCount)
        let batch = Storage<Double>(zeros: batchSize * max(frame.fixedColumnCount, 1))
        let random = (0..<frame.groupingFactorCount).map {
            Storage<Double>(zeros: batchSize * frame.randomColumnCount(factor: $0))
        }
        let codes = (0..<frame.groupingFactorCount).map { frame.codes(factor: $0) }
        fitted.withUnsafeMutableBufferPointer { buffer in
            guard let fitted = buffer.baseAddress else { return }
            for start in stride(from: 0, to: frame.rowCount, by: batchSize) {
                let rows = start..<min(start + batchSize, frame.rowCount)
                let count = rows.count
                let own = fitted + start
                frame.fillFixed(rows: rows, into: batch.pointer, leadingDimension: count)
                for (index, column) in kept.enumerated() {
                    let coefficient = coefficients[index]
                    let values = batch.pointer + column * count
                    for row in 0..<count { own[row] += coefficient * values[row] }
                }
                for factor in random.indices where includingRandomEffects {
                    let effects = randomEffects[factor].values
                    frame.fillRandom(
                        factor: factor, rows: rows, into: random[factor].pointer, leadingDimension: count)
                    effects.storage.withUnsafeBufferPointer { effects in
                        codes[factor].withUnsafeBufferPointer { codes in
                            let levels = randomEffects[factor].values.rowCount
                            for column in 0..<randomEffects[factor].values.columnCount {
                                let values = random[factor].pointer + column * count
                                for row in 0..<count {
                                    let level = Int(codes[start + row])
                                    if level >= 0 { own[row] += effects[level + column * levels] * values[row] }
                                }
                            }
                        }
                    }
                }
                body(rows, batch.pointer, fitted)
            }
        }
        return fitted
    }

    /// The residuals *y − ŷ* for the rows of a frame that has a response, in their order.
    public func residualValues(_ frame: ModelFrame) -> [Double] {
        zip(frame.response, fittedValues(frame)).map { $0 - $1 }
    }

    /// The same fit with a summary of its residuals.
    func addingResiduals(of frame: ModelFrame) -> LinearMixedModelFit {
        var pass = ResidualPass(self)
        let part = pass.part(frame)
        pass.add(part)
        var scaled = part.scaled
        return with(
            residuals: ResidualSummary(
                scaledQuantiles: scaled.withUnsafeMutableBufferPointer { Self.quartiles(of: $0) },
                rootMeanSquare: pass.rootMeanSquare, agreement: pass.agreement))
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
