// The expected information where a covariance matrix is singular, or nearly so.
//
// With a variance near zero T̃ = I − Ĉ is as small as it, and rounding is all that is left of tr(S T̃ S T̃). The parts of the
// adjustment are smooth functions of the covariance matrices themselves, so that they are computed with the smallest
// variances raised by one, two and three small steps, and extrapolated back by a parabola.

internal import MixedDesign
internal import MixedLinearAlgebra

extension ProfiledDeviance {
    /// Variances times a level's squared columns below this are raised.
    private static let smallestInformation = 1e-4
    /// One step: its third power is what the extrapolation neglects, and rounding over its square what it leaves.
    private static let informationStep = 1e-3

    /// The parts at an optimum, where λ may be singular.
    func smallSampleParts(atOptimum relativeFactors: [Matrix]) -> SmallSampleParts? {
        let raised = zip(terms, relativeFactors).map { raisedVariances($0, $1) }
        guard raised.contains(where: { $0.contains { $0 > 0 } }) else { return smallSampleParts(at: relativeFactors) }
        var result: SmallSampleParts?
        for (step, weight) in [(1.0, 3.0), (2.0, -3.0), (3.0, 1.0)] {
            var factors: [Matrix] = []
            for (relative, variances) in zip(relativeFactors, raised) {
                let covariance = relative * relative.transposed + .diagonal(variances.map { step * $0 })
                guard let factor = CholeskyDecomposition(covariance)?.lower else { return nil }
                factors.append(factor)
            }
            guard let parts = smallSampleParts(at: factors)?.inEntries(of: factors, directions, terms: terms) else {
                return nil
            }
            result = result.map { $0.adding(weight, parts) } ?? parts.scaled(by: weight)
        }
        return result
    }

    /// By how much the variances of a term's columns are raised in one step; zero for those that are not small.
    private func raisedVariances(_ term: RandomTermLayout, _ relative: Matrix) -> [Double] {
        let factor = products.factors[term.factor]
        let width = factor.columnCount
        let sizes = (term.columnOffset..<term.columnOffset + term.columnCount).map { column in
            var total = 0.0
            for level in 0..<factor.levelCount {
                total += factor.diagonalBlocks[level * width * width + column * (width + 1)]
            }
            return total > 0 ? total / Double(factor.levelCount) : 1
        }
        let pivoted = PivotedLQ(.diagonal(sizes.map { $0.squareRoot() }) * relative)
        var result = [Double](repeating: 0, count: term.columnCount)
        for (row, column) in pivoted.pivots.enumerated() {
            let pivot = pivoted.lower[row, row]
            if pivot * pivot < Self.smallestInformation { result[column] = Self.informationStep / sizes[column] }
        }
        return result
    }
}

extension SmallSampleParts {
    /// The parts in the basis of the entries of the covariance matrices and of the residual variance, which does not
    /// depend on λ: *S = λ⁻¹ K λ⁻ᵀ*, and *V = I + Σ Zλλ'Z'*.
    func inEntries(
        of relativeFactors: [Matrix], _ directions: [SymmetricDirection], terms: [RandomTermLayout]
    ) -> SmallSampleParts? {
        let count = directions.count
        // Row d of the change of basis: the direction d in the entries.
        var change = Matrix(rows: count + 1, columns: count + 1)
        for (row, direction) in directions.enumerated() {
            let offset = terms[direction.term].columnOffset
            var unit = Matrix(rows: terms[direction.term].columnCount, columns: terms[direction.term].columnCount)
            for (left, right) in direction.elements { unit[left - offset, right - offset] = 1 }
            let relative = relativeFactors[direction.term]
            let image = relative * unit * relative.transposed
            let all = relative * relative.transposed
            for (column, entry) in directions.enumerated() where entry.term == direction.term {
                change[row, column] = image[entry.first - offset, entry.second - offset]
            }
            change[count, row] = all[direction.first - offset, direction.second - offset]
        }
        change[count, count] = 1
        var inverse = Matrix(rows: count + 1, columns: count + 1)
        for column in 0...count {
            guard let solution = change.solving(Matrix.identity(count + 1).column(column)) else { return nil }
            for row in 0...count { inverse[row, column] = solution[row] }
        }
        return SmallSampleParts(
            derivatives: (0...count).map { row in
                var sum = Matrix(rows: increase.rowCount, columns: increase.columnCount)
                for column in 0...count where inverse[row, column] != 0 {
                    sum = sum + inverse[row, column] * derivatives[column]
                }
                return sum
            }, information: inverse * information * inverse.transposed, increase: increase)
    }

    func scaled(by weight: Double) -> SmallSampleParts {
        SmallSampleParts(
            derivatives: derivatives.map { weight * $0 }, information: weight * information,
            increase: weight * increase)
    }

    func adding(_ weight: Double, _ other: SmallSampleParts) -> SmallSampleParts {
        SmallSampleParts(
            derivatives: zip(derivatives, other.derivatives).map { $0 + weight * $1 },
            information: information + weight * other.information, increase: increase + weight * other.increase)
    }
}
