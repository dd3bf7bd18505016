// The one pass over the rows: batches of design rows go in, cross-products come out.
//
// Goals, in this order: every digit that the data has; memory that grows with groups, not rows; speed.

internal import MixedLinearAlgebra

/// Accumulates cross-products batch by batch.
///
/// The first batch decides the centring and the scales; the totals of the batches are added with compensation, so that
/// the error does not grow with the number of rows.
struct CrossProductsAccumulator {
    /// Rows of a batch: its columns stay in the second-level cache.
    static let batchSize = 2048

    private let columnCount: Int
    private let shapes: [FactorShape]
    private var transform: FixedColumnTransform?
    private var rowCount = 0
    private var logWeights = CompensatedSum()
    private var fixed: [CompensatedSum]
    private var unweightedFixed: [CompensatedSum]
    private var fixedSums: [CompensatedSum]
    private var squaredNorms: [CompensatedSum]
    private var levels: [LevelAccumulator]
    private var pairs: [(first: Int, second: Int, table: LevelPairTable)] = []
    private var hasWeights = false

    init(fixedColumnCount: Int, shapes: [FactorShape]) {
        columnCount = fixedColumnCount
        self.shapes = shapes
        let width = fixedColumnCount + 1
        fixed = Array(repeating: CompensatedSum(), count: width * width)
        unweightedFixed = fixed
        fixedSums = Array(repeating: CompensatedSum(), count: width)
        squaredNorms = fixedSums
        levels = shapes.map { LevelAccumulator(shape: $0, fixedWidth: width) }
        for first in shapes.indices {
            for second in shapes.indices where second > first {
                let size = shapes[first].columnCount * shapes[second].columnCount
                pairs.append((first, second, LevelPairTable(blockSize: size)))
            }
        }
    }

