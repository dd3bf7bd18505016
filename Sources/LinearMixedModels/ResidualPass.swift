// The second look at the rows: their residuals, and what these say of the estimates.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Takes the rows of a fit part by part, in their order.
struct ResidualPass {
    private let fit: LinearMixedModelFit
    private let layouts: [RandomTermLayout]
    /// For each estimated coefficient its column among those of the design.
    private let columns: [Int]
    private var count = 0
    private var sumOfSquares = CompensatedSum()
    private var weightedSumOfSquares = CompensatedSum()
    /// *x_j'We* with the columns centred.
    private var scores: [CompensatedSum]
    /// *Z'We*: for each grouping factor the columns of a level, level by level.
    private let effectScores: [Storage<Double>]
    private let batch: Storage<Double>

    private static let batchSize = 2048

    /// What is computed of a part of the rows without those before it.
    struct Part {
        fileprivate let frame: ModelFrame
        /// *√w e/σ*.
        let scaled: [Double]
        /// *we*.
        fileprivate let weighted: [Double]
        fileprivate let sumOfSquares: Double
        fileprivate let weightedSumOfSquares: Double
        fileprivate let scores: [Double]
    }

    init(_ fit: LinearMixedModelFit) {
        self.fit = fit
        layouts = LinearMixedModelFit.layout(fit.design)
        columns = fit.estimatedColumns
        scores = Array(repeating: CompensatedSum(), count: columns.count)
        effectScores = fit.randomEffects.map { Storage(zeros: $0.values.rowCount * $0.values.columnCount) }
        batch = Storage(zeros: Self.batchSize * (fit.randomEffects.map(\.values.columnCount).max() ?? 1))
    }

    /// The residuals of a part; may be called by several threads.
    func part(_ frame: ModelFrame) -> Part {
        let sigma = fit.residualStandardDeviation
        let shifts = columns.map { fit.products.transform.shifts[$0] }
        var scaled = [Double](repeating: 0, count: frame.rowCount)
        var weighted = scaled
        var scores = [Double](repeating: 0, count: columns.count)
        var sumOfSquares = 0.0
        var weightedSumOfSquares = 0.0
        fit.visitFittedValues(frame) { rows, fixed, fitted in
            var sum = 0.0
            for row in rows {
                let residual = frame.response[row] - fitted[row]
                let weight = frame.weights?[row] ?? 1
                let own = weight * residual
                scaled[row] = (weight == 1 ? residual : weight.squareRoot() * residual) / sigma
                weighted[row] = own
                sum += own
                sumOfSquares += residual * residual
                weightedSumOfSquares += own * residual
            }
            weighted.withUnsafeBufferPointer { weighted in
                guard let own = weighted.baseAddress.map({ $0 + rows.lowerBound }) else { return }
                for (index, column) in columns.enumerated() {
                    let score = BlockFactorization.longDot(fixed + column * rows.count, own, rows.count)
                    scores[index] += score - shifts[index] * sum
                }
            }
        }
        return Part(
            frame: frame, scaled: scaled, weighted: weighted, sumOfSquares: sumOfSquares,
            weightedSumOfSquares: weightedSumOfSquares, scores: scores)
    }

    /// Adds a part: in the order of the rows.
    mutating func add(_ part: Part) {
        count += part.scaled.count
        sumOfSquares.add(part.sumOfSquares)
        weightedSumOfSquares.add(part.weightedSumOfSquares)
        for index in scores.indices { scores[index].add(part.scores[index]) }
        for (factor, sums) in effectScores.enumerated() {
            let codes = part.frame.codes(factor: factor)
            let width = fit.randomEffects[factor].values.columnCount
            for start in stride(from: 0, to: part.scaled.count, by: Self.batchSize) {
                let rows = start..<min(start + Self.batchSize, part.scaled.count)
                part.frame.fillRandom(
                    factor: factor, rows: rows, into: batch.pointer, leadingDimension: rows.count)
                for column in 0..<width {
                    let values = batch.pointer + column * rows.count - start
                    for row in rows where codes[row] >= 0 {
                        sums.pointer[Int(codes[row]) * width + column] += values[row] * part.weighted[row]
                    }
                }
            }
        }
    }

    /// The root of the mean squared residual.
    var rootMeanSquare: Double { (sumOfSquares.value / Double(max(count, 1))).squareRoot() }

    /// What all rows say of the estimates; `nil` where there is no residual variance to compare with.
    var agreement: RowAgreement? {
        let expected = fit.penalizedResidualSumOfSquares
        guard fit.residualStandardDeviation > 0, expected > 0 else { return nil }
        let (squares, step) = randomEffects()
        return RowAgreement(
            residualSumOfSquares: abs(weightedSumOfSquares.value + squares - expected) / expected,
            largestStep: max(step, coefficientStep))
    }

    /// The longest step of a coefficient.
    private var coefficientStep: Double {
        let products = fit.products
        let weight = fit.design.data.totalWeight ?? Double(products.rowCount)
        var longest = 0.0
        for (index, column) in columns.enumerated() {
            let shift = products.transform.shifts[column]
            let square = products.originalSquaredNorms[column]
            // A column that hardly varies is compared with its own length.
            let centred = max(square - weight * shift * shift, 1e-10 * square)
            guard centred > 0 else { continue }
            longest = max(longest, abs(scores[index].value) / (fit.residualStandardDeviation * centred.squareRoot()))
        }
        return longest
    }

    /// *‖û‖²*, and the longest step of a random effect.
    private func randomEffects() -> (squares: Double, step: Double) {
        let variance = fit.residualStandardDeviation * fit.residualStandardDeviation
        var squares = CompensatedSum()
        var longest = 0.0
        for (layout, components) in zip(layouts, fit.varianceComponents) {
            let factor = fit.products.factors[layout.factor]
            let width = factor.columnCount
            let effects = fit.randomEffects[layout.factor].values
            for level in 0..<effects.rowCount {
                let scores = effectScores[layout.factor].pointer + level * width + layout.columnOffset
                for row in 0..<layout.columnCount {
                    let place = layout.columnOffset + row
                    var effect = 0.0
                    for column in 0..<layout.columnCount {
                        effect += components.covariance[row, column] / variance * scores[column]
                    }
                    squares.add(effect * scores[row])
                    let own = components.covariance[row, row]
                    guard own > 0 else { continue }
                    let scale = factor.columnScales[place]
                    let rows = factor.diagonalBlocks[(level * width + place) * width + place] * scale * scale
                    let information = 1 + own / variance * rows
                    longest = max(longest, abs(effect - effects[level, place]) / (own * information).squareRoot())
                }
            }
        }
        return (squares.value, longest)
    }
}
