// One step of Fisher's scoring in the covariance matrices themselves, where the objective is nearly quadratic far from
// the optimum as well.

internal import MixedLinearAlgebra

extension DevianceExpansion {
    /// The expected Hessian over *S*, with σ profiled out; `nil` when it was not asked for.
    var covarianceInformation: Matrix? {
        guard var information = traces else { return nil }
        let gradient = covarianceGradient
        let ratio = residualRows / value.residualSumOfSquares
        let traceTerms = directions.indices.map { gradient[$0] + ratio * quadraticForms[$0] }
        for column in directions.indices {
            for row in directions.indices {
                information[row, column] -= traceTerms[row] * traceTerms[column] / residualRows
            }
        }
        return information
    }

    /// The derivatives by *S* in the symmetric unit directions.
    private var covarianceGradient: [Double] {
        directions.map { direction in
            let first = direction.first - columnOffsets[direction.term]
            let second = direction.second - columnOffsets[direction.term]
            return (first == second ? 1 : 2) * scores[direction.term][first, second]
        }
    }

    /// Relative factors after one scoring step, with the covariance matrices kept positive.
    ///
    /// In *Σ = λ(I + S)λ'* the expected Hessian over *S*, with σ profiled out, is *tr(T̃S_dT̃S_e) − t_d t_e/ν* with
    /// *t_d = tr(T̃S_d)*. From any start this is a MINQUE step.
    /// - Returns: `nil` when the expected Hessian is singular or was not asked for.
    func scoringStep(from relativeFactors: [Matrix]) -> [Matrix]? {
        guard let information = covarianceInformation else { return nil }
        // A variance is not made smaller than this share of itself in one step.
        let smallestShare = 0.01
        let gradient = covarianceGradient
        guard let step = CholeskyDecomposition(information)?.solve(gradient), step.allSatisfy(\.isFinite) else {
            return nil
        }
        var offset = 0
        return relativeFactors.map { relative in
            let size = relative.rowCount
            var change = Matrix.identity(size)
            for second in 0..<size {
                for first in second..<size {
                    change[first, second] -= step[offset]
                    if first != second { change[second, first] -= step[offset] }
                    offset += 1
                }
            }
            guard let eigen = SymmetricEigendecomposition(change) else { return relative }
            let roots = eigen.values.map { max($0, smallestShare).squareRoot() }
            return relative * eigen.vectors * .diagonal(roots)
        }
    }
}

extension DevianceExpansion {
    /// Whether the score of a term's first floored pivot is nothing but rounding: raising that variance costs nothing.
    func isBoundaryScoreFlat(of chart: CovarianceChart, term: Int) -> Bool {
        let pivot = chart.terms[term].firstFloored
        guard chart.terms[term].hasFlooredPivots,
            let direction = diagonalDirection(of: term, column: pivot)
        else { return false }
        let score = scores[term][pivot, pivot]
        let explained = residualRows / value.residualSumOfSquares * quadraticForms[direction]
        return abs(score) < 1e-6 * abs(score + explained)
    }

    /// How far two terms' variances explain the same: the correlation of their directions in *tr(T̃ST̃S')*.
    func traceCorrelation(of first: Int, with second: Int) -> Double {
        guard let traces, let left = diagonalDirection(of: first, column: 0),
            let right = diagonalDirection(of: second, column: 0)
        else { return 0 }
        return abs(traces[left, right]) / (traces[left, left] * traces[right, right]).squareRoot()
    }

    private func diagonalDirection(of term: Int, column: Int) -> Int? {
        let place = columnOffsets[term] + column
        return directions.firstIndex { $0.term == term && $0.first == place && $0.second == place }
    }
}
