// What every way of minimising the profiled deviance knows of the model, before anything is factored.

internal import MixedDesign
internal import MixedLinearAlgebra

/// A model's cross-products, terms and criterion, whatever solves its equations.
protocol EstimationProblem: AnyObject {
    var products: CrossProducts { get }
    var terms: [RandomTermLayout] { get }
    var method: EstimationMethod { get }
    /// The fixed-effects columns that are not aliased, as they are and as mapped.
    var fixedBasis: FixedColumnBasis { get }
    /// Rows that the residual variance is divided by: *n*, or *n − p*.
    var residualRows: Int { get }
    /// The directions in which the terms' covariance matrices can change.
    var directions: [SymmetricDirection] { get }
}

extension EstimationProblem {
    /// The mapped columns of the equations.
    var fixedColumns: [Int] { fixedBasis.mapped }
    /// The design's columns whose coefficients are estimated.
    var estimatedColumns: [Int] { fixedBasis.estimated }

    /// λ of each grouping factor, from those of its terms.
    func factorBlocks(of relativeFactors: [Matrix]) -> [Matrix] {
        var result = products.factors.map { Matrix(rows: $0.columnCount, columns: $0.columnCount) }
        for (term, relative) in zip(terms, relativeFactors) {
            for column in 0..<term.columnCount {
                for row in 0..<term.columnCount {
                    result[term.factor][term.columnOffset + row, term.columnOffset + column] = relative[row, column]
                }
            }
        }
        return result
    }

    /// The smallest pivot of each term that is told from zero: its contribution to a level's information is negligible.
    func floors(information: Double = MinimizationSettings.floorInformation) -> [Double] {
        terms.map { term in
            let factor = products.factors[term.factor]
            let width = factor.columnCount
            var total = 0.0
            for level in 0..<factor.levelCount {
                for column in term.columnOffset..<term.columnOffset + term.columnCount {
                    total += factor.diagonalBlocks[level * width * width + column * (width + 1)]
                }
            }
            let mean = total / Double(max(factor.levelCount * term.columnCount, 1))
            return mean > 0 ? (information / mean).squareRoot() : 1e-4
        }
    }
}
