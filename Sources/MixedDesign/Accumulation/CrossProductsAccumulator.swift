// The one pass over the rows: batches of design rows go in, cross-products come out.
//
// Goals, in this order: every digit that the data has; memory that grows with groups, not rows; speed.

internal import MixedLinearAlgebra

/// Accumulates cross-products batch by batch.
///
/// The first batch decides the centring and the scales; the totals of the batches are added with compensation, so that
/// the error does not grow with the number of rows.
final class CrossProductsAccumulator {
    /// Rows of a batch: its columns stay in the second-level cache.
    static let batchSize = 2048

    private let columnCount: Int
    /// For each grouping factor how many random effects a level has.
    private let randomColumnCounts: [Int]
    private var transform: FixedColumnTransform?
    private(set) var rowCount = 0
    private var logWeights = CompensatedSum()
    private var fixed: [CompensatedSum]
    private var unweightedFixed: [CompensatedSum]
    private var fixedSums: [CompensatedSum]
    private var squaredNorms: [CompensatedSum]
    private let levels: [LevelAccumulator]
    private let pairs: [(first: Int, second: Int, table: LevelPairTable)]
    private var hasWeights = false
    // The columns of a batch.
    private let batch: Storage<Double>
    private let rowMajor: Storage<Double>
    private let random: [Storage<Double>]
    private let roots: Storage<Double>
    private let gram: Storage<Double>

    init(fixedColumnCount: Int, randomColumnCounts: [Int]) {
        columnCount = fixedColumnCount
        self.randomColumnCounts = randomColumnCounts
        let width = fixedColumnCount + 1
        fixed = Array(repeating: CompensatedSum(), count: width * width)
        unweightedFixed = fixed
        fixedSums = Array(repeating: CompensatedSum(), count: width)
        squaredNorms = fixedSums
        levels = randomColumnCounts.map { LevelAccumulator(columnCount: $0, fixedWidth: width) }
        var pairs: [(first: Int, second: Int, table: LevelPairTable)] = []
        for first in randomColumnCounts.indices {
            for second in randomColumnCounts.indices where second > first {
                let size = randomColumnCounts[first] * randomColumnCounts[second]
                pairs.append((first, second, LevelPairTable(blockSize: size)))
            }
        }
        self.pairs = pairs
        batch = Storage(zeros: Self.batchSize * width)
        rowMajor = Storage(zeros: Self.batchSize * LevelAccumulator.rowStride(fixedWidth: width))
        random = randomColumnCounts.map { Storage(zeros: Self.batchSize * $0) }
        roots = Storage(zeros: Self.batchSize)
        gram = Storage(zeros: width * width)
    }

    /// Adds all rows of a design, whose levels may be more than those met so far.
    func add(_ design: some DesignRows) {
        let codes = randomColumnCounts.indices.map { design.codes(factor: $0) }
        for (level, shape) in zip(levels, design.factorShapes) { level.reserve(levels: shape.levelCount) }
        let response = design.response
        let weights = design.weights
        let offset = design.offset
        hasWeights = hasWeights || weights != nil
        var start = 0
        while start < design.rowCount {
            let rows = start..<min(start + Self.batchSize, design.rowCount)
            let count = rows.count
            let base = batch.pointer
            design.fillFixed(rows: rows, into: base, leadingDimension: count)
            let last = base + columnCount * count
            for row in 0..<count { last[row] = response[start + row] }
            if let offset {
                for row in 0..<count { last[row] -= offset[start + row] }
            }
            if let weights {
                for row in 0..<count { roots.pointer[row] = weights[start + row].squareRoot() }
            }
            addFixed(rows: rows, weights: weights, constantCombination: design.constantCombination)
            transpose(rows: count)
            for factor in levels.indices {
                let columns = random[factor].pointer
                design.fillRandom(factor: factor, rows: rows, into: columns, leadingDimension: count)
                levels[factor].scale(columns, rows: count)
                levels[factor].addUnweighted(columns, rows: count)
                if weights != nil { multiplyByRoots(columns, rows: count, columns: randomColumnCounts[factor]) }
                codes[factor].withUnsafeBufferPointer { codes in
                    guard let codes = codes.baseAddress else { return }
                    levels[factor].add(columns, rowMajor.pointer, codes: codes + start, rows: count)
                }
            }
            for pair in pairs {
                codes[pair.first].withUnsafeBufferPointer { first in
                    codes[pair.second].withUnsafeBufferPointer { second in
                        guard let first = first.baseAddress, let second = second.baseAddress else { return }
                        pair.table.add(
                            random[pair.first].pointer, columns: randomColumnCounts[pair.first], codes: first + start,
                            random[pair.second].pointer, columns: randomColumnCounts[pair.second],
                            codes: second + start, rows: count)
                    }
                }
            }
            start = rows.upperBound
        }
        rowCount += design.rowCount
    }

