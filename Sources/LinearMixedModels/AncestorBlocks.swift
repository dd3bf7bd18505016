// The blocks of the coarser chain levels that a level lies in, as loops over many levels need them.

internal import MixedLinearAlgebra

/// Where the levels of a chain factor find blocks of one coarser chain factor.
///
/// Plain pointers: a loop over a hundred thousand levels must not count references.
struct AncestorBlocks {
    /// For each of our levels the level of the coarser factor that it lies in.
    let levels: UnsafePointer<Int32>
    /// Random effects of one level of the coarser factor.
    let width: Int
    /// Columns of our rows in front of those of the coarser factor.
    let offset: Int
    /// For each of our pattern columns its place in the coarser level's pattern.
    let places: UnsafePointer<Int32>
    /// Where the coarser factor's rows begin.
    let rowStarts: UnsafePointer<Int>
    /// The coarser factor's diagonal blocks and rows.
    let diagonal: UnsafeMutablePointer<Double>
    let rows: UnsafeMutablePointer<Double>

    /// For each coarser factor of a chain position, nearest first.
    ///
    /// - Parameters:
    ///   - diagonal: Diagonal blocks of every chain factor but the first.
    ///   - rows: Their rows.
    static func all(
        _ plan: EliminationPlan, at position: Int, diagonal: [Storage<Double>], rows: [Storage<Double>]
    ) -> [AncestorBlocks] {
        let factor = plan.chain[position]
        var offset = 0
        return factor.ancestors.indices.map { index in
            defer { offset += factor.ancestorWidths[index] }
            return AncestorBlocks(
                levels: factor.ancestors[index].pointer, width: factor.ancestorWidths[index], offset: offset,
                places: factor.patternPlaces[index].pointer,
                rowStarts: plan.chain[position + 1 + index].rowStarts.pointer,
                diagonal: diagonal[position + index].pointer, rows: rows[position + index].pointer)
        }
    }

    /// The coarser level's diagonal block.
    @inline(__always)
    func diagonalBlock(_ level: Int) -> UnsafeMutablePointer<Double> { diagonal + Int(levels[level]) * width * width }

    /// The coarser level's rows.
    @inline(__always)
    func rowBlock(_ level: Int) -> UnsafeMutablePointer<Double> { rows + rowStarts[Int(levels[level])] }

    /// How many numbers the coarser level's rows have, the response included.
    @inline(__always)
    func elementCount(_ level: Int) -> Int {
        let ancestor = Int(levels[level])
        return rowStarts[ancestor + 1] - rowStarts[ancestor]
    }
}
