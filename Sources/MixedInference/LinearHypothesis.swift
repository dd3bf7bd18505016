// A hypothesis on the fixed effects and the F-test of it.

public import MixedLinearAlgebra

/// The hypothesis *Lβ = 0*.
public struct LinearHypothesis: Hashable, Sendable {
    /// What is tested, such as the label of a term.
    public let label: String
    /// *L*.
    ///
    /// - **Shape:** one row for each single hypothesis, one column for each coefficient that was estimated.
    public let matrix: Matrix

    public init(label: String, matrix: Matrix) {
        self.label = label
        self.matrix = matrix
    }

    /// A hypothesis of rows with one weight for each coefficient; weights that are missing are zero.
    public init(label: String, rows: [[Double]]) {
        self.label = label
        var matrix = Matrix(rows: rows.count, columns: rows.map(\.count).max() ?? 0)
        for (row, weights) in rows.enumerated() {
            for (column, weight) in weights.enumerated() { matrix[row, column] = weight }
        }
        self.matrix = matrix
    }
}

/// The F-test of a hypothesis.
public struct HypothesisTest: Hashable, Sendable {
    /// What is tested.
    public let label: String
    /// The sum of squares that belongs to F before it is scaled: *F σ̂² df₁*, as lmerTest shows it.
    ///
    /// - **Scale:** squared units of the response.
    public let sumOfSquares: Double
    /// The rank of the hypothesis.
    public let numeratorDegreesOfFreedom: Int
    /// Infinite for a test by the χ² distribution.
    public let denominatorDegreesOfFreedom: Double
    /// The statistic *F*, scaled where the method scales it.
    public let statistic: Double
    public let pValue: Double

    /// The sum of squares for each of its degrees of freedom.
    public var meanSquare: Double { sumOfSquares / Double(numeratorDegreesOfFreedom) }
}
