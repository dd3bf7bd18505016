// The order in which random effects are eliminated, and the blocks laid out in that order; it does not depend on θ.
//
// The chain is the factor with the most random effects and every factor that it is nested in, finest first. A level
// of a chain factor touches one level of each coarser chain factor, some columns of the border, the fixed effects and
// the response, so eliminating it fills nothing outside that. What is left, the border, is dense.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The elimination forest, the border, and the cross-products in their layout.
struct EliminationPlan: Sendable {
    /// The factors eliminated level by level, finest first.
    let chain: [ChainFactor]
    /// The other factors, whose random effects make up the first columns of the border.
    let border: [BorderFactor]
    /// Random effects in the border.
    let borderEffectCount: Int
    /// Fixed-effects columns, without aliased ones.
    let fixedCount: Int
    /// Cross-products of border effects, fixed effects and the response, unscaled: the places in the lower triangle of
    /// the border's matrix that are not zero, and their values. Crossed factors leave most of it empty.
    let borderPlaces: Storage<Int>
    let borderValues: Storage<Double>

    /// Columns of the border without the response.
    var borderSize: Int { borderEffectCount + fixedCount }
    /// Stride of the border's matrices, the response included.
    var borderStride: Int { borderSize + 1 }

    /// A factor that is eliminated level by level.
    struct ChainFactor: Sendable {
        let factor: Int
        /// Random effects of one level.
        let width: Int
        let levelCount: Int
        /// For each coarser chain factor, nearest first, the level that each of our levels lies in.
        let ancestors: [Storage<Int32>]
        /// Random effects of one level of those.
        let ancestorWidths: [Int]
        /// Where each level's border columns begin in `patternColumns`; one entry more than there are levels.
        let patternStarts: Storage<Int>
        /// The border columns that each level touches, ascending.
        let patternColumns: Storage<Int32>
        /// For each coarser chain factor, the place of each of our pattern columns in its level's pattern.
        let patternPlaces: [Storage<Int32>]
        /// Where each level's rows begin in `rows`; one entry more than there are levels.
        let rowStarts: Storage<Int>
        /// For each level its cross-products with [ancestors | pattern | fixed effects | response], column-major.
        let rows: Storage<Double>
        /// For each level its diagonal block.
        let diagonal: Storage<Double>

        /// Columns in front of the pattern.
        var ancestorColumnCount: Int { ancestorWidths.reduce(0, +) }
    }

    /// A factor whose random effects stay in the border.
    struct BorderFactor: Sendable {
        let factor: Int
        let width: Int
        let levelCount: Int
        /// Its first column.
        let offset: Int
    }

    /// The widest row of any chain level, the response left out.
    var widestNeighbourhood: Int {
        var widest = 0
        for factor in chain {
            for level in 0..<factor.levelCount {
                let size = factor.rowStarts.pointer[level + 1] - factor.rowStarts.pointer[level]
                widest = max(widest, size / factor.width - 1)
            }
        }
        return widest
    }
}
