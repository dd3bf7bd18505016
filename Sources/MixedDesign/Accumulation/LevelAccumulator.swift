// The blocks of one grouping factor while rows are being added.

internal import CKernels
internal import MixedLinearAlgebra

/// Accumulates, level by level, *Z_i'W Z_i*, *Z_i'W[X̃ ỹ]* and, where there is room, *[X̃ ỹ]'W[X̃ ỹ]*.
///
/// Everything of a level stands together in one record, so that a row touches a few cache lines. Levels may be added at any
/// time.
final class LevelAccumulator {
    private let columnCount: Int
    /// Fixed-effects columns and the response.
    private let fixedWidth: Int
    private var columnScales: [Double]?
    private(set) var levelCount = 0
    /// Records of `stride` numbers: the number of rows, *Z'Z*, *Z'[X y]*, and the moments where they are kept.
    private var records = Storage<Double>(zeros: 0)
    private var capacity = 0
    private var keepsMoments = true
    private(set) var unweightedGram: Matrix

    init(columnCount: Int, fixedWidth: Int) {
        self.columnCount = columnCount
        self.fixedWidth = fixedWidth
        unweightedGram = Matrix(rows: columnCount, columns: columnCount)
    }

    /// Numbers from one row of a row-major batch to the next: an even number, the last of which may be zero.
    static func rowStride(fixedWidth: Int) -> Int { (fixedWidth + 1) / 2 * 2 }

    private var rowStride: Int { Self.rowStride(fixedWidth: fixedWidth) }
    private var momentCount: Int { PackedTriangle.count(fixedWidth) }
    private var crossStart: Int { 1 + columnCount * columnCount }
    private var momentStart: Int { crossStart + columnCount * rowStride }
    private var stride: Int { momentStart + (keepsMoments ? MomentGrid.count(rowStride) : 0) }

    /// Makes room for so many levels in all.
    func reserve(levels count: Int) {
        levelCount = max(levelCount, count)
        let mayKeepMoments = keepsMoments && levelCount <= FactorCrossProducts.fixedMomentsLimit / momentCount
        guard levelCount > capacity || mayKeepMoments != keepsMoments else { return }
        let old = records
        let oldStride = stride
        let oldCapacity = capacity
        keepsMoments = mayKeepMoments
        if levelCount > capacity { capacity = max(levelCount, min(capacity * 2, levelCount * 2)) }
        let stride = stride
        records = Storage(zeros: capacity * stride)
        let kept = min(oldStride, stride)
        for level in 0..<oldCapacity {
            (records.pointer + level * stride).update(from: old.pointer + level * oldStride, count: kept)
        }
    }

    /// Divides a batch's columns by the scales that the first batch decided.
    func scale(_ batch: UnsafeMutablePointer<Double>, rows: Int) {
        let scales = columnScales ?? Self.scales(batch, rows: rows, columns: columnCount)
        columnScales = scales
        for (column, scale) in scales.enumerated() where scale != 1 {
            let values = batch + column * rows
            let factor = 1 / scale
            for row in 0..<rows { values[row] *= factor }
        }
    }

    private static func scales(_ batch: UnsafePointer<Double>, rows: Int, columns: Int) -> [Double] {
        (0..<columns).map { column in
            var sum = 0.0
            for row in 0..<rows { sum += batch[row + column * rows] * batch[row + column * rows] }
            return FixedColumnTransform.powerOfTwo(near: (sum / Double(max(rows, 1))).squareRoot())
        }
    }

    /// Adds a batch to the sums without weights.
    func addUnweighted(_ batch: UnsafePointer<Double>, rows: Int) {
        for column in 0..<columnCount {
            for other in 0...column {
                let sum = ColumnKernel.dot(batch + column * rows, batch + other * rows, rows)
                unweightedGram[column, other] += sum
                if other != column { unweightedGram[other, column] += sum }
            }
        }
    }

    /// Adds a batch: random-effects columns column-major, fixed-effects columns and response row-major, both weighted.
    ///
    /// - Parameter codes: The level of each row of the batch; all below `levelCount`.
    func add(
        _ random: UnsafePointer<Double>, _ fixed: UnsafePointer<Double>, codes: UnsafePointer<Int32>, rows count: Int
    ) {
        switch columnCount {
        case 1: addSingle(random, fixed, codes: codes, rows: count)
        case 2: addPair(random, fixed, codes: codes, rows: count)
        default: addBlock(random, fixed, codes: codes, rows: count)
        }
    }

    private func addSingle(
        _ random: UnsafePointer<Double>, _ fixed: UnsafePointer<Double>, codes: UnsafePointer<Int32>, rows count: Int
    ) {
        let width = rowStride
        let stride = stride
        let records = records.pointer
        let keepsMoments = keepsMoments
        for row in 0..<count {
            if row + Self.lead < count { Self.prefetch(records + Int(codes[row + Self.lead]) * stride, count: stride) }
            let record = records + Int(codes[row]) * stride
            let values = fixed + row * width
            let effect = random[row]
            record[0] += 1
            record[1] += effect * effect
            let cross = record + 2
            ColumnKernel.add(effect, times: values, to: cross, pairs: width / 2)
            if keepsMoments { MomentGrid.add(values, width: width, to: cross + width) }
        }
    }

