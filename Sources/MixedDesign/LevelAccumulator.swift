// The blocks of one grouping factor while rows are being added.

internal import MixedLinearAlgebra

/// Accumulates, level by level, *Z_i'W Z_i*, *Z_i'W[X̃ ỹ]* and, where there is room, *[X̃ ỹ]'W[X̃ ỹ]*.
struct LevelAccumulator {
    private let shape: FactorShape
    /// Fixed-effects columns and the response.
    private let fixedWidth: Int
    private var columnScales: [Double]?
    private var rowCounts: [Int]
    private var diagonalBlocks: [Double]
    private var fixedBlocks: [Double]
    /// Empty where the levels are too many for it.
    private var fixedMoments: [Double]
    private let hasFixedMoments: Bool
    private(set) var unweightedGram: Matrix

    init(shape: FactorShape, fixedWidth: Int) {
        self.shape = shape
        self.fixedWidth = fixedWidth
        let columns = shape.columnCount
        rowCounts = [Int](repeating: 0, count: shape.levelCount)
        diagonalBlocks = [Double](repeating: 0, count: shape.levelCount * columns * columns)
        fixedBlocks = [Double](repeating: 0, count: shape.levelCount * columns * fixedWidth)
        let momentSize = PackedTriangle.count(fixedWidth)
        hasFixedMoments = shape.levelCount <= FactorCrossProducts.fixedMomentsLimit / momentSize
        fixedMoments = [Double](repeating: 0, count: hasFixedMoments ? shape.levelCount * momentSize : 0)
        unweightedGram = Matrix(rows: columns, columns: columns)
    }

    /// Divides a batch's columns by the scales that the first batch decided.
    mutating func scale(_ batch: UnsafeMutablePointer<Double>, rows: Int) {
        let scales = columnScales ?? Self.scales(batch, rows: rows, columns: shape.columnCount)
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
    mutating func addUnweighted(_ batch: UnsafePointer<Double>, rows: Int) {
        for column in 0..<shape.columnCount {
            for other in 0...column {
                var sum = 0.0
                for row in 0..<rows { sum += batch[row + column * rows] * batch[row + other * rows] }
                unweightedGram[column, other] += sum
                if other != column { unweightedGram[other, column] += sum }
            }
        }
    }

    /// Adds a batch: random-effects columns column-major, fixed-effects columns and response row-major, both weighted.
    mutating func add(_ random: [Double], _ fixed: [Double], codes: [Int32], rows: Range<Int>) {
        let count = rows.count
        let columns = shape.columnCount
        let width = fixedWidth
        random.withUnsafeBufferPointer { random in
            fixed.withUnsafeBufferPointer { fixed in
                diagonalBlocks.withUnsafeMutableBufferPointer { diagonal in
                    fixedBlocks.withUnsafeMutableBufferPointer { cross in
                        for row in 0..<count {
                            let level = Int(codes[rows.lowerBound + row])
                            rowCounts[level] += 1
                            let block = level * columns * columns
                            let target = level * columns * width
                            for column in 0..<columns {
                                let value = random[row + column * count]
                                for other in 0..<columns {
                                    diagonal[block + other + column * columns] += value * random[row + other * count]
                                }
                                for term in 0..<width {
                                    cross[target + column + term * columns] += value * fixed[row * width + term]
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds the fixed-effects columns and the response of a batch to the moments of the rows' levels.
    mutating func addFixedMoments(_ fixed: [Double], codes: [Int32], rows: Range<Int>) {
        guard hasFixedMoments else { return }
        let width = fixedWidth
        fixedMoments.withUnsafeMutableBufferPointer { moments in
            fixed.withUnsafeBufferPointer { fixed in
                codes.withUnsafeBufferPointer { codes in
                    guard let moments = moments.baseAddress, let fixed = fixed.baseAddress else { return }
                    PackedTriangle.addRows(
                        fixed, count: rows.count, width: width, codes: codes, from: rows.lowerBound, into: moments)
                }
            }
        }
    }

    func finished() -> FactorCrossProducts {
        FactorCrossProducts(
            columnCount: shape.columnCount, rowCounts: rowCounts,
            columnScales: columnScales ?? [Double](repeating: 1, count: shape.columnCount),
            diagonalBlocks: diagonalBlocks, fixedBlocks: fixedBlocks,
            fixedMoments: hasFixedMoments ? fixedMoments : nil)
    }
}
