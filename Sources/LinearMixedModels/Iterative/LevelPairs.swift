// The pairs of levels of two factors that occur together, in compressed rows over renumbered levels.

internal import MixedDesign
internal import MixedLinearAlgebra

/// For each level of one factor the levels of another that it occurs with, and their blocks *Z_i'W Z_j*.
struct LevelPairs: Sendable {
    /// Random effects of one level on either side.
    let rowWidth: Int
    let columnWidth: Int
    /// Where each level's pairs begin; one more entry than there are levels.
    let rowStarts: Storage<Int>
    /// The first effect of the other level, `columnWidth` apart from the next level's.
    let columns: Storage<Int32>
    /// The blocks, column-major; `nil` where each is the count of a pair that is listed that many times.
    let values: Storage<Double>?

    /// One of the two factors with its levels in a new order.
    struct Side {
        let factor: Int
        /// The level at each place.
        let order: [Int]
        /// The number of effects a level takes up in `columns`.
        let width: Int
        /// The first effect.
        let offset: Int
    }

    /// Listing a pair several times is cheaper than its value while it adds no more than this share.
    static let largestRepetition = 1.5

    /// - Parameter keepsValues: Whether the values are to be there even where they are counts.
    /// - Complexity: Linear in the number of pairs.
    init(_ products: CrossProducts, rows: Side, columns: Side, keepsValues: Bool = false) {
        rowWidth = products.factors[rows.factor].columnCount
        columnWidth = products.factors[columns.factor].columnCount
        let isTransposed = !products.pairs.contains { $0.first == rows.factor && $0.second == columns.factor }
        let stored = products.pairs.first {
            isTransposed
                ? $0.first == columns.factor && $0.second == rows.factor
                : $0.first == rows.factor && $0.second == columns.factor
        }
        let starts = Storage<Int>(zeros: rows.order.count + 1)
        rowStarts = starts
        guard let stored else {
            self.columns = Storage(zeros: 0)
            values = keepsValues ? Storage(zeros: 0) : nil
            return
        }
        let size = rowWidth * columnWidth
        let repetitions = keepsValues || size != 1 ? nil : Self.totalCount(stored.blocks)
        var isRepeated = false
        if let repetitions { isRepeated = Double(repetitions) <= Self.largestRepetition * Double(stored.pairCount) }
        let count = isRepeated ? repetitions ?? 0 : stored.pairCount
        let list = Storage<Int32>(zeros: count)
        let blocks = isRepeated ? nil : Storage<Double>(zeros: count * size)
        self.columns = list
        values = blocks

        let rowPlaces = Self.places(rows.order)
        let columnPlaces = Self.places(columns.order)
        let (rowWidth, columnWidth) = (self.rowWidth, self.columnWidth)
        let first = Int32(columns.offset)
        let step = Int32(columns.width)
        stored.columns.withUnsafeBufferPointer { storedColumns in
            stored.blocks.withUnsafeBufferPointer { storedBlocks in
                stored.rowStarts.withUnsafeBufferPointer { storedStarts in
                    func copies(_ position: Int) -> Int { isRepeated ? Int(storedBlocks[position]) : 1 }
                    // Each row's place is counted first, then filled in the order in which the pairs are stored.
                    for level in 0..<storedStarts.count - 1 {
                        for position in storedStarts[level]..<storedStarts[level + 1] {
                            let row = rowPlaces[isTransposed ? Int(storedColumns[position]) : level]
                            starts.pointer[Int(row) + 1] += copies(position)
                        }
                    }
                    for row in rows.order.indices { starts.pointer[row + 1] += starts.pointer[row] }
                    let next = Storage<Int>(zeros: rows.order.count + 1)
                    next.copy(from: starts)
                    for level in 0..<storedStarts.count - 1 {
                        for position in storedStarts[level]..<storedStarts[level + 1] {
                            let other = Int(storedColumns[position])
                            let row = Int(rowPlaces[isTransposed ? other : level])
                            let column = first + step * columnPlaces[isTransposed ? level : other]
                            for _ in 0..<copies(position) {
                                let target = next.pointer[row]
                                next.pointer[row] = target + 1
                                list.pointer[target] = column
                                guard let blocks else { continue }
                                for right in 0..<columnWidth {
                                    for left in 0..<rowWidth {
                                        blocks.pointer[target * size + left + right * rowWidth] =
                                            storedBlocks[
                                                position * size
                                                    + (isTransposed
                                                        ? right + left * columnWidth : left + right * rowWidth)]
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The sum of some counts, or `nil` when they are no counts.
    static func totalCount(_ blocks: [Double]) -> Int? {
        blocks.withUnsafeBufferPointer { blocks in
            var sum = 0.0
            for value in blocks {
                guard value >= 1, value <= 1024, value == value.rounded() else { return nil }
                sum += value
            }
            return Int(sum)
        }
    }

    private static func places(_ order: [Int]) -> [Int32] {
        var result = [Int32](repeating: 0, count: order.count)
        for (place, level) in order.enumerated() { result[level] = Int32(place) }
        return result
    }
}
