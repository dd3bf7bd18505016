// The Hessian in lme4's parameters and σ, and with it what Satterthwaite's degrees of freedom need.

internal import MixedDesign
internal import MixedLinearAlgebra

extension EstimationProblem {
    /// Eigenvalues of the Hessian at or below this count as zero, as in lmerTest.
    private static var smallestEigenvalue: Double { 1e-8 }

    /// The uncertainty of the variance parameters at an expansion.
    ///
    /// - Parameter sensitivity: What `coefficientSensitivity` returned at the same point.
    func covarianceUncertainty(
        _ expansion: DevianceExpansion, at point: [Matrix], sensitivity: [Matrix], covariance: Matrix, sigma: Double,
        responseScale: Double
    ) -> CovarianceUncertainty {
        let tangents = conventionalTangents(at: point)
        let count = tangents.count
        let (_, thetaHessian) = expansion.derivatives(along: tangents, profiledScale: false)
        let isLinearModel = terms.isEmpty
        let rows = isLinearModel ? Double(products.rowCount - fixedColumns.count) : expansion.residualRows
        var hessian = Matrix(rows: count + 1, columns: count + 1)
        for column in 0..<count {
            for row in 0..<count { hessian[row, column] = thetaHessian[row, column] }
            let form = expansion.quadraticForm(along: tangents[column]) * responseScale * responseScale
            hessian[count, column] = 2 * form / (sigma * sigma * sigma)
            hessian[column, count] = hessian[count, column]
        }
        hessian[count, count] = 4 * rows / (sigma * sigma)
        let inverse =
            SymmetricEigendecomposition(hessian)?.pseudoInverse(threshold: Self.smallestEigenvalue)
            ?? Matrix(rows: count + 1, columns: count + 1)
        let derivatives = tangents.map { tangent -> Matrix in
            var sum = Matrix(rows: covariance.rowCount, columns: covariance.columnCount)
            for (direction, weight) in expansion.coefficients(of: tangent) {
                sum = sum + (weight * sigma * sigma) * sensitivity[direction]
            }
            return sum
        }
        return CovarianceUncertainty(
            parameterCovariance: 2 * inverse, covarianceDerivatives: derivatives + [(2 / sigma) * covariance])
    }

    /// The tangents of lme4's θ at some relative factors, in its order.
    ///
    /// With *λ = λ_l Q*, *λ_l* lower triangular in the units of the data, the tangent of an entry (r, c) of *λ_l* is
    /// *λ⁻¹ E_rc Q*.
    private func conventionalTangents(at point: [Matrix]) -> [DevianceExpansion.Tangent] {
        let originals = originalRelativeFactors(point)
        return originals.enumerated().flatMap { term, relative -> [DevianceExpansion.Tangent] in
            let size = relative.rowCount
            let lower = PivotedLQ(relative, pivoting: false).lower
            let unit = Matrix.identity(size)
            let rotationColumns = (0..<size).map { lower.solving(relative.column($0)) ?? unit.column($0) }
            let rotation = Matrix(rows: size, columns: size, columnMajor: rotationColumns.flatMap { $0 })
            return (0..<size).flatMap { column in
                (column..<size).map { row in
                    let solution = relative.solving(unit.column(row)) ?? [Double](repeating: 0, count: size)
                    var logarithmic = Matrix(rows: size, columns: size)
                    for target in 0..<size {
                        for inner in 0..<size {
                            logarithmic[inner, target] = solution[inner] * rotation[column, target]
                        }
                    }
                    return DevianceExpansion.Tangent(term: term, logarithmic: logarithmic)
                }
            }
        }
    }
}
