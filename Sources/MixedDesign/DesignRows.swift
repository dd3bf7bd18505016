// The rows of a design, as the one pass over the data sees them.

/// A source of design rows: fixed-effects columns, response, and for each grouping factor its codes and columns.
///
/// The pass asks for batches of consecutive rows, so nothing the size of the whole design matrix ever exists.
package protocol DesignRows {
    /// How many rows there are.
    var rowCount: Int { get }
    /// How many columns the fixed-effects design matrix has, aliased ones included.
    var fixedColumnCount: Int { get }
    /// Coefficients *a* with *X a = 1*, where the design has such a combination: with an intercept its unit vector.
    ///
    /// Columns and response can be centred without changing the model only if the constant lies in the column space.
    var constantCombination: [Double]? { get }
    /// For each grouping factor how many levels it has and how many random effects each level has.
    var factorShapes: [FactorShape] { get }
    var response: [Double] { get }
    /// Precision weights, or `nil` when every row counts the same.
    var weights: [Double]? { get }
    /// Known part of the linear predictor, or `nil`.
    var offset: [Double]? { get }

    /// For each row the index of its level of the factor.
    func codes(factor: Int) -> [Int32]
    /// Writes the fixed-effects columns of some rows.
    func fillFixed(rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int)
    /// Writes the random-effects columns of a factor for some rows.
    func fillRandom(
        factor: Int, rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int)
}

/// The size of a grouping factor in a design.
package struct FactorShape: Hashable, Sendable {
    package var levelCount: Int
    package var columnCount: Int

    package init(levelCount: Int, columnCount: Int) {
        self.levelCount = levelCount
        self.columnCount = columnCount
    }
}