    /// Adds all rows of a design.
    mutating func add(_ design: some DesignRows) {
        let codes = shapes.indices.map { design.codes(factor: $0) }
        let width = columnCount + 1
        var batch = [Double](repeating: 0, count: Self.batchSize * width)
        var rowMajor = batch
        var random = shapes.map { [Double](repeating: 0, count: Self.batchSize * $0.columnCount) }
        let response = design.response
        let weights = design.weights
        let offset = design.offset
        hasWeights = hasWeights || weights != nil
        var start = 0
        while start < design.rowCount {
            let rows = start..<min(start + Self.batchSize, design.rowCount)
            let count = rows.count
            batch.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                design.fillFixed(rows: rows, into: base, leadingDimension: count)
                let last = base + columnCount * count
                for row in 0..<count { last[row] = response[start + row] - (offset?[start + row] ?? 0) }
                addFixed(base, rows: rows, weights: weights, constantCombination: design.constantCombination)
            }
            transpose(batch, rows: count, columns: width, into: &rowMajor)
            for factor in shapes.indices {
                let columns = shapes[factor].columnCount
                random[factor].withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return }
                    design.fillRandom(factor: factor, rows: rows, into: base, leadingDimension: count)
                    levels[factor].scale(base, rows: count)
                    levels[factor].addUnweighted(base, rows: count)
                    if let weights { multiplyRows(base, rows: rows, columns: columns, byRootsOf: weights) }
                }
                levels[factor].add(random[factor], rowMajor, codes: codes[factor], rows: rows)
                levels[factor].addFixedMoments(rowMajor, codes: codes[factor], rows: rows)
            }
            for index in pairs.indices {
                addPair(index, random: random, codes: codes, rows: rows)
            }
            start = rows.upperBound
        }
        rowCount += design.rowCount
    }

    /// Maps the fixed-effects columns of a batch, adds their cross-products, and leaves them weighted.
    private mutating func addFixed(
        _ base: UnsafeMutablePointer<Double>, rows: Range<Int>, weights: [Double]?, constantCombination: [Double]?
    ) {
        let count = rows.count
        let width = columnCount + 1
        for column in 0..<columnCount {
            let values = base + column * count
            var sum = 0.0
            if let weights {
                for row in 0..<count { sum += weights[rows.lowerBound + row] * values[row] * values[row] }
            } else {
                for row in 0..<count { sum += values[row] * values[row] }
            }
            squaredNorms[column].add(sum)
        }
        let map =
            transform
            ?? FixedColumnTransform(
                firstBatch: base, rows: count, columns: columnCount, leadingDimension: count,
                constantCombination: constantCombination)
        transform = map
        map.apply(to: base, rows: count, leadingDimension: count)
        for column in 0..<width {
            var sum = 0.0
            for row in 0..<count { sum += base[row + column * count] }
            fixedSums[column].add(sum)
        }
        guard let weights else {
            Self.addGram(base, rows: count, columns: width, to: &fixed)
            return
        }
        Self.addGram(base, rows: count, columns: width, to: &unweightedFixed)
        for row in rows { logWeights.add(logarithm(weights[row])) }
        multiplyRows(base, rows: rows, columns: width, byRootsOf: weights)
        Self.addGram(base, rows: count, columns: width, to: &fixed)
    }

    private mutating func addPair(_ index: Int, random: [[Double]], codes: [[Int32]], rows: Range<Int>) {
        let count = rows.count
        let first = pairs[index].first
        let second = pairs[index].second
        let firstColumns = shapes[first].columnCount
        let secondColumns = shapes[second].columnCount
        random[first].withUnsafeBufferPointer { left in
            random[second].withUnsafeBufferPointer { right in
                for row in 0..<count {
                    var position = pairs[index].table.offset(
                        codes[first][rows.lowerBound + row], codes[second][rows.lowerBound + row])
                    for column in 0..<secondColumns {
                        let factor = right[row + column * count]
                        for element in 0..<firstColumns {
                            pairs[index].table.add(left[row + element * count] * factor, at: position)
                            position += 1
                        }
                    }
                }
            }
        }
    }

    private func multiplyRows(
        _ base: UnsafeMutablePointer<Double>, rows: Range<Int>, columns: Int, byRootsOf weights: [Double]
    ) {
        let count = rows.count
        for row in 0..<count {
            let root = weights[rows.lowerBound + row].squareRoot()
            for column in 0..<columns { base[row + column * count] *= root }
        }
    }

    private func transpose(_ batch: [Double], rows: Int, columns: Int, into result: inout [Double]) {
        for column in 0..<columns {
            for row in 0..<rows { result[row * columns + column] = batch[row + column * rows] }
        }
    }

    private static func addGram(
        _ base: UnsafePointer<Double>, rows: Int, columns: Int, to totals: inout [CompensatedSum]
    ) {
        var gram = [Double](repeating: 0, count: columns * columns)
        gram.withUnsafeMutableBufferPointer { buffer in
            guard let result = buffer.baseAddress else { return }
            DenseKernel.addCrossProduct(
                base, rows: rows, columns: columns, leadingDimension: rows, into: result, resultStride: columns)
        }
        for column in 0..<columns {
            for row in column..<columns { totals[row + column * columns].add(gram[row + column * columns]) }
        }
    }
}

extension CrossProductsAccumulator {
    /// The cross-products of all rows added.
    func finished() -> CrossProducts {
        let width = columnCount + 1
        let columns = Array(0..<columnCount)
        let weighted = Self.matrix(fixed, width: width)
        let unweighted = hasWeights ? Self.matrix(unweightedFixed, width: width) : weighted
        return CrossProducts(
            rowCount: rowCount, sumOfLogWeights: logWeights.value,
            transform: transform ?? FixedColumnTransform(columnCount: columnCount), fixed: weighted,
            originalSquaredNorms: columns.map { squaredNorms[$0].value },
            moments: UnweightedMoments(
                fixedSums: columns.map { fixedSums[$0].value },
                fixed: unweighted.selecting(rows: columns, columns: columns),
                random: levels.map(\.unweightedGram)),
            factors: levels.map { $0.finished() },
            pairs: pairs.map {
                $0.table.sorted(
                    first: $0.first, second: $0.second, firstLevelCount: shapes[$0.first].levelCount)
            })
    }

    private static func matrix(_ totals: [CompensatedSum], width: Int) -> Matrix {
        var result = Matrix(rows: width, columns: width, columnMajor: totals.map(\.value))
        result.symmetrizeFromLower()
        return result
    }
}

extension CrossProducts {
    /// The cross-products of a design held in memory, in one pass over its rows.
    ///
    /// - Complexity: O(*n (p² + p Σk + Σ k_f k_g)*) for *n* rows, *p* fixed columns and *k_f* random effects a level.
    package init(_ design: some DesignRows) {
        var accumulator = CrossProductsAccumulator(
            fixedColumnCount: design.fixedColumnCount, shapes: design.factorShapes)
        accumulator.add(design)
        self = accumulator.finished()
    }
}
