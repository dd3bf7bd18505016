// The pass over the rows that are predicted: batches on several threads, each writing the rows of its own range.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedNumerics

/// Computes predictions with what was asked for, for all rows of a table.
struct PredictionComputation {
    /// Rows whose combinations of levels are held at a time, which bounds memory.
    private static let segmentSize = 1 << 18

    private let fit: LinearMixedModelFit
    private let frame: ModelFrame
    private let isGrouped: Bool
    private let interval: PredictionInterval
    private let needsErrors: Bool
    private let threads: Int
    private let kept: [Int]
    private let aliases: [PredictionBatch.Alias]
    private let population: PopulationVariance
    private let codes: [[Int32]]
    /// The margin of a group's interval in standard errors, where all of its levels have been seen.
    private let groupQuantile: Double

    private(set) var fitted: [Double]
    private(set) var errors: [Double]
    private(set) var margins: [Double]
    private(set) var inestimableCount = 0

    init(
        _ fit: LinearMixedModelFit, frame: ModelFrame, isGrouped: Bool, interval: PredictionInterval,
        confidence: Double, inference: FixedEffectsInference, needsErrors: Bool, threads: Int
    ) {
        self.fit = fit
        self.frame = frame
        self.isGrouped = isGrouped
        self.interval = interval
        self.needsErrors = needsErrors
        self.threads = threads
        kept = fit.estimatedColumns
        aliases = fit.aliases(kept: kept)
        population = PopulationVariance(fit, inference: inference, interval: interval, confidence: confidence)
        codes = isGrouped ? (0..<frame.groupingFactorCount).map { frame.codes(factor: $0) } : []
        groupQuantile = isGrouped && interval != .none ? population.groupQuantile : .nan
        fitted = [Double](repeating: .nan, count: frame.totalRowCount)
        errors = needsErrors ? fitted : []
        margins = interval == .none ? [] : fitted
    }

    /// Where the results of a pass go: each range of rows writes its own.
    private struct Target: @unchecked Sendable {
        let fitted: UnsafeMutablePointer<Double>
        let errors: UnsafeMutablePointer<Double>?
        let margins: UnsafeMutablePointer<Double>?
    }

    mutating func run() throws(PredictionError) {
        guard frame.rowCount > 0 else { return }
        var covariance: ConditionalCovariance?
        if isGrouped, needsErrors {
            do { covariance = try fit.conditionalCovariance(threads: threads) } catch { throw .fit(error) }
        }
        var newFitted = fitted
        var newErrors = errors
        var newMargins = margins
        newFitted.withUnsafeMutableBufferPointer { fitted in
            newErrors.withUnsafeMutableBufferPointer { errors in
                newMargins.withUnsafeMutableBufferPointer { margins in
                    guard let base = fitted.baseAddress else { return }
                    let target = Target(
                        fitted: base, errors: errors.isEmpty ? nil : errors.baseAddress,
                        margins: margins.isEmpty ? nil : margins.baseAddress)
                    if let covariance {
                        runGrouped(covariance, target)
                    } else {
                        runPlain(target)
                    }
                }
            }
        }
        fitted = newFitted
        errors = newErrors
        margins = newMargins
        guard !aliases.isEmpty else { return }
        for row in 0..<frame.rowCount where fitted[frame.tableRow(of: row)].isNaN { inestimableCount += 1 }
    }

    /// Calls `body` for every batch of some rows, and marks the rows for which there is no estimate afterwards.
    private func forEachBatch(
        of rows: Range<Int>, _ target: Target, _ body: (PredictionBatch, Range<Int>) -> Void
    ) {
        let batch = PredictionBatch(frame, kept: kept, aliases: aliases)
        var start = rows.lowerBound
        var inestimable: [Int] = []
        while start < rows.upperBound {
            let part = start..<min(start + PredictionBatch.size, rows.upperBound)
            batch.fill(part) { inestimable.append(frame.tableRow(of: $0)) }
            writeFitted(batch, part, target)
            body(batch, part)
            start = part.upperBound
        }
        for row in inestimable {
            target.fitted[row] = .nan
            target.errors?[row] = .nan
            target.margins?[row] = .nan
        }
    }

    private func writeFitted(_ batch: PredictionBatch, _ rows: Range<Int>, _ target: Target) {
        let coefficients = fit.coefficients
        let fixedCount = batch.fixedCount
        coefficients.withUnsafeBufferPointer { coefficients in
            for (index, row) in rows.enumerated() {
                let x = batch.fixed.pointer + index * fixedCount
                var sum = frame.offset?[row] ?? 0
                for column in 0..<fixedCount { sum += coefficients[column] * x[column] }
                target.fitted[frame.tableRow(of: row)] = sum
            }
        }
        guard isGrouped else { return }
        var start = 0
        for (factor, width) in batch.effectCounts.enumerated() {
            let effects = fit.randomEffects[factor].values
            let levelCount = effects.rowCount
            effects.storage.withUnsafeBufferPointer { effects in
                codes[factor].withUnsafeBufferPointer { codes in
                    for (index, row) in rows.enumerated() where codes[row] >= 0 {
                        let z = batch.random.pointer + index * batch.randomCount + start
                        var sum = 0.0
                        for column in 0..<width { sum += effects[Int(codes[row]) + column * levelCount] * z[column] }
                        target.fitted[frame.tableRow(of: row)] += sum
                    }
                }
            }
            start += width
        }
    }