    /// Maps the fixed-effects columns of a batch, adds their cross-products, and leaves them weighted.
    private func addFixed(rows: Range<Int>, weights: [Double]?, constantCombination: [Double]?) {
        let base = batch.pointer
        let count = rows.count
        let width = columnCount + 1
        for column in 0..<columnCount {
            let values = base + column * count
            guard let weights else {
                squaredNorms[column].add(ColumnKernel.dot(values, values, count))
                continue
            }
            var sum = 0.0
            for row in 0..<count { sum += weights[rows.lowerBound + row] * values[row] * values[row] }
            squaredNorms[column].add(sum)
        }
        let map =
            transform
            ?? FixedColumnTransform(
                firstBatch: base, rows: count, columns: columnCount, leadingDimension: count,
                constantCombination: constantCombination)
        transform = map
        map.apply(to: base, rows: count, leadingDimension: count)
        for column in 0..<width { fixedSums[column].add(ColumnKernel.sum(base + column * count, count)) }
        if let weights {
            addGram(rows: count, to: &unweightedFixed)
            for row in rows { logWeights.add(logarithm(weights[row])) }
            multiplyByRoots(base, rows: count, columns: width)
        }
        addGram(rows: count, to: &fixed)
    }

    private func multiplyByRoots(_ columns: UnsafeMutablePointer<Double>, rows: Int, columns count: Int) {
        let roots = roots.pointer
        for column in 0..<count {
            let values = columns + column * rows
            for row in 0..<rows { values[row] *= roots[row] }
        }
    }

    /// Writes a batch row after row, as `LevelAccumulator` takes it, a few rows at a time that stay in the first-level cache.
    private func transpose(rows: Int) {
        let stride = LevelAccumulator.rowStride(fixedWidth: columnCount + 1)
        let source = batch.pointer
        let target = rowMajor.pointer
        for first in Swift.stride(from: 0, to: rows, by: 32) {
            let last = min(first + 32, rows)
            for column in 0...columnCount {
                let values = source + column * rows
                for row in first..<last { target[row &* stride &+ column] = values[row] }
            }
        }
    }

    private func addGram(rows: Int, to totals: inout [CompensatedSum]) {
        let width = columnCount + 1
        gram.clear()
        DenseKernel.addCrossProduct(
            batch.pointer, rows: rows, columns: width, leadingDimension: rows, into: gram.pointer, resultStride: width)
        for column in 0..<width {
            for row in column..<width { totals[row + column * width].add(gram.pointer[row + column * width]) }
        }
    }
}

extension CrossProductsAccumulator {
    /// How many rows each level of a factor has, by the numbers under which its rows were added.
    func rowCounts(factor: Int) -> [Int] { levels[factor].rowCounts }

    /// Bytes that the sums have, and will have at a time until they are finished.
    var neededBytes: Double {
        levels.reduce(0) { $0 + $1.neededBytes } + pairs.reduce(0) { $0 + $1.table.neededBytes }
    }

    /// How many pairs of levels have been met.
    var pairCount: Int { pairs.reduce(0) { $0 + $1.table.pairCount } }

    /// The cross-products of all rows added.
    ///
    /// - Parameter arrangements: For each factor where its levels stand.
    func finished(_ arrangements: [LevelArrangement]) -> CrossProducts {
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
                fixed: unweighted.selecting(rows: columns, columns: columns), random: levels.map(\.unweightedGram)),
            factors: zip(levels, arrangements).map { $0.finished($1) },
            pairs: pairs.map {
                $0.table.sorted(
                    first: $0.first, second: $0.second, arrangements[$0.first], arrangements[$0.second])
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
        let shapes = design.factorShapes
        let accumulator = CrossProductsAccumulator(
            fixedColumnCount: design.fixedColumnCount, randomColumnCounts: shapes.map(\.columnCount))
        accumulator.add(design)
        self = accumulator.finished(shapes.map { LevelArrangement(unchanged: $0.levelCount) })
    }
}
