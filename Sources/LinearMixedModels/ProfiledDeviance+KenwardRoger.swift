// Kenward and Roger's adjustment from the factored equations: no matrix as long as the data or the random effects.
//
// With the relative factors λ and symmetric unit directions S of a term, the matrices G = ZΛSΛ'Z' span the same space as
// those of the entries of its covariance, and so do they together with V instead of the identity for σ². Let D be the
// block of C⁻¹ between random and fixed effects, D = −M⁻¹Λ'Z'XΦ, and T̃ = I − C^{uu} = Λ'Z'PZΛ. Then, with σ = 1,
//
//     −ΦP_dΦ = D'S_dD                 Φ(Q_de − P_dΦP_e)Φ = D'S_dT̃S_eD
//     −ΦP_VΦ = Φ                      Φ(Q_dV − P_dΦP_V)Φ = 0, because PX = 0
//     tr(PG_dPG_e) = tr(S_dT̃S_eT̃)     tr(PG_dPV) = tr(S_dT̃)     tr(PVPV) = n − p
//
// and the expected information I_ij = tr(PG_iPG_j) is Kenward and Roger's T_ij − 2tr(ΦQ_ij) + tr(ΦP_iΦP_j).

internal import MixedDesign
internal import MixedLinearAlgebra

/// The parts of the adjustment that are smooth functions of the covariance parameters.
struct SmallSampleParts {
    /// *−ΦP_iΦ*, with σ = 1.
    var derivatives: [Matrix]
    /// The expected information, *tr(PG_iPG_j)*.
    var information: Matrix
    /// *Σ_ij W_ij Φ(Q_ij − P_iΦP_j)Φ*, with σ = 1.
    var increase: Matrix
}

extension ProfiledDeviance {
    /// The adjustment at an optimum.
    ///
    /// - Parameters:
    ///   - relativeFactors: λ of each term; it may be singular.
    ///   - covariance: *Φ* in the units of the data.
    /// - Complexity: One expansion and a solve with *p* right-hand sides for each direction, three times that on the
    ///   boundary.
    func smallSampleAdjustment(
        at relativeFactors: [Matrix], covariance: Matrix, sigma: Double
    ) -> SmallSampleAdjustment? {
        guard let parts = smallSampleParts(atOptimum: relativeFactors) else { return nil }
        let variance = sigma * sigma
        return SmallSampleAdjustment(
            covariance: covariance, adjustedCovariance: covariance + (2 * variance) * parts.increase,
            covarianceDerivatives: parts.derivatives.map { variance * $0 },
            parameterCovariance: 2 * Self.inverse(ofInformation: parts.information))
    }

    /// The parts at some relative factors, with the directions of the unit matrices *S* and of *V*.
    func smallSampleParts(at relativeFactors: [Matrix]) -> SmallSampleParts? {
        guard let expansion = expansion(at: relativeFactors, curvature: .exact), let traces = expansion.traces else {
            return nil
        }
        let count = directions.count
        var information = Matrix(rows: count + 1, columns: count + 1)
        for column in 0..<count {
            for row in 0..<count { information[row, column] = traces[row, column] }
            information[count, column] = complementTrace(column, of: expansion)
            information[column, count] = information[count, column]
        }
        information[count, count] = expansion.residualRows
        let unitCovariance = unitCoefficientCovariance()
        guard plan.fixedCount > 0 else {
            let nothing = Matrix(rows: 0, columns: 0)
            return SmallSampleParts(
                derivatives: Array(repeating: nothing, count: count + 1), information: information, increase: nothing)
        }
        let solution = fixedEffectsSolution()
        return SmallSampleParts(
            derivatives: coefficientSensitivity(solution) + [unitCovariance], information: information,
            increase: increase(solution, weights: 2 * Self.inverse(ofInformation: information)))
    }

    /// *tr(S_dT̃)*, which the score and the squared effects add up to.
    private func complementTrace(_ direction: Int, of expansion: DevianceExpansion) -> Double {
        let own = expansion.directions[direction]
        let offset = expansion.columnOffsets[own.term]
        let scores = own.elements.reduce(0) {
            $0 + expansion.scores[own.term][$1.0 - offset, $1.1 - offset]
        }
        let ratio = expansion.residualRows / expansion.value.residualSumOfSquares
        return scores + ratio * expansion.quadraticForms[direction]
    }

    /// *Σ_de W_de D'S_dT̃S_eD* in the units of the data, with a solve for each direction.
    private func increase(_ solution: [Storage<Double>], weights: Matrix) -> Matrix {
        let count = plan.fixedCount
        var sum = Matrix(rows: count, columns: count)
        for (index, direction) in directions.enumerated() {
            // W is symmetric: with the weights taken into the right-hand side one solve serves a whole row of it.
            let sides = products.factors.map { Storage<Double>(zeros: $0.levelCount * $0.columnCount * count) }
            for (other, source) in directions.enumerated() {
                addImage(of: solution, direction: source, weight: weights[other, index], to: sides)
            }
            let original = sides.map { side in
                let copy = Storage<Double>(zeros: side.count)
                copy.copy(from: side)
                return copy
            }
            factorization.solve(random: sides, fixed: Storage<Double>(zeros: count * count), count: count)
            addProduct(of: solution, direction: direction, original, less: sides, to: &sum)
        }
        // Rounding leaves the two triangles apart in the last digits.
        return mappedBack(0.5 * (sum + sum.transposed))
    }

    /// Adds *w S_d D* to right-hand sides.
    private func addImage(
        of solution: [Storage<Double>], direction: SymmetricDirection, weight: Double, to sides: [Storage<Double>]
    ) {
        let factor = products.factors[direction.factor]
        let source = solution[direction.factor].pointer
        let target = sides[direction.factor].pointer
        for (left, right) in direction.elements {
            var index = 0
            while index < factor.levelCount * factor.columnCount * plan.fixedCount {
                target[index + left] += weight * source[index + right]
                index += factor.columnCount
            }
        }
    }

    /// Adds *D'S_d(R − C^{uu}R)* for right-hand sides *R* and their solutions.
    private func addProduct(
        of solution: [Storage<Double>], direction: SymmetricDirection, _ original: [Storage<Double>],
        less solved: [Storage<Double>], to sum: inout Matrix
    ) {
        let factor = products.factors[direction.factor]
        let size = factor.levelCount * factor.columnCount
        let own = solution[direction.factor].pointer
        let sides = original[direction.factor].pointer
        let solutions = solved[direction.factor].pointer
        for column in 0..<plan.fixedCount {
            for row in 0..<plan.fixedCount {
                var value = 0.0
                for (left, right) in direction.elements {
                    var index = 0
                    while index < size {
                        let place = column * size + index + right
                        value += own[row * size + index + left] * (sides[place] - solutions[place])
                        index += factor.columnCount
                    }
                }
                sum[row, column] += value
            }
        }
    }

    /// The share of the largest eigenvalue below which the parameters of some direction are not identified.
    private static let smallestInformation = 1e-11

    /// *I⁻¹*, or its pseudo-inverse where parameters cannot be told apart.
    ///
    /// The matrix is brought to a unit diagonal first, so that the answer does not depend on units.
    static func inverse(ofInformation information: Matrix) -> Matrix {
        let scales = information.diagonal.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
        let scaling = Matrix.diagonal(scales)
        let scaled = scaling * information * scaling
        let size = scales.count
        guard let eigen = SymmetricEigendecomposition(scaled), let largest = eigen.values.last, largest > 0 else {
            return Matrix(rows: size, columns: size)
        }
        return scaling * eigen.pseudoInverse(threshold: smallestInformation * largest) * scaling
    }
}