    // MARK: Population

    private func runPlain(_ target: Target) {
        ParallelLoop.forEachRange(frame.rowCount, smallest: 4 * PredictionBatch.size, threads: threads) { range in
            guard let errors = target.errors else { return forEachBatch(of: range, target) { _, _ in } }
            let width = kept.count + (interval == .prediction ? frameEffectCount + 1 : 0)
            var cache = MarginCache(width: width)
            let key = Storage<Double>(zeros: width)
            forEachBatch(of: range, target) { batch, rows in
                for (index, row) in rows.enumerated() {
                    let x = batch.fixed.pointer + index * batch.fixedCount
                    let z = batch.random.pointer + index * batch.randomCount
                    key.pointer.update(from: x, count: batch.fixedCount)
                    var inverseWeight = 1.0
                    if interval == .prediction {
                        if let weights = frame.weights { inverseWeight = 1 / weights[row] }
                        (key.pointer + batch.fixedCount).update(from: z, count: batch.randomCount)
                        key.pointer[width - 1] = inverseWeight
                    }
                    let found = cache.value(for: key.pointer) {
                        population.errorAndMargin(x, z, inverseWeight: inverseWeight)
                    }
                    let place = frame.tableRow(of: row)
                    errors[place] = found.error
                    target.margins?[place] = found.margin
                }
            }
        }
    }

    private var frameEffectCount: Int {
        (0..<frame.groupingFactorCount).reduce(0) { $0 + frame.randomColumnCount(factor: $1) }
    }

    // MARK: Groups

    private func runGrouped(_ covariance: ConditionalCovariance, _ target: Target) {
        // Combinations that share the levels of eliminated factors stand together.
        let order =
            covariance.pathFactors
            + codes.indices.filter { !covariance.pathFactors.contains($0) }
        let factors = order.map { (codes: codes[$0], levelCount: fit.randomEffects[$0].levels.count) }
        var start = 0
        while start < frame.rowCount {
            let segment = start..<min(start + Self.segmentSize, frame.rowCount)
            let combinations = LevelCombinations(factors, rows: segment)
            let blocks = self.blocks(covariance, combinations)
            let residual = fit.residualStandardDeviation * fit.residualStandardDeviation
            ParallelLoop.forEachRange(segment.count, smallest: 4 * PredictionBatch.size, threads: threads) { range in
                let rows = segment.lowerBound + range.lowerBound..<segment.lowerBound + range.upperBound
                forEachBatch(of: rows, target) { batch, rows in
                    for (index, row) in rows.enumerated() {
                        let combination = Int(combinations.codes[row - segment.lowerBound])
                        let mean = max(
                            variance(batch, index, block: blocks.pointer + combination * covariance.blockSize), 0)
                        let place = frame.tableRow(of: row)
                        target.errors?[place] = mean.squareRoot()
                        guard let margins = target.margins else { continue }
                        let added = interval == .prediction ? residual / (frame.weights?[row] ?? 1) : 0
                        let isKnown = codes.allSatisfy { $0[row] >= 0 }
                        let quantile =
                            isKnown
                            ? groupQuantile
                            : population.groupQuantile(
                                batch.fixed.pointer + index * batch.fixedCount,
                                batch.random.pointer + index * batch.randomCount, variance: mean + added,
                                isSeen: { codes[$0][row] >= 0 })
                        margins[place] = quantile * (mean + added).squareRoot()
                    }
                }
            }
            start = segment.upperBound
        }
    }

    /// The joint covariance of each combination of levels, but for that of the coefficients, which all share.
    private func blocks(_ covariance: ConditionalCovariance, _ combinations: LevelCombinations) -> Storage<Double> {
        let size = covariance.blockSize
        let representatives = combinations.representatives
        let result = Storage<Double>(zeros: size * representatives.count)
        ParallelLoop.forEachRange(representatives.count, smallest: 64, threads: threads) { range in
            var path: ConditionalCovariance.Path?
            for combination in range {
                let levels = codes.map { $0[representatives[combination]] }
                let known = path.flatMap { covariance.isServed(levels, by: $0) ? $0 : nil }
                let current = known ?? covariance.path(levels)
                covariance.fill(levels, path: current, into: result.pointer + combination * size)
                path = current
            }
        }
        return result
    }

    /// *cHc'* with *c = [x z]*.
    private func variance(_ batch: PredictionBatch, _ index: Int, block: UnsafePointer<Double>) -> Double {
        let fixedCount = batch.fixedCount
        let randomCount = batch.randomCount
        let x = batch.fixed.pointer + index * fixedCount
        let z = batch.random.pointer + index * randomCount
        let among = block + fixedCount * randomCount
        return fit.coefficientCovariance.storage.withUnsafeBufferPointer { covariance in
            var sum = 0.0
            for column in 0..<fixedCount {
                if x[column] == 0 { continue }
                var inner = 0.0
                for row in 0..<fixedCount { inner += covariance[row + column * fixedCount] * x[row] }
                sum += inner * x[column]
            }
            for column in 0..<randomCount {
                if z[column] == 0 { continue }
                var inner = 0.0
                for row in 0..<fixedCount { inner += block[row + column * fixedCount] * x[row] }
                inner *= 2
                for row in 0..<randomCount { inner += among[row + column * randomCount] * z[row] }
                sum += inner * z[column]
            }
            return sum
        }
    }
}
