// The small object that one pass over the data leaves: everything a linear mixed model needs to know of its rows.

package import MixedLinearAlgebra

/// The cross-products *[Z X y]'W[Z X y]* of a design, by blocks.
///
/// Whatever the number of rows, its size grows with groups and pairs of levels that occur together only. The linear
/// estimator sees nothing else of the data, and never asks whether this came from memory, a stream or a file.
///
/// - **Scale:** fixed-effects columns and response are centred and scaled by `transform`; random-effects columns are
///   divided by their factor's `columnScales`.
public struct CrossProducts: Sendable {
    /// How many rows were accumulated.
    public let rowCount: Int
    /// *Σ log w*, zero without weights.
    package let sumOfLogWeights: Double
    /// How the columns were mapped before they were accumulated.
    package let transform: FixedColumnTransform
    /// *[X̃ ỹ]'W[X̃ ỹ]*, the response last.
    package let fixed: Matrix
    /// *Σ w x²* of every column before mapping, against which rank is judged.
    package let originalSquaredNorms: [Double]
    /// Second moments without weights, for variances explained.
    package let moments: UnweightedMoments
    /// For each grouping factor its levels' blocks.
    package let factors: [FactorCrossProducts]
    /// For each pair of factors the blocks of the pairs of levels that occur together.
    package let pairs: [PairCrossProducts]

    /// Takes over parts that were computed before.
    package init(
        rowCount: Int, sumOfLogWeights: Double, transform: FixedColumnTransform, fixed: Matrix,
        originalSquaredNorms: [Double], moments: UnweightedMoments, factors: [FactorCrossProducts],
        pairs: [PairCrossProducts]
    ) {
        self.rowCount = rowCount
        self.sumOfLogWeights = sumOfLogWeights
        self.transform = transform
        self.fixed = fixed
        self.originalSquaredNorms = originalSquaredNorms
        self.moments = moments
        self.factors = factors
        self.pairs = pairs
    }

    /// How many fixed-effects columns there are, aliased ones included.
    public var fixedColumnCount: Int { transform.columnCount }
}

/// The blocks of one grouping factor.
package struct FactorCrossProducts: Sendable {
    /// Random effects of one level.
    package let columnCount: Int
    /// Rows of each level.
    package let rowCounts: [Int]
    /// Powers of two that the random-effects columns were divided by.
    package let columnScales: [Double]
    /// For each level *Z_i'W Z_i*, a full block, column-major.
    package let diagonalBlocks: [Double]
    /// For each level *Z_i'W[X̃ ỹ]*, column-major with `columnCount` rows.
    package let fixedBlocks: [Double]
    /// For each level the lower triangle of *[X̃ ỹ]'W[X̃ ỹ]* over its own rows, packed column by column, so that a level can
    /// be taken out of the fixed effects; `nil` where that would be more than `fixedMomentsLimit` numbers.
    package let fixedMoments: [Double]?

    /// How many numbers the fixed moments of a factor may take: 32 MB.
    package static let fixedMomentsLimit = 4_000_000

    /// Takes over blocks that were computed before.
    package init(
        columnCount: Int, rowCounts: [Int], columnScales: [Double], diagonalBlocks: [Double], fixedBlocks: [Double],
        fixedMoments: [Double]? = nil
    ) {
        self.columnCount = columnCount
        self.rowCounts = rowCounts
        self.columnScales = columnScales
        self.diagonalBlocks = diagonalBlocks
        self.fixedBlocks = fixedBlocks
        self.fixedMoments = fixedMoments
    }

    package var levelCount: Int { rowCounts.count }
}

/// The blocks of two grouping factors, in compressed rows by the first factor's levels.
package struct PairCrossProducts: Sendable {
    package let first: Int
    package let second: Int
    /// Where the pairs of each level of the first factor begin; one entry more than it has levels.
    package let rowStarts: [Int]
    /// The second factor's level of each pair, ascending within a row.
    package let columns: [Int32]
    /// For each pair *Z_i'W Z_j*, column-major.
    package let blocks: [Double]

    /// Takes over blocks that were computed before.
    package init(first: Int, second: Int, rowStarts: [Int], columns: [Int32], blocks: [Double]) {
        self.first = first
        self.second = second
        self.rowStarts = rowStarts
        self.columns = columns
        self.blocks = blocks
    }

    package var pairCount: Int { columns.count }
}

/// Sums over rows without weights, from which the variances of the parts of the linear predictor follow.
package struct UnweightedMoments: Sendable {
    /// *1'X̃*.
    package let fixedSums: [Double]
    /// *X̃'X̃*.
    package let fixed: Matrix
    /// For each factor *Σ_i Z̃_i'Z̃_i* over all rows.
    package let random: [Matrix]

    /// Takes over sums that were computed before.
    package init(fixedSums: [Double], fixed: Matrix, random: [Matrix]) {
        self.fixedSums = fixedSums
        self.fixed = fixed
        self.random = random
    }
}
