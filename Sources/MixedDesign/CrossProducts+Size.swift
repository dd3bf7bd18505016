// How much memory cross-products take.

internal import MixedLinearAlgebra

extension CrossProducts {
    /// Bytes of the blocks of all levels and pairs.
    package var byteCount: Double {
        let levels = factors.reduce(0) {
            $0 + $1.rowCounts.count + $1.diagonalBlocks.count + $1.fixedBlocks.count + ($1.fixedMoments?.count ?? 0)
        }
        let own = pairs.reduce(0) { $0 + $1.rowStarts.count + $1.blocks.count }
        let columns = pairs.reduce(0) { $0 + $1.columns.count }
        return 8 * Double(levels + own + fixed.storage.count) + 4 * Double(columns)
    }
}
