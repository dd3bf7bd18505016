// The border columns of the levels of a chain factor the other way around: for each column the levels that touch it.
//
// A column of the Schur complement takes a multiple of the rest of the row of every level that touches it. One column
// after the other, each with the levels at hand, is formed where it stays in the cache and by one task, in the order of
// the levels. A few levels that touch a good share of all columns are packed into panels and multiplied as dense
// matrices.

internal import MixedLinearAlgebra

/// For each random effect of the border, the levels of a chain factor that touch it.
struct BorderTouches: Sendable {
    /// Where each column's levels begin; one entry more than there are columns.
    let starts: Storage<Int>
    /// For each column its levels, ascending, without the dense ones.
    let levels: Storage<Int32>
    /// The place of the column in the pattern of each of these levels.
    let places: Storage<Int32>
    /// Levels that touch so many columns that products of dense panels are faster.
    let denseLevels: [Int]
    /// Ranges of levels between the dense ones.
    let sparseRanges: [Range<Int>]

    /// Levels that touch at least this share of the border are dense: a product of dense panels takes a twentieth of the
    /// time for each multiplication.
    private static let denseShare = 0.25

    /// From how many columns on a level is dense.
    static func smallestDensePattern(borderEffects: Int) -> Int { max(1, Int(denseShare * Double(borderEffects))) }

    /// - Returns: `nil` where the border is a single tile.
    init?(borderEffectCount: Int, tailCount: Int, patternStarts: Storage<Int>, patternColumns: Storage<Int32>) {
        guard borderEffectCount + tailCount > TiledMatrix.tileSize else { return nil }
        let levelCount = patternStarts.count - 1
        let most = Self.smallestDensePattern(borderEffects: borderEffectCount)
        var dense: [Int] = []
        var ranges: [Range<Int>] = []
        var first = 0
        for level in 0..<levelCount where patternStarts.pointer[level + 1] - patternStarts.pointer[level] >= most {
            if first < level { ranges.append(first..<level) }
            dense.append(level)
            first = level + 1
        }
        if first < levelCount { ranges.append(first..<levelCount) }
        denseLevels = dense
        sparseRanges = ranges

        starts = Storage(zeros: borderEffectCount + 1)
        for range in ranges {
            for place in patternStarts.pointer[range.lowerBound]..<patternStarts.pointer[range.upperBound] {
                starts.pointer[Int(patternColumns.pointer[place]) + 1] += 1
            }
        }
        for column in 0..<borderEffectCount { starts.pointer[column + 1] += starts.pointer[column] }
        levels = Storage(zeros: starts.pointer[borderEffectCount])
        places = Storage(zeros: starts.pointer[borderEffectCount])
        let next = Storage<Int>(zeros: borderEffectCount)
        next.pointer.update(from: starts.pointer, count: borderEffectCount)
        for range in ranges {
            for level in range {
                let start = patternStarts.pointer[level]
                for place in start..<patternStarts.pointer[level + 1] {
                    let target = next.pointer + Int(patternColumns.pointer[place])
                    levels.pointer[target.pointee] = Int32(level)
                    places.pointer[target.pointee] = Int32(place - start)
                    target.pointee += 1
                }
            }
        }
    }
}

extension EliminationPlan.ChainFactor {
    /// The border's columns of a level's rows: its pattern, then the fixed effects and the response.
    struct BorderRow {
        let pattern: UnsafePointer<Int32>
        let patternCount: Int
        /// Where the values of these columns begin in what is laid out as the factor's rows.
        let offset: Int
    }

    @inline(__always)
    func borderRow(_ level: Int) -> BorderRow {
        let start = patternStarts.pointer[level]
        return BorderRow(
            pattern: UnsafePointer(patternColumns.pointer + start),
            patternCount: patternStarts.pointer[level + 1] - start,
            offset: rowStarts.pointer[level] + ancestorColumnCount * width)
    }
}
