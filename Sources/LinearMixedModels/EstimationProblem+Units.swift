// Turning what the equations say of the mapped columns to the units of the data, whatever solves them.

internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension EstimationProblem {
    /// *β̂* for all columns, zero for aliased ones, from those of the mapped columns.
    func coefficients(fromMapped mapped: [Double]) -> [Double] {
        let transform = products.transform
        let estimates = fixedBasis.matrix * mapped
        var result = [Double](repeating: 0, count: products.fixedColumnCount)
        for (index, column) in estimatedColumns.enumerated() {
            result[column] =
                transform.responseScale * estimates[index]
                + transform.responseShift * (fixedBasis.constant?[index] ?? 0)
        }
        return result
    }

    /// *C A C'*: a covariance of mapped coefficients as one of the original ones.
    func mappedBack(_ matrix: Matrix) -> Matrix {
        var result = fixedBasis.matrix * matrix * fixedBasis.matrix.transposed
        result.symmetrizeFromLower()
        return result
    }

    /// λ of each term in the units of the data: *S⁻¹λ̃* for columns that were divided by *S*.
    func originalRelativeFactors(_ relativeFactors: [Matrix]) -> [Matrix] {
        zip(terms, relativeFactors).map { term, relative in
            var result = relative
            for row in 0..<term.columnCount {
                let scale = products.factors[term.factor].columnScales[term.columnOffset + row]
                for column in 0..<term.columnCount { result[row, column] /= scale }
            }
            return result
        }
    }

    /// The variance of *Xβ̂* over the rows, in the units of the mapped response.
    func fixedVariance(ofMapped coefficients: [Double]) -> Double {
        let rows = Double(products.rowCount)
        guard rows > 1 else { return 0 }
        let moments = products.moments.fixed.selecting(rows: fixedColumns, columns: fixedColumns)
        let square = zip(moments * coefficients, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        let sum = zip(fixedColumns, coefficients).reduce(0) { $0 + products.moments.fixedSums[$1.0] * $1.1 }
        return max(0, square - sum * sum / rows) / (rows - 1)
    }

    /// The mean over the rows of *z λλ' z'*, relative to σ².
    func meanRandomVariance(_ relativeFactors: [Matrix]) -> Double {
        var sum = 0.0
        for (term, relative) in zip(terms, relativeFactors) {
            let columns = Array(term.columnOffset..<term.columnOffset + term.columnCount)
            sum += products.moments.random[term.factor].selecting(rows: columns, columns: columns)
                .inner(relative * relative.transposed)
        }
        return sum / Double(products.rowCount)
    }

    /// −2 log-likelihood of a linear model, with the residual variance at its maximum likelihood estimate.
    func likelihoodDeviance(residualSumOfSquares: Double) -> Double {
        let rows = Double(products.rowCount)
        let scale = products.transform.responseScale
        let mean = residualSumOfSquares * scale * scale / rows
        return rows * (1 + log(2 * Double.pi * mean)) - products.sumOfLogWeights
    }
}