    private func addPair(
        _ random: UnsafePointer<Double>, _ fixed: UnsafePointer<Double>, codes: UnsafePointer<Int32>, rows count: Int
    ) {
        let width = rowStride
        let stride = stride
        let records = records.pointer
        let keepsMoments = keepsMoments
        for row in 0..<count {
            if row + Self.lead < count { Self.prefetch(records + Int(codes[row + Self.lead]) * stride, count: stride) }
            let record = records + Int(codes[row]) * stride
            let values = fixed + row * width
            let (first, second) = (random[row], random[row + count])
            record[0] += 1
            record[1] += first * first
            record[2] += second * first
            record[3] += first * second
            record[4] += second * second
            let cross = record + 5
            let effects = SIMD2(first, second)
            for term in 0..<width {
                ColumnKernel.add(effects * SIMD2(repeating: values[term]), to: cross + 2 * term)
            }
            if keepsMoments { MomentGrid.add(values, width: width, to: cross + 2 * width) }
        }
    }

    private func addBlock(
        _ random: UnsafePointer<Double>, _ fixed: UnsafePointer<Double>, codes: UnsafePointer<Int32>, rows count: Int
    ) {
        let columns = columnCount
        let width = rowStride
        let stride = stride
        let records = records.pointer
        let keepsMoments = keepsMoments
        for row in 0..<count {
            if row + Self.lead < count { Self.prefetch(records + Int(codes[row + Self.lead]) * stride, count: stride) }
            let record = records + Int(codes[row]) * stride
            let values = fixed + row * width
            record[0] += 1
            let cross = record + 1 + columns * columns
            for column in 0..<columns {
                let value = random[row + column * count]
                for other in 0..<columns { record[1 + other + column * columns] += value * random[row + other * count] }
                for term in 0..<width { cross[column + term * columns] += value * values[term] }
            }
            if keepsMoments { MomentGrid.add(values, width: width, to: cross + columns * width) }
        }
    }

    /// How many rows ahead the record of a level is asked for.
    private static let lead = 8

    @inline(__always)
    private static func prefetch(_ record: UnsafePointer<Double>, count: Int) {
        var offset = 0
        while offset < count {
            mixed_prefetch(record + offset)
            offset += 8
        }
    }

    /// The blocks in another order of the levels; those of levels that share a place are added.
    ///
    /// - Parameter arrangement: For each level its place, or -1 to leave it out.
    func finished(_ arrangement: LevelArrangement) -> FactorCrossProducts {
        let columns = columnCount
        let block = columns * columns
        let cross = columns * fixedWidth
        let count = arrangement.levelCount
        let momentCount = keepsMoments ? self.momentCount : 0
        var rowCounts = [Int](repeating: 0, count: count)
        var diagonalBlocks = [Double](repeating: 0, count: count * block)
        var fixedBlocks = [Double](repeating: 0, count: count * cross)
        var moments = [Double](repeating: 0, count: count * momentCount)
        for level in 0..<min(levelCount, arrangement.places.count) {
            let place = Int(arrangement.places[level])
            if place < 0 { continue }
            let record = records.pointer + level * stride
            rowCounts[place] += Int(record[0])
            for index in 0..<block { diagonalBlocks[place * block + index] += record[1 + index] }
            for index in 0..<cross { fixedBlocks[place * cross + index] += record[crossStart + index] }
            if keepsMoments {
                moments.withUnsafeMutableBufferPointer { moments in
                    guard let triangle = moments.baseAddress else { return }
                    MomentGrid.addTriangle(
                        of: record + momentStart, rowStride, size: fixedWidth, to: triangle + place * momentCount)
                }
            }
        }
        return FactorCrossProducts(
            columnCount: columns, rowCounts: rowCounts,
            columnScales: columnScales ?? [Double](repeating: 1, count: columns), diagonalBlocks: diagonalBlocks,
            fixedBlocks: fixedBlocks, fixedMoments: keepsMoments ? moments : nil)
    }

    /// Bytes of the records, and of the blocks that are made of them.
    var neededBytes: Double { 16 * Double(capacity * stride) }

    /// How many rows each level has.
    var rowCounts: [Int] { (0..<levelCount).map { Int(records.pointer[$0 * stride]) } }
}

/// Where the levels of a factor, numbered as they were met, stand in the end.
struct LevelArrangement {
    /// How many places there are.
    var levelCount: Int
    /// For each level its place, or -1 for a level that is left out.
    var places: [Int32]

    init(levelCount: Int, places: [Int32]) {
        self.levelCount = levelCount
        self.places = places
    }

    /// Every level stays where it is.
    init(unchanged levelCount: Int) {
        self.init(levelCount: levelCount, places: (0..<Int32(clamping: levelCount)).map { $0 })
    }
}
