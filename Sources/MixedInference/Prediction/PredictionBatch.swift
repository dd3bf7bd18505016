// Design rows of a batch, laid out row by row for the kernels of predictions.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// Memory for some consecutive rows of a frame: the estimated columns, and the columns of all grouping factors.
final class PredictionBatch {
    /// Rows of a batch: its columns stay in the second-level cache.
    static let size = 2048

    let frame: ModelFrame
    /// The estimated columns among all fixed-effects columns.
    let kept: [Int]
    /// How each column that was left out follows from the estimated ones.
    let aliases: [Alias]
    /// For each grouping factor how many columns it has.
    let effectCounts: [Int]
    /// One row after another: the estimated columns.
    let fixed: Storage<Double>
    /// One row after another: the columns of all grouping factors.
    let random: Storage<Double>
    private let columns: Storage<Double>

    var fixedCount: Int { kept.count }
    let randomCount: Int

    /// A column that was left out, as a combination of those that were not.
    struct Alias: Sendable {
        let column: Int
        let weights: [Double]
    }

    init(_ frame: ModelFrame, kept: [Int], aliases: [Alias]) {
        self.frame = frame
        self.kept = kept
        self.aliases = aliases
        effectCounts = (0..<frame.groupingFactorCount).map { frame.randomColumnCount(factor: $0) }
        randomCount = effectCounts.reduce(0, +)
        fixed = Storage(zeros: Self.size * kept.count)
        random = Storage(zeros: Self.size * randomCount)
        columns = Storage(zeros: Self.size * max(frame.fixedColumnCount, effectCounts.max() ?? 0))
    }

    /// Fills the batch.
    ///
    /// - Parameter markInestimable: called with the rows for which the columns that were left out do not follow from the
    ///   others as they did in the data.
    func fill(_ rows: Range<Int>, markInestimable: (Int) -> Void) {
        let count = rows.count
        let source = columns.pointer
        frame.fillFixed(rows: rows, into: source, leadingDimension: count)
        Self.transpose(source, columns: kept, rows: count, into: fixed.pointer, stride: fixedCount, offset: 0)
        for alias in aliases {
            let values = source + alias.column * count
            for row in 0..<count {
                let own = fixed.pointer + row * fixedCount
                var difference = values[row]
                var size = difference.magnitude
                for index in alias.weights.indices {
                    let part = alias.weights[index] * own[index]
                    difference -= part
                    size += part.magnitude
                }
                if difference.magnitude > 1e-6 * size { markInestimable(rows.lowerBound + row) }
            }
        }
        var offset = 0
        for (factor, width) in effectCounts.enumerated() {
            frame.fillRandom(factor: factor, rows: rows, into: source, leadingDimension: count)
            Self.transpose(
                source, columns: Array(0..<width), rows: count, into: random.pointer, stride: randomCount,
                offset: offset)
            offset += width
        }
    }

    private static func transpose(
        _ source: UnsafePointer<Double>, columns: [Int], rows: Int, into target: UnsafeMutablePointer<Double>,
        stride: Int, offset: Int
    ) {
        for (place, column) in columns.enumerated() {
            let values = source + column * rows
            let first = target + offset + place
            for row in 0..<rows { first[row * stride] = values[row] }
        }
    }
}

extension LinearMixedModelFit {
    /// The estimated columns among those of the design.
    var estimatedColumns: [Int] {
        let aliased = Set(aliasedNames)
        return design.fixedColumns.indices.filter { !aliased.contains(design.fixedColumns[$0].name) }
    }

    /// How the columns that were left out follow from the estimated ones, from the cross-products.
    func aliases(kept: [Int]) -> [PredictionBatch.Alias] {
        guard !aliasedNames.isEmpty else { return [] }
        let keptSet = Set(kept)
        let basis = products.fixedColumnBasis()
        let image = products.mappedImage(basis.mapped, moments: products.fixed)
        return design.fixedColumns.indices.filter { !keptSet.contains($0) }.map { column in
            // X = X̃G and X̃ = X_keptC.
            PredictionBatch.Alias(column: column, weights: basis.matrix * image.column(column))
        }
    }
}
