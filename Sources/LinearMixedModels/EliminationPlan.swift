// The order in which random effects are eliminated, and the blocks laid out in that order; it does not depend on θ.
//
// The chain is the factor with the most random effects and every factor that it is nested in, finest first. A level
// of a chain factor touches one level of each coarser chain factor, some columns of the border, the fixed effects and
// the response, so eliminating it fills nothing outside that. What is left, the border, is dense.
//
// Levels of a border factor that lie inside a single level of the finest chain factor are peeled off: they are
// eliminated before it, as the levels of a factor that is nested in it.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The elimination forest, the border, and the cross-products in their layout.
struct EliminationPlan: Sendable {
    /// The factors eliminated level by level, finest first.
    let chain: [ChainFactor]
    /// The factors whose random effects, or most of them, make up the first columns of the border.
    let border: [BorderFactor]
    /// The cross-products of pairs of border factors.
    let borderPairs: [BorderPair]
    /// Random effects in the border.
    let borderEffectCount: Int
    /// For each of those columns its factor, as an index of `border`.
    let factorOfColumn: Storage<Int32>
    /// Fixed-effects columns, without aliased ones.
    let fixedCount: Int
    /// *[X̃ ỹ]'W[X̃ ỹ]*, a full column-major block.
    let fixed: Storage<Double>
    /// For each grouping factor where its levels are.
    let places: [LevelPlaces]

    /// Columns of the border without the response.
    var borderSize: Int { borderEffectCount + fixedCount }
    /// Columns of the border, the response last.
    var borderStride: Int { borderSize + 1 }
    /// Fixed-effects columns and the response.
    var tailCount: Int { fixedCount + 1 }

    /// Levels of a factor that are eliminated one by one.
    struct ChainFactor: Sendable {
        let factor: Int
        /// Random effects of one level.
        let width: Int
        /// The factor's own numbers of our levels.
        let levels: Storage<Int32>
        /// For each coarser chain factor, nearest first, which of its levels each of ours lies in.
        let ancestors: [Storage<Int32>]
        /// Random effects of one level of those.
        let ancestorWidths: [Int]
        /// Columns in front of the pattern.
        let ancestorColumnCount: Int
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
        /// The most columns of a level's rows, the response included.
        let widestRow: Int
        /// Where the levels can be cut into ranges that have no ancestor in common; from zero to the level count.
        let cuts: [Int]
        /// The levels by border columns; `nil` where the border is a single tile.
        let touches: BorderTouches?

        var levelCount: Int { levels.count }
        /// Whether levels touch no border effects.
        var hasEmptyPattern: Bool { patternColumns.count == 0 }

        /// The border columns of a level.
        func pattern(_ level: Int) -> UnsafeBufferPointer<Int32> {
            let start = patternStarts.pointer[level]
            return UnsafeBufferPointer(
                start: patternColumns.pointer + start, count: patternStarts.pointer[level + 1] - start)
        }

        /// The columns of a level's rows, the response included.
        func columnCount(_ level: Int) -> Int {
            (rowStarts.pointer[level + 1] - rowStarts.pointer[level]) / width
        }
    }

    /// A factor with random effects in the border.
    struct BorderFactor: Sendable {
        let factor: Int
        let width: Int
        /// The factor's own numbers of the levels that are in the border, by ascending column.
        let levels: Storage<Int32>
        /// The first column of each.
        let columns: Storage<Int32>
        /// For each level its diagonal block.
        let diagonal: Storage<Double>
        /// For each level its cross-products with [fixed effects | response], column-major.
        let rows: Storage<Double>

        var levelCount: Int { levels.count }
    }

    /// The cross-products of two border factors, in compressed rows by the first one's levels.
    struct BorderPair: Sendable {
        /// Indices of `border`.
        let first: Int
        let second: Int
        let rowStarts: Storage<Int>
        /// The second factor's level of each pair, as an index of its border levels.
        let levels: Storage<Int32>
        let blocks: Storage<Double>
    }

    /// Where the levels of a grouping factor are.
    struct LevelPlaces: Sendable {
        /// The chain factor that has those levels that are not in the border.
        let position: Int
        /// The first border column of a level, or −1 − its index in the chain factor.
        let codes: Storage<Int32>
    }

    /// Where a level is.
    enum LevelPlace {
        case chain(position: Int, level: Int)
        case border(column: Int)
    }

    /// Where a level of a grouping factor is, by the factor's own number.
    func place(ofLevel level: Int, factor: Int) -> LevelPlace {
        let code = Int(places[factor].codes.pointer[level])
        return code < 0 ? .chain(position: places[factor].position, level: -1 - code) : .border(column: code)
    }

    /// The widest row of any chain level, the response left out.
    var widestNeighbourhood: Int { chain.reduce(0) { max($0, $1.widestRow - 1) } }
}
